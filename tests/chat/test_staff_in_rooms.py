"""Supporters sit in rooms by the name they bear, as supporters, and are counted nowhere."""

from datetime import datetime, time, timedelta
from itertools import count

import pytest
import time_machine
from django.test import Client

from accounts.actions import people
from accounts.adapters.account import Account
from accounts.models import RoleGrant, Staff
from accounts.queries import viewer_from_session
from accounts.states import Role
from chat import protocol as p
from chat import queries
from chat.actions import presence, seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn, TurnedAway
from chat.models import Message, Room, Visit
from chat.policies import FREE
from chat.whereabouts import recheck
from duty.models import Attendance
from foundation import clock
from tests.cast import (
    grant,
    make_program,
    make_room,
    make_staff,
    seen_by,
    signed_in_as,
    staff_viewer,
)
from tests.chat.deeds import arrive, post, rest, said

_addresses = count()


def knock(client: Client, slug: str = "zatsudan") -> TurnedAway | LetIn:
    key = client.cookies["seat"].value
    # Each from an address of its own: handshakes are slowed by address.
    scope = {"client": (f"10.0.1.{next(_addresses) % 250 + 1}", 50000), "headers": []}
    return arrive(Knock(slug, key, scope, None, None), clock.now())


def act(here: LetIn, frame: p.Incoming, *, now=None):
    rest()
    (answer,) = carry_out(
        [Act(here.room, here.seat, frame, here.viewer.session)], now=now or clock.now()
    )
    return answer


@pytest.fixture
def sitting(ren: Staff, room: Room) -> LetIn:
    """ren, by a socket."""
    found = knock(signed_in_as(ren))
    assert isinstance(found, LetIn)
    return found


def test_a_supporter_sits_by_the_name_of_the_badge(sitting: LetIn) -> None:
    you = sitting.welcome.you
    assert (you.handle, you.role, you.mode) == ("れん", "supporter", "watching")
    assert sitting.welcome.presence.supporter


def test_what_a_supporter_says_is_a_supporters(sitting: LetIn, room: Room) -> None:
    answer = act(sitting, post("こんばんは"))
    (ack,) = answer.frames
    assert isinstance(ack, p.Ack)
    (frame,) = queries.newest(room.pk)
    assert isinstance(frame, p.Message)
    assert (frame.from_.role, frame.from_.handle) == ("supporter", "れん")


def test_a_supporter_is_screened_like_everybody(sitting: LetIn) -> None:
    (no,) = act(sitting, post("080-1234-5678 に電話して")).frames
    assert isinstance(no, p.RefusedFrame)
    assert no.code == p.Refusal.CONTACT
    assert not Message.objects.exists()


def test_at_work_nobody_is_a_visitor(sitting: LetIn, room: Room, now) -> None:
    for frame in (post("いますよ"), p.Stay(mode="here")):
        act(sitting, frame)
    rest()
    carry_out([Act(sitting.room, sitting.seat, post("もうひとこと"))], now=clock.now())
    assert not Visit.objects.exists()
    for later in (0, 3, 6):
        presence.tell(now=now + timedelta(minutes=later))
    assert Room.objects.get(pk=room.pk).told_here == []


def test_a_word_in_the_room_is_an_act_there_and_reading_is_none(sitting: LetIn, room: Room, ren):
    mine = Attendance.objects.get(shift__supporter=ren)
    before = clock.now() - timedelta(minutes=8)
    Attendance.objects.filter(pk=mine.pk).update(acted_at=before)
    act(sitting, p.Stay(mode="watching"))
    mine.refresh_from_db()
    assert mine.acted_at == before
    act(sitting, post("いますよ"))
    mine.refresh_from_db()
    assert mine.acted_at > before + timedelta(minutes=7)


def test_a_word_in_the_room_keeps_the_sign_in_awake(sitting: LetIn, ren) -> None:
    later = clock.now() + timedelta(minutes=25)
    act(sitting, p.Stay(mode="watching"), now=later)
    assert viewer_from_session(sitting.viewer.session, now=later).staff == ren.pk
    assert (
        viewer_from_session(sitting.viewer.session, now=later + timedelta(minutes=20)).staff is None
    )
    Attendance.objects.update(acted_at=later)
    assert isinstance(act(sitting, post("まだいます"), now=later).frames[0], p.Ack)
    assert (
        viewer_from_session(sitting.viewer.session, now=later + timedelta(minutes=20)).staff
        == ren.pk
    )


def test_a_coordinator_sits_too_and_a_murmur_has_nobody_to_go_to(mori, room: Room) -> None:
    here = knock(signed_in_as(mori))
    assert isinstance(here, LetIn)
    assert here.welcome.you.role == "supporter"
    (no,) = act(here, p.Murmur(nonce=post("x").nonce, text="だれか")).frames
    assert isinstance(no, p.RefusedFrame)


def test_whose_room_it_is_not_is_turned_away(room: Room, kaede, program, ren) -> None:
    away = make_staff("away")
    grant(away, Role.SUPPORTER, make_program("kochi"))
    narrow = make_staff("narrow")
    grant(narrow, Role.SUPPORTER, rooms=(make_room("yoru").pk,))
    for client in (
        signed_in_as(kaede),
        signed_in_as(away),
        signed_in_as(narrow),
        signed_in_as(ren, verified=False),
    ):
        assert knock(client) == TurnedAway(p.Close.NOT_ALLOWED)
    assert isinstance(knock(signed_in_as(narrow), "yoru"), LetIn)


ENDINGS = {
    "role": (lambda ren, mori, now: people.end(
        staff_viewer(mori), grant=RoleGrant.objects.get(staff=ren).pk, now=now
    ), p.Close.NOT_ALLOWED),
    "account": (lambda ren, mori, now: people.close_account(
        staff_viewer(mori), staff=ren.pk, now=now
    ), p.Close.NOT_ALLOWED),
}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_ends_a_role_ends_its_socket_and_its_next_word(
    sitting: LetIn, ren, mori, now, ending: str
) -> None:
    end, code = ENDINGS[ending]
    pair = (sitting.room, sitting.viewer.session)
    assert recheck(sitting.person, [pair], 0).codes == {pair: None}
    assert act(sitting, post("まえ")).close is None
    end(ren, mori, now)
    assert recheck(sitting.person, [pair], 0).codes == {pair: code}
    assert act(sitting, post("あと")).close in (code, p.Close.NOT_ENTERED)
    assert not Message.objects.filter(text="あと").exists()


def test_a_new_password_ends_what_came_in_by_the_old_one(sitting: LetIn, ren) -> None:
    assert act(sitting, post("まえ")).close is None
    Account().set_password(ren, "kiri no naka no hitsuji")
    pair = (sitting.room, sitting.viewer.session)
    assert recheck(sitting.person, [pair], 0).codes == {pair: p.Close.NOT_ENTERED}
    assert act(sitting, post("あと")).close == p.Close.NOT_ENTERED


def test_a_sign_in_that_fell_asleep_says_nothing_more(sitting: LetIn) -> None:
    assert act(sitting, post("まえ")).close is None
    later = clock.now() + timedelta(minutes=31)
    assert act(sitting, post("あと"), now=later).close == p.Close.NOT_ENTERED


def test_a_role_that_ends_with_its_last_day_ends_at_midnight(room: Room, ren, now) -> None:
    today = clock.jst_day(now)
    midnight = datetime.combine(today + timedelta(days=1), time(), clock.JST)
    RoleGrant.objects.filter(staff=ren).update(expires_on=today)
    with time_machine.travel(midnight - timedelta(minutes=5), tick=False) as clock_in_hand:
        sitting = knock(signed_in_as(ren))
        assert isinstance(sitting, LetIn)
        clock_in_hand.move_to(midnight - timedelta(seconds=1))
        assert act(sitting, post("まえ")).close is None
        clock_in_hand.move_to(midnight)
        assert act(sitting, post("あと")).close == p.Close.NOT_ALLOWED


def test_without_script_the_page_and_its_form_do_the_same(room: Room, ren, aoi) -> None:
    said(aoi, room, "だれかいますか")
    client = signed_in_as(ren)
    page = client.get("/rooms/zatsudan/")
    assert page.status_code == 200
    assert "だれかいますか" in page.content.decode()
    rest()
    sent = client.post("/rooms/zatsudan/", {"text": "いますよ", "nonce": post("x").nonce})
    assert sent.status_code == 303
    again = client.get("/rooms/zatsudan/").content.decode()
    assert "いますよ" in again
    assert "れん" in again
    assert Message.objects.get(text="いますよ").seat.staff_id == ren.pk


def test_a_new_display_name_is_shown_at_the_next_coming(room: Room, ren) -> None:
    first = seats.take(staff_viewer(ren), room=room, standing=FREE)
    Staff.objects.filter(pk=ren.pk).update(display_name="れんじ")
    again = seats.take(staff_viewer(ren), room=room, standing=FREE)
    assert (again.pk, again.handle) == (first.pk, "れんじ")


def test_a_full_room_has_a_place_for_its_supporter(ren, aoi, haha) -> None:
    room = make_room(capacity=2, required_supporters=1)
    for person in (aoi, haha):
        seat = seats.take(seen_by(person), room=room, standing=FREE)
        Visit.objects.create(room=room, seat=seat, started_at=clock.now(), seen_at=clock.now())
    assert isinstance(knock(signed_in_as(ren)), LetIn)
    assert signed_in_as(ren).get("/rooms/zatsudan/").status_code == 200
