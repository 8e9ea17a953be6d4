"""Every write of the living room: one verb, one file, one transaction."""
