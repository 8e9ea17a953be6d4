"""報告 — what is told to whom: participation, KPI sheets, and what stays hidden."""
