"""The workshop: what `make` calls. Standard library only until the environment exists."""
