"""The desk of a program with two rooms; ren and sora keep it, mori coordinates."""

from datetime import date
from importlib import import_module
from typing import Any

import pytest


@pytest.fixture
def ren(program: Any) -> Any:
    # By name and late: this file is read before Django is up.
    team = import_module("tests.duty.team")
    return team.supporter("ren", called="れん", trained_on=date(2026, 6, 1))


@pytest.fixture
def sora(program: Any) -> Any:
    team = import_module("tests.duty.team")
    return team.supporter("sora", called="そら", trained_on=date(2025, 1, 10))


@pytest.fixture
def rooms(program: Any) -> Any:
    cast = import_module("tests.cast")
    return [cast.make_room(), cast.make_room("yofukashi", name="夜ふかしの部屋")]
