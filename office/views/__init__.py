"""Doors of the office, one subject per file."""
