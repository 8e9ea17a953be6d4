"""Paper of the office. What a word must be is said in the room that keeps it."""
