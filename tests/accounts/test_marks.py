"""A code that was used stays marked, whatever else is counted meanwhile."""

import pytest
from django.core.cache import caches

from ibasho.calm_cache import CalmRedis
from tests.processes import free_port


@pytest.fixture(params=["memory", "redis_away"])
def cache(request):
    if request.param == "memory":
        found = caches["default"]
    else:
        options = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        found = CalmRedis(f"redis://127.0.0.1:{free_port()}", {"OPTIONS": options})
    yield found
    for number in range(2_000):
        found.delete(f"count.{number}")
    found.delete("used")


def test_two_thousand_counters_push_no_mark_out(cache):
    assert cache.add("used", True, timeout=90)
    for number in range(2_000):
        cache.set(f"count.{number}", [1.0], timeout=3600)
    assert not cache.add("used", True, timeout=90)
