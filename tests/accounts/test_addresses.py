"""Addresses: counted today, unreadable tomorrow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from accounts import addresses
from accounts.addresses import address_key

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 12:00 in Japan


def key(address: str, *, forwarded: str | None = None, now: datetime = NOON) -> str:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return address_key(RequestFactory().get("/", headers=headers, REMOTE_ADDR=address), now)


def scope(address: str | None, *forwarded: str) -> dict:
    return {
        "client": (address, 1234) if address else None,
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }


def test_a_request_and_a_socket_from_one_address_have_one_key():
    assert key("203.0.113.7") == address_key(scope("203.0.113.7"), NOON)
    assert key("203.0.113.7") != key("203.0.113.8")


def test_the_address_is_not_in_the_key_nor_in_the_cache():
    assert "203" not in key("203.0.113.203")[:3] or len(key("203.0.113.203")) == 32
    stored = cache.get("daykey:2026-11-24")
    assert isinstance(stored, bytes) and len(stored) == 32


def test_without_proxies_a_forwarding_header_is_nothing():
    assert len({key("203.0.113.7", forwarded=f"198.51.100.{n}") for n in range(50)}) == 1


def test_behind_proxies_only_the_hop_they_wrote_counts(settings):
    settings.TRUSTED_PROXIES = 1
    honest = key("10.0.0.1", forwarded="203.0.113.7")
    forged = {key("10.0.0.1", forwarded=f"198.51.100.{n}, 203.0.113.7") for n in range(50)}
    assert forged == {honest}
    assert honest == address_key(scope("10.0.0.1", "198.51.100.1", "203.0.113.7"), NOON)
    settings.TRUSTED_PROXIES = 2
    assert key("10.0.0.1", forwarded="1.1.1.1, 203.0.113.7, 10.0.0.2") == honest
    # Fewer hops than there are proxies: someone came around them.
    assert key("10.0.0.1", forwarded="203.0.113.7") == key("10.0.0.1")


@pytest.mark.parametrize("asking", [scope(None), {"client": None}, {}, scope("")])
def test_a_unix_socket_has_no_address_and_gets_one_key_all_the_same(asking):
    assert address_key(asking, NOON) == key("") == key("not an address")


def test_a_home_with_a_million_addresses_is_one_home():
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("::ffff:203.0.113.7") == key("203.0.113.7")


def test_tomorrow_the_same_address_has_another_key():
    before, after = NOON.replace(hour=14, minute=59), NOON.replace(hour=15, minute=0)
    assert key("203.0.113.7", now=NOON) == key("203.0.113.7", now=before)
    assert key("203.0.113.7", now=before) != key("203.0.113.7", now=after)


def test_an_hour_after_midnight_yesterdays_key_is_forgotten():
    key("203.0.113.7", now=NOON)
    key("203.0.113.7", now=NOON + timedelta(hours=12, minutes=30))
    assert set(addresses._here) == {"daykey:2026-11-24", "daykey:2026-11-25"}
    key("203.0.113.7", now=NOON + timedelta(hours=13, minutes=1))
    assert set(addresses._here) == {"daykey:2026-11-25"}


def test_the_shared_key_lives_until_one_in_the_morning(monkeypatch):
    kept = {}
    monkeypatch.setattr(cache, "add", lambda name, value, timeout: kept.update({name: timeout}))
    key("203.0.113.7")
    assert kept == {"daykey:2026-11-24": 13 * 3600}


def test_processes_share_the_key_and_without_a_cache_each_has_its_own(monkeypatch):
    shared = key("203.0.113.7")
    addresses.forget()
    assert key("203.0.113.7") == shared

    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "add", gone)
    monkeypatch.setattr(cache, "get", gone)
    addresses.forget()
    alone = key("203.0.113.7")
    assert alone != shared and alone == key("203.0.113.7")
