"""てがみ: what was said while one was away waits, softly."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import letters
from accounts.letters import Kind
from accounts.models import Letter
from accounts.viewer import Viewer
from foundation import clock
from foundation.bell import bell
from foundation.refusals import Link
from tests.accounts.entrance import passphrase_of, person


@pytest.fixture
def client(enter) -> Client:
    return enter()


def leave_one(client: Client, title: str = "おへんじ") -> Letter:
    return letters.write(
        person(client).pk,
        kind=Kind.REPLY,
        title=title,
        text="<b>読みました</b>",
        links=[Link("部屋へ", "/rooms/")],
        now=clock.now(),
    )


pytestmark = pytest.mark.django_db


def test_a_murmurs_answer_waits_for_whoever_comes_back_on_thursday(client, later):
    made = passphrase_of(client)
    letter = leave_one(client)
    client.post("/leave/")
    later(days=5)
    phone = Client()
    phone.post("/return/", {"passphrase": made})
    assert phone.get("/letters/").context["letters"] == [
        {"id": letter.pk, "title": "おへんじ", "at": letter.at, "read": False}
    ]
    page = phone.get(f"/letters/{letter.pk}/")
    assert page.context["letter"]["links"] == [{"label": "部屋へ", "href": "/rooms/"}]
    assert "&lt;b&gt;読みました" in page.content.decode()
    assert phone.get("/letters/").context["letters"][0]["read"]


@pytest.mark.parametrize(
    "glance",
    [
        {"method": "head"},
        {"headers": {"sec-purpose": "prefetch"}},
        {"headers": {"sec-purpose": "prefetch;prerender"}},
        {"headers": {"purpose": "prefetch"}},
    ],
)
def test_a_glance_ahead_is_no_reading(client, glance):
    letter = leave_one(client)
    ask = getattr(client, glance.pop("method", "get"))
    assert ask(f"/letters/{letter.pk}/", **glance).status_code == 200
    letter.refresh_from_db()
    assert letter.read_at is None


def test_only_the_first_opening_counts_and_nobody_is_told(client, later, monkeypatch):
    letter = leave_one(client)
    version = person(client).version
    monkeypatch.setattr(bell, "person", lambda *ring: pytest.fail("told"))
    client.get(f"/letters/{letter.pk}/")
    letter.refresh_from_db()
    first = letter.read_at
    later(days=3)
    client.get(f"/letters/{letter.pk}/")
    letter.refresh_from_db()
    assert letter.read_at == first and person(client).version == version


def test_someone_elses_letter_does_not_exist(client, enter):
    letter = leave_one(client)
    other = enter("しずかな石")
    theirs, none = other.get(f"/letters/{letter.pk}/"), other.get("/letters/987654/")
    assert theirs.status_code == none.status_code == 404
    assert theirs.content == none.content
    letter.refresh_from_db()
    assert letter.read_at is None
    assert other.get("/letters/").context["letters"] == []


@pytest.mark.parametrize("number", ["-1", "0", "1.5", "9" * 18, "9" * 40, "x", "%00", "１"])
def test_a_number_that_is_none_is_not_found(client, number):
    assert client.get(f"/letters/{number}/").status_code == 404


def test_a_letter_cannot_be_posted_to(client):
    assert client.post(f"/letters/{leave_one(client).pk}/").status_code == 405


def test_a_letter_counts_as_a_change_and_rings_on_commit(
    client, monkeypatch, django_capture_on_commit_callbacks
):
    rings: list[tuple[int, int]] = []
    monkeypatch.setattr(bell, "person", lambda who, version: rings.append((who, version)))
    with django_capture_on_commit_callbacks(execute=True):
        leave_one(client)
        assert rings == []
    assert rings == [(person(client).pk, 1)]


def test_what_waits_is_known_without_a_number(client):
    someone = person(client).pk
    assert not letters.waiting(someone) and letters.newest(someone) == 0
    first, second = leave_one(client, "1"), leave_one(client, "2")
    assert letters.waiting(someone) is True and letters.newest(someone) == second.pk
    assert letters.unread_after(someone, after=0) == [first, second]
    assert letters.unread_after(someone, after=first.pk) == [second]
    viewer = Viewer(participant=someone)
    assert letters.all_of(viewer) == [second, first]
    letters.mark_read(viewer, letter=first.pk, now=clock.now())
    letters.mark_read(viewer, letter=second.pk, now=clock.now())
    assert not letters.waiting(someone) and letters.unread_after(someone, after=0) == []


def test_a_letter_goes_30_days_after_it_was_read_and_an_unread_one_stays(client):
    read, unread = leave_one(client, "1"), leave_one(client, "2")
    now = clock.now()
    letters.mark_read(Viewer(participant=person(client).pk), letter=read.pk, now=now)
    assert letters.purge(now + timedelta(days=30)) == 0
    assert letters.purge(now + timedelta(days=30, seconds=1)) == 1
    assert list(Letter.objects.all()) == [unread]


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example", "http://x", "data:,x", ""]
)
def test_a_letter_links_nowhere_strange(client, href):
    with pytest.raises(ValueError, match="link"):
        letters.write(
            person(client).pk,
            kind=Kind.CARE,
            title="t",
            text="x",
            links=[Link("x", href)],
            now=clock.now(),
        )
    with pytest.raises(ValueError, match="gossip"):
        letters.write(person(client).pk, kind="gossip", title="t", text="x", now=clock.now())
