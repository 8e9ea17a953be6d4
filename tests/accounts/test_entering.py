"""In without a name, and never over somebody's seat."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Participant
from accounts.nicknames import skeleton
from tests.accounts.entrance import person

pytestmark = pytest.mark.django_db
YES = {"handle": "ねむい月", "agree": "on"}


def test_the_first_page_asks_nothing_of_a_stranger():
    answer = Client().get("/")
    assert answer.status_code == 200 and "sessionid" not in answer.cookies
    assert "/now/" in answer.content.decode()


def test_a_name_is_offered_and_four_rules_are_shown():
    answer = Client().get("/enter/")
    assert answer.status_code == 200
    assert len(answer.context["rules"]) == 4 and answer.context["handle"]
    assert answer.context["seated"] is False
    assert not Participant.objects.exists() and not Session.objects.exists()


def test_the_offered_name_can_be_taken_as_it_is():
    client = Client()
    offered = client.get("/enter/").context["handle"]
    assert client.post("/enter/", {"handle": offered, "agree": "on"}).status_code == 303
    assert person(client).handle == offered


def test_entering_leads_to_the_rooms_and_keeps_a_name_and_two_times_only():
    client = Client()
    answer = client.post("/enter/", YES)
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/")
    someone = person(client)
    assert someone.handle == "ねむい月" and someone.passphrase_key is None
    assert set(client.session.keys()) == {"participant", "since", "active_at"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"handle": "ねむい月"}, "約束"),
        ({"handle": "ねむい月", "agree": "no"}, "約束"),
        ({"handle": "", "agree": "on"}, "なまえを入れて"),
        ({"handle": "あ" * 13, "agree": "on"}, "12文字"),
        ({"handle": "あ" * 100_000, "agree": "on"}, "12文字"),
        ({"handle": "相\u200b談員", "agree": "on"}, "使えない"),
        ({"handle": "あ\u202eい", "agree": "on"}, "文字"),
        ({"handle": "a\0b", "agree": "on"}, "文字"),
        ({}, "約束"),
    ],
)
def test_a_refusal_says_why_keeps_what_was_typed_and_seats_nobody(sent, says):
    answer = Client().post("/enter/", sent)
    assert answer.status_code == 422
    assert says in answer.context["form_error"]
    if sent.get("handle"):
        assert answer.context["handle"] == sent["handle"][:400]
    assert not Participant.objects.exists()


def test_taken_and_reserved_names_get_one_answer(enter):
    enter("ねむい月")
    taken = Client().post("/enter/", {"handle": "ネムイ月", "agree": "on"})
    reserved = Client().post("/enter/", {"handle": "相談員", "agree": "on"})
    assert taken.status_code == reserved.status_code == 422
    assert taken.context["form_error"] == reserved.context["form_error"]


def test_a_supporters_name_cannot_be_taken(ren):
    for handle in ("れん", "レン", "れんさん", "れ\u200bん"):
        assert Client().post("/enter/", {"handle": handle, "agree": "on"}).status_code == 422


def test_the_name_of_someone_long_gone_is_free_again(enter):
    client = enter("ねむい月")
    someone = person(client)
    Participant.objects.filter(pk=someone.pk).update(seen_at=someone.seen_at - timedelta(days=1))
    enter("ねむい月")


def test_an_offered_name_is_nobodys(enter):
    enter("ねむい月")
    taken = skeleton("ねむい月")
    assert all(skeleton(Client().get("/enter/").context["handle"]) != taken for _ in range(20))


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example/", "https:evil.example", "https://evil.example/", "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)", " //evil.example", "/\t/evil.example", "/\n/evil", "evil.example",
        "///evil",
        "/%0d%0aSet-Cookie:x=1\r\nX: y", "http:///evil.example", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_next_never_leads_out_of_the_house(evil):
    answer = Client().post("/enter/", YES | {"next": evil})
    assert (answer.status_code, answer["Location"]) == (303, "/rooms/")
    assert Client().get("/enter/", {"next": evil}).context["next"] == ""


def test_next_leads_on_within_the_house():
    assert Client().get("/enter/", {"next": "/me/"}).context["next"] == "/me/"
    answer = Client().post("/enter/", YES | {"next": "/rooms/zatsudan/?before=3"})
    assert answer["Location"] == "/rooms/zatsudan/?before=3"


def test_the_session_key_known_before_entering_is_worth_nothing():
    client = Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["seat"] = session.session_key
    client.post("/enter/", YES)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_second_entry_never_overwrites_a_seat(enter):
    client = enter()
    before = dict(client.session.items())
    page = client.get("/enter/")
    assert page.status_code == 200 and page.context["seated"] is True
    again = client.post("/enter/", {"handle": "べつの人", "agree": "on"})
    assert again.status_code == 422 and again.context["seated"] is True
    assert dict(client.session.items()) == before
    assert Participant.objects.count() == 1


def test_coming_back_never_overwrites_a_seat_either(enter):
    client = enter()
    before = dict(client.session.items())
    assert client.post("/return/", {"passphrase": "x"}).status_code == 422
    assert dict(client.session.items()) == before


def test_the_page_that_asks_tells_nothing_of_who_sits_there(enter):
    page = enter("ねむい月").get("/enter/").content.decode()
    assert "ねむい月" not in page


def test_a_session_whose_person_is_gone_is_a_visitors(enter):
    client = enter()
    Participant.objects.all().delete()
    assert client.get("/me/").status_code == 303
    assert client.post("/enter/", YES).status_code == 303
    assert person(client).handle == "ねむい月"


def test_a_session_that_names_staff_too_is_nobodys(enter, ren):
    client = enter()
    session = client.session
    session["_auth_user_id"] = str(ren.pk)
    session.save()
    assert client.get("/me/")["Location"].startswith("/enter/")


def test_whoever_enters_by_the_hundred_is_slowed_with_a_time_to_wait(monkeypatch):
    monkeypatch.setattr("foundation.limits.rate", lambda _: (2.0, 1 / 30))
    codes = [Client().post("/enter/", {"handle": f"ねこ{n}", "agree": "on"}) for n in range(4)]
    assert [answer.status_code for answer in codes] == [303, 303, 422, 422]
    assert int(codes[-1]["Retry-After"]) >= 1


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace", "options"])
@pytest.mark.parametrize("path", ["/enter/", "/return/", "/leave/"])
def test_other_methods_are_no_way_in(method, path):
    assert getattr(Client(), method)(path).status_code == 405


def test_a_form_without_its_token_does_nothing_and_gives_the_words_back():
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/rooms/zatsudan/", {"text": "ながい<b>ことば</b>", "passphrase": "ひみつ"}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "ながい&lt;b&gt;ことば" in page and "ひみつ" not in page
    assert client.post("/enter/", YES).status_code == 403
    assert not Participant.objects.exists()


def test_a_thousand_fields_and_a_large_body_are_refused_calmly():
    many = Client().post("/enter/", {f"f{n}": "1" for n in range(1001)})
    large = Client().post("/enter/", {"handle": "あ" * 1_500_000})
    assert many.status_code == 400 and large.status_code in (400, 413)
