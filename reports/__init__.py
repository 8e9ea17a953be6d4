"""掲示板 — figures: KPI sheets, what feeds them, and how the house is used."""
