"""A thread's line to storage: asked whether it is there, but not at every turn."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import threads
from chat.models import Room
from chat.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool():
    with threads.kept_threads(1, "reader") as made:
        yield made
        made.submit(_close)


def _close() -> None:
    connection.close()  # the thread's own, so asked for in the thread


def _counted() -> int:
    asked = []
    real = connection.is_usable
    connection.is_usable = lambda: asked.append(1) or real()
    connection.health_check_enabled = True  # as it is where a house runs on PostgreSQL
    try:
        with CaptureQueriesContext(connection):
            Room.objects.count()
    finally:
        connection.is_usable = real
    return len(asked)


def _fails() -> None:
    Room.objects.count()
    raise LookupError


async def test_a_line_is_asked_once_a_moment_and_again_after_what_went_wrong(pool, monkeypatch):
    await in_thread(pool, _counted)
    assert await in_thread(pool, _counted) == 0
    with pytest.raises(LookupError):
        await in_thread(pool, _fails)
    assert await in_thread(pool, _counted) == 1
    monkeypatch.setattr(threads, "PROVEN_S", 0.0)
    await in_thread(pool, _counted)
    assert await in_thread(pool, _counted) == 1
