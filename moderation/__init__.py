"""見守り — the desk of supporters: who is on duty, the rota, what is handed over."""
