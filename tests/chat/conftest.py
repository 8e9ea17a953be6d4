"""What all chat tests share: nobody's pace from an earlier test."""

from collections.abc import Iterator

import pytest

from chat import arrivals
from chat.actions import pace


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """Buckets live as long as the process, and numbers of people come again after a rollback."""
    for bucket in (*pace._BUCKETS.values(), arrivals._handshakes):
        bucket._held.clear()
    yield
    for bucket in (*pace._BUCKETS.values(), arrivals._handshakes):
        bucket._held.clear()
