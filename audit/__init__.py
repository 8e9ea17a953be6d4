"""日誌 — which member of staff did or looked at what; append-only."""
