"""A talk of two: who was given a seat sits there, by socket too; everybody else finds no room."""

from uuid import uuid4

import pytest

from accounts.states import Role
from accounts.viewer import SESSION_PARTICIPANT
from chat import protocol as p
from chat.arrivals import Knock, LetIn
from chat.models import Seat
from chat.whereabouts import recheck
from counseling.actions import cases, hand_over, talk
from foundation import clock
from foundation.refusals import Refused
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import arrive
from tests.counseling.test_pages import seated
from tests.counseling.voices import asks, taken


@pytest.fixture
def case(aoi, kaede, program, now):
    """aoi's, with kaede, and both wrote."""
    made = taken(asks(aoi, program, now=now), kaede, now=now)
    talk.say(seen_by(aoi), code=made.code, text="こんばんは", nonce=uuid4(), now=now)
    talk.answer(staff_viewer(kaede), code=made.code, text="よみました", nonce=uuid4(), now=now)
    made.refresh_from_db()
    return made


def knock(case, client) -> object:
    session = client.session.session_key if client is not None else None
    found = arrive(
        Knock(slug=case.room.slug, session=session, scope={"client": ["127.0.0.1", 1]},
              epoch=None, since=None),
        clock.now(),
    )  # fmt: skip
    return "in" if isinstance(found, LetIn) else found.code


def test_the_two_are_let_in_and_nobody_else_finds_a_room(
    case, aoi, haha, yoso, kaede, mori, ren, room
):
    sora = make_staff("sora")
    grant(sora, Role.COUNSELOR)
    aoi.passphrase_at = None  # the browser sat down before
    aoi.save()
    mine = seated(aoi)
    assert mine.session[SESSION_PARTICIPANT] == aoi.pk
    found = {
        name: knock(case, client)
        for name, client in {
            "aoi": mine, "kaede": signed_in_as(kaede), "haha": seated(haha), "yoso": seated(yoso),
            "mori": signed_in_as(mori), "ren": signed_in_as(ren), "sora": signed_in_as(sora),
        }.items()
    }  # fmt: skip
    assert found == {"aoi": "in", "kaede": "in"} | dict.fromkeys(
        ("haha", "yoso", "mori", "ren", "sora"), p.Close.NO_SUCH_ROOM
    )
    assert Seat.objects.filter(room=case.room).count() == 2


def test_whoever_handed_the_case_over_loses_the_seat_and_the_words_stay(case, kaede, now):
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    first, second = staff_viewer(kaede), staff_viewer(sora)
    client = signed_in_as(kaede)
    sitting = [(case.room_id, client.session.session_key)]
    assert set(recheck(-kaede.pk, sitting, 0).codes.values()) == {None}
    offered = hand_over.offer(first, code=case.code, to=sora.pk, text="", now=now)
    hand_over.accept(second, hand_over=offered.pk, now=now)
    assert set(recheck(-kaede.pk, sitting, 0).codes.values()) == {p.Close.NO_SUCH_ROOM}
    assert knock(case, client) == p.Close.NO_SUCH_ROOM
    talk.answer(second, code=case.code, text="うけつぎました", nonce=uuid4(), now=now)
    assert knock(case, signed_in_as(sora)) == "in"
    said = list(case.room.messages.order_by("seq").values_list("text", flat=True))
    assert said == ["こんばんは", "よみました", "うけつぎました"]


def test_a_counselor_whose_role_ended_sits_there_no_more(case, kaede, now):
    kaede.grants.update(ended_at=now)
    assert knock(case, signed_in_as(kaede)) == p.Close.NO_SUCH_ROOM


def test_a_colleague_comes_in_openly_and_leaves_openly(case, aoi, kaede, now):
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    first, second = staff_viewer(kaede), staff_viewer(sora)
    client = signed_in_as(sora)
    theirs = f"/counseling/desk/{case.code}/talk/"
    assert client.get(theirs).status_code == 404
    talk.ask_in(first, code=case.code, colleague=sora.pk, now=now)
    assert "そらさん(相談先)に、はいってもらいます" in client.get(theirs).content.decode()
    assert case.code in client.get("/counseling/desk/").content.decode()
    assert client.get(f"/counseling/desk/{case.code}/").status_code == 404, "the talk alone"
    talk.join_in(second, code=case.code, text="はじめまして", nonce=uuid4(), now=now)
    talk.let_go(first, code=case.code, colleague=sora.pk, now=now)
    assert client.get(theirs).status_code == 404
    said = list(case.room.messages.order_by("seq").values_list("text", flat=True))
    assert said[-2:] == ["はじめまして", "相談先の人は、ここからはなれました。"]
    with pytest.raises(Refused, match="not_found"):
        talk.join_in(second, code=case.code, text="まだ", nonce=uuid4(), now=now)


def test_whoever_had_a_case_before_it_was_closed_sits_there_no_more(case, aoi, kaede, program, now):
    sora, hoshi = (make_staff(name, display_name=name) for name in ("sora", "hoshi"))
    for one in (sora, hoshi):
        grant(one, Role.COUNSELOR)
    first = staff_viewer(kaede)
    talk.ask_in(first, code=case.code, colleague=sora.pk, now=now)
    cases.close(first, code=case.code, now=now)
    assert not Seat.objects.filter(room=case.room, staff__isnull=False, ended_at=None).exists()
    assert aoi.seats.filter(room=case.room, ended_at=None).exists()
    cases.reopen(first, code=case.code, now=now)
    assert knock(case, signed_in_as(kaede)) == "in"
    cases.close(first, code=case.code, now=now)
    asks(aoi, program, now=now)
    taken(case, hoshi, now=now)
    theirs = f"/counseling/desk/{case.code}/talk/"
    for gone in (kaede, sora):
        client = signed_in_as(gone)
        assert client.get(theirs).status_code == 404
        assert knock(case, client) == p.Close.NO_SUCH_ROOM
        with pytest.raises(Refused, match="not_found"):
            talk.join_in(staff_viewer(gone), code=case.code, text="まだ", nonce=uuid4(), now=now)
    assert knock(case, signed_in_as(hoshi)) == "in"
    assert len(case.room.messages.all()) == 3, "the words stay"
