"""/now/ opens when nothing else does."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.test import Client


@pytest.fixture
def broken_database(monkeypatch):
    """Any use of any connection fails, as with a database that is gone."""

    def gone(*args, **kwargs):
        raise AssertionError("/now/ asked the database")

    for connection in connections.all():
        monkeypatch.setattr(connection, "cursor", gone)
        monkeypatch.setattr(connection, "connect", gone)
    monkeypatch.setattr(SessionStore, "load", gone)


# Without the `django_db` mark pytest-django blocks the database besides.
@pytest.mark.parametrize("method", ["get", "head"])
def test_the_page_needs_no_database_and_no_session(broken_database, method):
    client = Client()
    client.cookies["seat"] = "abcdefghijklmnopqrstuvwxyz012345"
    client.cookies["__Host-seat"] = "abcdefghijklmnopqrstuvwxyz012345"
    answer = getattr(client, method)("/now/")
    assert answer.status_code == 200


def test_it_offers_the_phone_and_writing_and_both_emergency_numbers(broken_database):
    page = Client().get("/now/").content.decode()
    assert "tel:0120279338" in page and "https://talkme.jp/" in page
    assert "tel:110" in page and "tel:119" in page


def test_it_runs_no_script_of_its_own_and_sets_no_cookie(broken_database):
    answer = Client().get("/now/")
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert "<script" not in answer.content.decode().lower()


def test_it_cannot_be_posted_to():
    assert Client().post("/now/").status_code == 405
