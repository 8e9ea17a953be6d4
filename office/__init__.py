"""事務室 — where coordinators set the house up: rooms, hours, people, support bodies, texts."""
