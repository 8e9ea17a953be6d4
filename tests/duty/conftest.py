"""A team: ren and sora are trained supporters, tetsu is in training; mori coordinates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
import time_machine

# The day before the evening in which these tests stand.
BEFORE = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)


def _team() -> Any:
    # By name and late: this file is read before Django is up.
    return import_module("tests.duty.team")


@pytest.fixture(autouse=True)
def _before_that_evening() -> Iterator[None]:
    """What asks the machine's clock meets no later time than the tests name, on whatever day."""
    with time_machine.travel(BEFORE, tick=True):
        yield


@pytest.fixture
def now() -> datetime:
    """Every test of the rota stands in the same evening."""
    return _team().EVENING


@pytest.fixture
def ren(program: Any) -> Any:
    return _team().supporter("ren", called="れん", trained_on=date(2026, 6, 1))


@pytest.fixture
def sora(program: Any) -> Any:
    return _team().supporter("sora", called="そら", trained_on=date(2025, 1, 10))


@pytest.fixture
def tetsu(program: Any) -> Any:
    return _team().supporter("tetsu", called="てつ", trained_on=None)
