"""渡り廊下 — from a room to a person to a place: asking, talking with one counselor, case work."""
