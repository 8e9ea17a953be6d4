"""帳簿 — dated, confirmed facts that figures are made of; names nobody; append-only."""
