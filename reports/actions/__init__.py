"""Every write of the reports: one function, one use case, one transaction."""
