"""礎 — clock and fiscal years, refusals, limits. No tables, no views."""
