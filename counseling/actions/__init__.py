"""Every write of counseling."""
