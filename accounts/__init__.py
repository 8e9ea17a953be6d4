"""玄関 — who you are: anonymous participants and their 合言葉; staff; the Viewer."""
