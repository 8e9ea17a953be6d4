"""What the tests of counseling share."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    """People of other tests had the same numbers: nobody pays for their haste."""
    # Imported here: pytest reads this file before the harness has started Django.
    rest = import_module("tests.chat.deeds").rest
    rest()
    yield
    rest()


@pytest.fixture
def case(aoi: Any, kaede: Any, program: Any, now: Any) -> Any:
    """aoi's, with kaede."""
    voices = import_module("tests.counseling.voices")
    return voices.taken(voices.asks(aoi, program, now=now), kaede, now=now)
