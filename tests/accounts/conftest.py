"""Someone at the entrance, and a clock that can be moved."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import addresses, doors, guesses
from accounts.models import Participant
from foundation import clock


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> Iterator[None]:
    """Limits count in this process: each test begins rested."""
    cache.clear()
    guesses.forget()
    addresses.forget()
    doors._entries._held.clear()
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


def person(client: Client) -> Participant:
    """Whose seat a browser holds."""
    return Participant.objects.get(pk=client.session["participant"])


def passphrase_of(client: Client) -> str:
    """Make a 合言葉 in this browser, as its owner reads it from the page."""
    answer = client.post("/me/passphrase/")
    assert answer.status_code == 200
    return str(answer.context["new_passphrase"])
