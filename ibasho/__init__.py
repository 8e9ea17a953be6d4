"""骨組み — settings, urls, asgi: wiring only; nobody imports it."""
