"""Someone at the entrance, and a clock that can be moved."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.cache import cache
from django.test import Client

from foundation import clock


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> Iterator[None]:
    """Limits count in this process: each test begins rested."""
    cache.clear()
    # By name and late: this file is read before Django is up.
    import_module("tests.accounts.entrance").rest()
    yield
    cache.clear()


@pytest.fixture
def enter(db: None) -> Callable[..., Client]:
    """Someone who came in by the door, as a browser."""

    def come(handle: str = "あおい", **sent: str) -> Client:
        client = Client()
        answer = client.post("/enter/", {"handle": handle, "agree": "on", **sent})
        assert answer.status_code == 303, answer.content.decode()
        return client

    return come


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let time pass at the doors: `later(minutes=16)`."""
    passed = timedelta()
    real = clock.now

    def pass_by(**amount: float) -> None:
        nonlocal passed
        passed += timedelta(**amount)
        monkeypatch.setattr(clock, "now", lambda: real() + passed)

    return pass_by
