"""当番 — shifts: who is keeping the house right now."""
