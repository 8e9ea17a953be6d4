"""見守り — the desk of supporters: what waits, what is done about it and undone, duty and rota."""
