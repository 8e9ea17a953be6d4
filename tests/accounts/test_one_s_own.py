"""/me/: shown, taken along, renamed, erased; and asked for again when one was away."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection
from django.test import Client

from accounts import actions, belongings, letters
from accounts.models import Letter, Participant
from accounts.queries import signed_in, viewer_from_session
from accounts.viewer import VISITOR, Viewer
from foundation import clock
from foundation.bell import bell
from tests.accounts.entrance import passphrase_of, person

PRIVATE = ["/me/", "/me/export/", "/letters/", "/letters/1/"]
POSTS = ["/me/passphrase/", "/me/rename/", "/me/erase/"]


@pytest.fixture
def rung(monkeypatch):
    rings: list[tuple[int, int]] = []
    monkeypatch.setattr(bell, "person", lambda who, version: rings.append((who, version)))
    return rings


@pytest.mark.django_db
@pytest.mark.parametrize("path", PRIVATE)
def test_a_visitor_is_led_to_the_entrance_and_back(path):
    answer = Client().get(path)
    assert answer.status_code == 303
    assert answer["Location"] == f"/enter/?next={path.replace('/', '%2F')}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*POSTS, "/me/unlock/"])
def test_a_visitors_post_does_nothing(path):
    assert Client().post(path, {"sure": "on", "handle": "x"})["Location"].startswith("/enter/")
    assert not Participant.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*POSTS, "/leave/"])
def test_what_changes_something_is_no_link(enter, path):
    assert enter().get(path).status_code == 405


@pytest.mark.django_db
def test_everything_stored_is_shown_and_every_room_of_the_house_is_asked(enter):
    client = enter("ねむい月")
    letters.write(
        person(client).pk, kind="reply", title="おへんじ", text="読みました", now=clock.now()
    )
    page = client.get("/me/")
    titles = [section.title for section in page.context["sections"]]
    assert page.status_code == 200
    assert titles == ["なまえ・合言葉・てがみ", "部屋のこと", "支援者がしたこと", "相談のこと"]
    assert page.context["participant_handle"] == "ねむい月"
    kept = json.loads(client.get("/me/export/").content)
    assert kept["accounts"]["handle"] == "ねむい月"
    assert kept["accounts"]["letters"][0]["text"] == "読みました"
    assert set(kept) == {"exported_at", "accounts", "chat", "moderation", "counseling"}


@pytest.mark.django_db
def test_the_export_is_a_file_whose_name_says_nothing_and_holds_no_secret(enter):
    client = enter()
    passphrase_of(client)
    answer = client.get("/me/export/")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="memo.json"'
    assert "no-store" in answer["Cache-Control"]
    assert person(client).passphrase_key not in answer.content.decode()
    assert client.session.session_key not in answer.content.decode()


@pytest.mark.django_db
def test_every_column_kept_of_a_participant_is_shown_or_is_a_key(enter):
    shown = set(belongings.shown(person(enter()).pk))
    columns = {field.name for field in Participant._meta.concrete_fields}
    assert columns - shown == {"id", "passphrase_key", "version"}


@pytest.mark.django_db(transaction=True)
def test_renaming_tells_the_sockets_and_refuses_as_the_entrance_does(enter, rung):
    enter("ねむい月")
    client = enter("しずかな石")
    assert client.post("/me/rename/", {"handle": "やわらかい雲"})["Location"] == "/me/"
    assert person(client).handle == "やわらかい雲"
    assert rung == [(person(client).pk, 1)]
    for wrong in ("ネムイ月", "スタッフ", "", "あ" * 13):
        answer = client.post("/me/rename/", {"handle": wrong})
        assert answer.status_code == 422 and answer.context["form_error"]
    assert client.post("/me/rename/", {"handle": "やわらかい雲"}).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_erasing_takes_everything_at_once(enter, rung):
    client = enter()
    someone = person(client)
    letters.write(someone.pk, kind="care", title="t", text="x", now=clock.now())
    unsure = client.post("/me/erase/")
    assert unsure.status_code == 422 and Participant.objects.exists()
    answer = client.post("/me/erase/", {"sure": "on"})
    assert (answer.status_code, answer["Location"]) == (303, "/?erased")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Participant.objects.exists() and not Letter.objects.exists()
    assert not Session.objects.exists()
    assert rung[-1] == (someone.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_cut_off_half_way_leaves_the_seat_to_ask_again(enter, monkeypatch):
    client = enter()
    calls = []

    def cut(model, *, now):
        calls.append(1)
        raise IntegrityError

    monkeypatch.setattr(belongings, "_erase_last", cut)
    client.raise_request_exception = False
    assert client.post("/me/erase/", {"sure": "on"}).status_code == 500
    assert len(calls) == 3 and Participant.objects.exists()
    monkeypatch.undo()
    assert client.post("/me/erase/", {"sure": "on"}).status_code == 303
    assert not Participant.objects.exists()


@pytest.mark.django_db
def test_an_erased_person_is_a_visitor_in_every_other_browser(enter):
    here = enter()
    there = Client()
    there.post("/return/", {"passphrase": passphrase_of(here)})
    here.post("/me/erase/", {"sure": "on"})
    assert there.get("/me/")["Location"].startswith("/enter/")


@pytest.mark.django_db(transaction=True)
def test_leaving_leaves_nothing_in_the_browser_and_closes_the_sockets(enter, monkeypatch):
    client = enter()
    key, someone = client.session.session_key, person(client)
    assert signed_in(key, someone.pk)
    still_in_when_rung = []
    monkeypatch.setattr(
        bell, "person", lambda who, version: still_in_when_rung.append(signed_in(key, who))
    )
    answer = client.post("/leave/")
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["seat"].value == ""
    assert still_in_when_rung == [False]
    assert not Session.objects.exists() and Participant.objects.exists()


@pytest.mark.django_db
def test_leaving_twice_is_leaving():
    assert Client().post("/leave/").status_code == 303


# --- asked again after 15 minutes -----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("path", PRIVATE)
def test_after_15_minutes_without_an_act_the_passphrase_is_asked_for_again(enter, later, path):
    client = enter()
    passphrase_of(client)
    later(minutes=14)
    assert client.get(path).status_code in (200, 404)
    later(minutes=2)
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer["Location"] == f"/me/unlock/?next={path.replace('/', '%2F')}"


@pytest.mark.django_db
@pytest.mark.parametrize("path", POSTS)
def test_a_sleeping_seat_changes_nothing(enter, later, path):
    client = enter()
    passphrase_of(client)
    before = list(Participant.objects.values())
    later(minutes=16)
    answer = client.post(path, {"handle": "べつ", "sure": "on"})
    assert answer["Location"] == "/me/unlock/?next=%2Fme%2F"
    assert list(Participant.objects.values()) == before


@pytest.mark.django_db
def test_without_a_passphrase_nothing_is_asked(enter, later):
    client = enter()
    later(hours=5)
    assert client.get("/me/").status_code == 200
    assert client.get("/me/unlock/")["Location"] == "/me/"


@pytest.mark.django_db
def test_acts_keep_a_seat_awake_but_never_wake_it(enter, later):
    client = enter()
    passphrase_of(client)
    later(minutes=10)
    client.post("/me/rename/", {"handle": "しずかな石"})
    later(minutes=10)
    assert client.get("/me/").status_code == 200
    later(minutes=10)
    client.post("/rooms/nowhere/", {"text": "x"})
    assert client.get("/me/").status_code == 303
    client.post("/me/unlock/", {"passphrase": "ちがう"})
    assert client.get("/me/").status_code == 303


@pytest.mark.django_db
def test_only_ones_own_passphrase_wakes_the_seat(enter, later):
    client, other = enter("ねむい月"), enter("しずかな石")
    mine, others = passphrase_of(client), passphrase_of(other)
    later(minutes=16)
    page = client.get("/me/unlock/?next=/letters/")
    assert page.status_code == 200 and page.context["next"] == "/letters/"
    wrong = client.post("/me/unlock/", {"passphrase": others})
    assert wrong.status_code == 422 and wrong.context["form_error"]
    answer = client.post("/me/unlock/", {"passphrase": mine, "next": "/letters/"})
    assert (answer.status_code, answer["Location"]) == (303, "/letters/")
    assert client.get("/me/").status_code == 200
    assert client.post("/me/unlock/", {"passphrase": mine, "next": "//evil"})["Location"] == "/me/"


@pytest.mark.django_db
def test_guessing_at_a_sleeping_seat_is_slowed(enter, later):
    client = enter()
    passphrase_of(client)
    later(minutes=16)
    answers = [client.post("/me/unlock/", {"passphrase": f"x{n}"}) for n in range(12)]
    assert {answer.status_code for answer in answers} == {422}
    assert answers[-1].has_header("Retry-After") and not answers[0].has_header("Retry-After")


# --- who is asking --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_socket_learns_who_a_session_is_from_its_key_alone(enter):
    client = enter()
    key, someone = client.session.session_key, person(client)
    assert viewer_from_session(key, now=clock.now()) == Viewer(participant=someone.pk, session=key)
    assert signed_in(key, someone.pk) and not signed_in(key, someone.pk + 1)
    for wrong in (None, "", "x" * 32, "../../etc", "あ" * 40):
        assert viewer_from_session(wrong, now=clock.now()) == VISITOR


@pytest.mark.django_db
def test_an_expired_session_is_nobodys(enter):
    client = enter()
    Session.objects.update(expire_date=clock.now())
    assert viewer_from_session(client.session.session_key, now=clock.now()) == VISITOR


@pytest.mark.django_db
def test_a_public_page_asks_the_database_for_nobody_without_a_cookie(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/return/").status_code == 200


@pytest.mark.django_db
def test_seen_at_moves_at_most_once_an_hour(enter, later):
    client = enter()
    before = person(client).seen_at
    later(minutes=59)
    client.post("/me/rename/", {"handle": "しずかな石"})
    assert person(client).seen_at == before
    later(minutes=2)
    client.post("/me/rename/", {"handle": "やわらかい雲"})
    assert person(client).seen_at > before


@pytest.mark.django_db
def test_looking_at_ones_own_pages_changes_nothing(enter):
    client = enter()
    passphrase_of(client)
    with connection.execute_wrapper(_only_reads):
        for path in ("/", "/enter/", "/return/", "/me/", "/me/export/", "/me/unlock/", "/letters/"):
            assert client.get(path).status_code == 200


def _only_reads(execute, sql, params, many, context):
    assert sql.lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
    return execute(sql, params, many, context)


@pytest.mark.django_db
def test_bumping_someone_who_is_gone_rings_nobody(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.bump(123456)
    assert rung == []
