"""mori sits at the desk of the program in which the room is."""

from importlib import import_module
from typing import Any

import pytest


@pytest.fixture
def desk(mori: Any, program: Any) -> Any:
    """mori's browser, signed in with a second factor."""
    # By name and late: this file is read before Django is up.
    return import_module("tests.cast").signed_in_as(mori)


@pytest.fixture
def other_desk(program: Any) -> Any:
    """A second coordinator of the same program."""
    return import_module("tests.office.desk").second_coordinator(program)


@pytest.fixture
def towns(db: None) -> None:
    """The towns that tests speak of."""
    import_module("tests.office.desk").make_towns()
