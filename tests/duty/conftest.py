"""A team: ren and sora are trained supporters, tetsu is in training; mori coordinates."""

from datetime import date, datetime
from importlib import import_module
from typing import Any

import pytest


def _team() -> Any:
    # By name and late: this file is read before Django is up.
    return import_module("tests.duty.team")


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
