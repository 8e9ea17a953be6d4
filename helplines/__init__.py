"""非常口 — help that works with no database, no script, no sign-in."""
