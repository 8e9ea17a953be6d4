"""A coordinator and a counselor of Hyogo's program, and some of its municipalities."""

from importlib import import_module
from typing import Any

import pytest


@pytest.fixture
def towns(db: None) -> None:
    # By name and late: this file is read before Django is up.
    import_module("tests.reports.people").make_towns()


@pytest.fixture
def coordinator(mori: Any) -> Any:
    return import_module("tests.cast").staff_viewer(mori)


@pytest.fixture
def counselor(kaede: Any) -> Any:
    return import_module("tests.cast").staff_viewer(kaede)


@pytest.fixture
def colleague(program: Any) -> Any:
    """A second coordinator."""
    other = import_module("tests.reports.people").make_colleague()
    return import_module("tests.cast").staff_viewer(other)
