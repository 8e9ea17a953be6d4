"""Every write of `duty`, one verb per file."""
