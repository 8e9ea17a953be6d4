"""The doors of counseling: the person's own, and the desk's."""
