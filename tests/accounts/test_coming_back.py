"""合言葉: made once, shown once, and never anywhere else."""

import logging
import statistics
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts import passphrase, queries
from accounts.guesses import wait_before
from accounts.models import Participant
from foundation import clock
from tests.accounts.entrance import passphrase_of, person, rest
from tests.accounts.test_passphrase import WAYS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", WAYS)
def test_it_opens_the_same_seat_however_it_is_typed(enter, way):
    owner = enter()
    made = passphrase_of(owner)
    phone = Client()
    answer = phone.post("/return/", {"passphrase": WAYS[way](made)})
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/")
    assert person(phone) == person(owner)


def test_it_is_shown_exactly_once(enter):
    client = enter()
    made = passphrase_of(client)
    page = client.get("/me/")
    assert page.context["has_passphrase"] and page.context["new_passphrase"] is None
    assert made not in page.content.decode()
    assert made not in client.get("/me/export/").content.decode()


def test_renewing_it_ends_the_old_one_and_the_seats_taken_with_it(enter):
    owner = enter()
    old = passphrase_of(owner)
    other = Client()
    other.post("/return/", {"passphrase": old})
    assert other.get("/me/").status_code == 200
    new = passphrase_of(owner)
    assert other.get("/me/").status_code == 303
    assert owner.get("/me/").status_code == 200
    assert Client().post("/return/", {"passphrase": old}).status_code == 422
    assert Client().post("/return/", {"passphrase": new}).status_code == 303


def test_wrong_unknown_and_empty_answers_are_the_same_bytes(enter):
    passphrase_of(enter())

    def answer(typed: str) -> tuple[int, bytes, list[str]]:
        rest()
        cache.clear()
        client = Client()
        got = client.post("/return/", {"passphrase": typed})
        assert not client.session.keys()
        # The form's own token is new on every page.
        token = str(got.context["csrf_token"]).encode()
        return got.status_code, got.content.replace(token, b""), sorted(got.headers)

    unknown, wrong, empty = answer(passphrase.make()), answer("でたらめ"), answer("")
    assert unknown == wrong == empty
    assert unknown[0] == 422


def test_right_and_wrong_ask_the_database_equally_much_before_they_differ(enter):
    made = passphrase_of(enter())
    asked = {}
    for name, typed in (("right", made), ("wrong", passphrase.make())):
        counter = _Counting()
        with connection.execute_wrapper(counter):
            Client().post("/return/", {"passphrase": typed})
        asked[name] = [sql for sql in counter.seen if "passphrase_key" in sql]
    assert len(asked["right"]) == len(asked["wrong"]) == 1


class _Counting:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        self.seen.append(sql)
        return execute(sql, params, many, context)


def test_looking_a_wrong_one_up_takes_as_long_as_a_right_one(enter):
    made = passphrase_of(enter())
    times: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(600):
        right = turn % 2 == 0
        typed = made if right else passphrase.make()
        started = time.perf_counter()
        queries.found_by(passphrase.key_of(typed))
        times[right].append(time.perf_counter() - started)
    medians = [statistics.median(times[right]) for right in (True, False)]
    # Generous: this guards against a slow path for one of them, not against a laboratory.
    assert max(medians) < 2 * min(medians)


def test_ten_thousand_wrong_guesses_from_one_address_are_slowed(monkeypatch):
    looked_up = []
    monkeypatch.setattr("accounts.queries.found_by", lambda key: looked_up.append(key) or None)
    client = Client()
    answers = [client.post("/return/", {"passphrase": f"か{n}"}) for n in range(300)]
    waits = [wait_before("one address", now=clock.now()) for _ in range(10_000)]
    assert sum(not wait for wait in waits) <= 13
    assert len(looked_up) <= 13
    assert {answer.status_code for answer in answers} == {422}
    slowed = answers[-1]
    assert 1 <= int(slowed["Retry-After"]) <= 60
    assert "間をおいて" in slowed.context["form_error"]


def test_forged_forwarding_headers_do_not_widen_the_limit(monkeypatch):
    looked_up = []
    monkeypatch.setattr("accounts.queries.found_by", lambda key: looked_up.append(key) or None)
    for n in range(100):
        Client().post(
            "/return/", {"passphrase": "x"}, headers={"x-forwarded-for": f"203.0.113.{n}"}
        )
    assert len(looked_up) <= 13


def test_nobody_is_locked_out_for_long(enter, monkeypatch):
    made = passphrase_of(enter())
    for _ in range(200):
        Client().post("/return/", {"passphrase": "x"})
    slowed = Client().post("/return/", {"passphrase": made})
    wait = int(slowed["Retry-After"])
    real, later = time.monotonic(), clock.now()
    monkeypatch.setattr("time.monotonic", lambda: real + wait + 1)
    monkeypatch.setattr(clock, "now", lambda: later + timedelta(seconds=61))
    assert Client().post("/return/", {"passphrase": made}).status_code == 303


def test_the_limit_holds_when_the_cache_is_gone(monkeypatch):
    def gone(*args, **kwargs):
        raise ConnectionError

    for name in ("add", "get", "incr"):
        monkeypatch.setattr(cache, name, gone)
    answers = [Client().post("/return/", {"passphrase": "x"}) for _ in range(15)]
    assert [answer.has_header("Retry-After") for answer in answers] == [False] * 10 + [True] * 5


def test_it_is_in_no_session_cache_database_log_or_address(enter, caplog, monkeypatch):
    kept: dict[str, object] = {}
    for name in ("set", "add"):
        monkeypatch.setattr(cache, name, _noting(getattr(cache, name), kept))
    caplog.set_level(logging.DEBUG)
    owner = enter()
    made = passphrase_of(owner)
    phone = Client()
    came = phone.post("/return/", {"passphrase": made})
    phone.post("/me/unlock/", {"passphrase": made})
    phone.post("/me/unlock/", {"passphrase": made + "ちがう"})
    Client().post("/return/", {"passphrase": made + "ちがう"})
    forms = {made, made.replace("\u3000", ""), passphrase.fold(made), made.replace("\u3000", " ")}

    held = [
        repr([session.get_decoded() for session in Session.objects.all()]),
        repr(kept),
        caplog.text,
        came["Location"],
        repr(phone.cookies) + repr(owner.cookies),
    ]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            held.append(repr(cursor.fetchall()))
    assert not [form for form in forms for place in held if form in place]
    assert Participant.objects.exclude(passphrase_key=None).exists()
    assert isinstance(django_settings.PASSPHRASE_KEY, str)
    assert not any(django_settings.PASSPHRASE_KEY in place for place in held)


def _noting(real, kept):
    def note(key, value, *args, **named):
        kept[key] = value
        return real(key, value, *args, **named)

    return note


def test_it_can_only_be_posted():
    assert Client().get("/return/?passphrase=x").status_code == 200
    assert Client().head("/return/").status_code == 200


def test_what_was_typed_wrong_is_not_given_back():
    page = Client().post("/return/", {"passphrase": "わたしのひみつ"}).content.decode()
    assert "わたしのひみつ" not in page


def test_the_word_list_is_shipped_where_it_is_read():
    assert Path(passphrase.__file__).with_name("data").joinpath("words.txt").is_file()
