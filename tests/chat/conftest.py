"""The chat tests' own house: hundreds of handshakes come to it from one address."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest


@pytest.fixture(scope="session")
def house(template: Any) -> Iterator[Any]:
    """As `tests.live.house`, but nobody waits for handshakes and entries."""
    # Imported here: pytest reads this file before the harness registers its plugins.
    made = import_module("tests.live").House(
        template, env={"IBASHO_LIMITS": "handshakes=1000,entries=1000"}
    )
    try:
        yield made.open()
    finally:
        made.close()
