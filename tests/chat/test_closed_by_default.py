"""What isn't granted is refused: rooms that are nobody's yet, sessions that ended, haste."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts import seats as sessions
from accounts.models import Participant
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.erase import erase
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn, TurnedAway
from chat.models import Message, Room
from foundation import clock
from tests.cast import make_room
from tests.chat.deeds import arrive, do, post, rest, seat_of

pytestmark = pytest.mark.django_db(transaction=True)


def _session(person: Participant) -> SessionStore:
    session = SessionStore()
    sessions.sit(session, person.pk, now=clock.now())
    session.save()
    return session


def _knock(slug: str, session: SessionStore) -> TurnedAway | LetIn:
    scope: dict[str, object] = {"client": ("127.0.0.1", 1), "headers": []}
    knock = Knock(slug=slug, session=session.session_key, scope=scope, epoch=None, since=None)
    return arrive(knock, clock.now())


def test_nobody_walks_into_a_counseling_room(room: Room, aoi: Participant) -> None:
    make_room("soudan", name="相談の部屋", kind="counseling")
    session = _session(aoi)
    assert isinstance(_knock("zatsudan", session), LetIn)
    turned = _knock("soudan", session)
    assert isinstance(turned, TurnedAway) and turned.code is p.Close.NO_SUCH_ROOM
    # Not where somebody barred came from in another test: names are slowed there.
    someone = Client(REMOTE_ADDR="198.51.100.20")
    someone.post("/enter/", {"handle": "よるのとり", "agree": "on", "next": "/rooms/"})
    assert someone.get("/rooms/soudan/").status_code == 404
    assert someone.post("/rooms/soudan/", {"text": "x"}).status_code == 404
    assert "相談の部屋" not in someone.get("/rooms/").content.decode()


@pytest.mark.parametrize("how", ["signed out", "renewed"])
def test_a_session_that_ended_says_nothing_more(room: Room, aoi: Participant, how: str) -> None:
    rest()
    session, seat = _session(aoi), seat_of(aoi, room)
    act = Act(room.pk, seat.pk, post("まだここにいます"), session.session_key)
    assert carry_out([act], now=clock.now())[0].close is None
    if how == "signed out":
        session.flush()
    else:
        Participant.objects.filter(pk=aoi.pk).update(passphrase_at=clock.now())
    late = Act(room.pk, seat.pk, post("おわったあとで"), act.session)
    answer = carry_out([late], now=clock.now())[0]
    assert answer.close is p.Close.NOT_ENTERED and answer.frames == []
    assert Message.objects.count() == 1


def test_slow_mode_holds_for_what_waits_together(room: Room, aoi: Participant) -> None:
    rest()
    Room.objects.filter(pk=room.pk).update(slow_s=60)
    answers = do(aoi, room, post("一つ"), post("二つ"), post("三つ"))
    assert [a.__struct_config__.tag for a in answers] == ["ack", "refused", "refused"]
    assert Message.objects.count() == 1


def test_a_name_by_which_someone_could_be_reached_stays_outside(room: Room) -> None:
    person = Participant.objects.create(
        handle="09012345678", entered_at=clock.now(), seen_at=clock.now()
    )
    assert seat_of(person, room).handle != "09012345678"


def test_two_people_of_one_name_are_not_both_called_so_in_a_room(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    rest()
    Participant.objects.filter(pk=haha.pk).update(handle="アオイ")
    do(aoi, room, post("さきにいます"))
    assert seat_of(aoi, room).handle == "あおい"
    assert seat_of(haha, room).handle not in ("あおい", "アオイ")


def test_after_someone_erased_themselves_others_still_come_in(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    rest()
    do(aoi, room, post("もう消します"))
    erase(aoi.pk, now=clock.now())
    assert isinstance(_knock("zatsudan", _session(haha)), LetIn)
