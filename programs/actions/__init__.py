"""Writes of `programs`, one subject per file. Who may is judged above, and recorded there."""
