"""Page before + events = page after, for every act that changes a room."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

import chat.actions
from accounts.models import Participant
from accounts.seats import SESSION_SINCE
from accounts.viewer import SESSION_ACTIVE, SESSION_PARTICIPANT
from chat import protocol as p
from chat import queries
from chat.actions import erase, moderation, rooms
from chat.models import Message, Room, Seat
from chat.states import Hand
from duty.models import Attendance
from foundation.bell import bell
from tests.chat.acts import do, page, post, replayed, say, sit, welcome, wires
from tests.reader import Reader


@dataclass
class Evening:
    """A room in mid-talk: 1 and 2 shown and stamped, 3 hidden, 4 withdrawn, one held."""

    room: Room
    aoi: Participant
    mine: Seat
    theirs: Seat
    now: datetime
    held: int
    client: Client

    def message(self, seq: int) -> int:
        return Message.objects.get(room=self.room, seq=seq).pk

    def do(self, seat: Seat, frame: p.Incoming) -> None:
        frames = do(seat, frame, now=self.now).frames
        assert not [one for one in frames if isinstance(one, p.RefusedFrame)], frames


@pytest.fixture
def evening(
    room: Room, aoi: Participant, haha: Participant, now: datetime, client: Client
) -> Evening:
    earlier = now - timedelta(minutes=3)
    rooms.bring_up_to_date(now=earlier, rooms=[room.pk])
    mine, theirs = sit(room, aoi), sit(room, haha)
    first = say(mine, "おはよう", now=earlier)["seq"]
    second = say(theirs, "こんばんは", now=earlier, veil="あいさつ")["seq"]
    for seat, of in ((mine, second), (theirs, first), (mine, first)):
        do(seat, p.Stamp(of=of, stamp="わかる", on=True), now=earlier)
    third = say(mine, "かくれる", now=earlier, veil="つらい話")["seq"]
    moderation.hide(message=Message.objects.get(room=room, seq=third).pk, now=earlier)
    fourth = say(theirs, "とりけす", now=earlier)["seq"]
    do(theirs, p.Withdraw(of=fourth), now=earlier)
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    assert say(theirs, "まっている", now=earlier)["type"] == "held"
    Room.objects.filter(pk=room.pk).update(premoderated=False)
    held = Message.objects.get(room=room, seq=None).pk
    session = client.session
    session[SESSION_PARTICIPANT] = aoi.pk
    session[SESSION_SINCE] = session[SESSION_ACTIVE] = now.timestamp()
    session.save()
    return Evening(room, aoi, mine, theirs, now, held, client)


def first_of(evening: Evening, state: str, *, seat: Seat | None = None) -> int:
    found = Message.objects.filter(room=evening.room, state=state, seq__isnull=False)
    number = (found.filter(seat=seat) if seat else found).order_by("seq").first()
    assert number is not None and number.seq is not None
    return number.seq


def by_form(evening: Evening) -> None:
    answer = evening.client.post("/rooms/zatsudan/", {"text": "フォームから", "veil": "話"})
    assert answer.status_code == 303, answer.content.decode()[:500]


def fewer_supporters(evening: Evening) -> None:
    Attendance.objects.all().delete()
    assert rooms.bring_up_to_date(now=evening.now) == 1


def take_back_a_stamp(evening: Evening) -> None:
    of = first_of(evening, "shown")
    evening.do(evening.theirs, p.Stamp(of=of, stamp="わかる", on=False))


def withdraw_what_is_hidden(evening: Evening) -> None:
    evening.do(evening.mine, p.Withdraw(of=first_of(evening, "hidden")))


# What is done, and the public functions of chat/actions that it goes through.
ACTS: dict[str, tuple[set[str], Callable[[Evening], Any]]] = {
    "post": ({"post.post", "carry_out.carry_out"}, lambda e: e.do(e.mine, post("ことば"))),
    "post with a veil": ({"post.post"}, lambda e: e.do(e.mine, post("ことば", veil="重い話"))),
    "post by form": ({"post.post"}, by_form),
    "stamp": (
        {"stamp.stamp", "sitting.give_stamp"},
        lambda e: e.do(e.mine, p.Stamp(of=first_of(e, "shown"), stamp="うん", on=True)),
    ),
    "take a stamp back": ({"stamp.stamp"}, take_back_a_stamp),
    "withdraw": (
        {"withdraw.withdraw"},
        lambda e: e.do(e.mine, p.Withdraw(of=first_of(e, "shown", seat=e.mine))),
    ),
    "withdraw what is hidden": ({"withdraw.withdraw"}, withdraw_what_is_hidden),
    "hide": (
        {"moderation.hide"},
        lambda e: moderation.hide(message=e.message(first_of(e, "shown")), now=e.now),
    ),
    "restore": (
        {"moderation.restore"},
        lambda e: moderation.restore(message=e.message(first_of(e, "hidden")), now=e.now),
    ),
    "release": (
        {"moderation.release"},
        lambda e: moderation.release(message=e.held, now=e.now),
    ),
    "erase a person": ({"erase.erase"}, lambda e: erase.erase(e.aoi.pk, now=e.now)),
    "erase the other person": (
        {"erase.erase"},
        lambda e: erase.erase(e.theirs.participant_id or 0, now=e.now),
    ),
    "supporters leave": ({"rooms.bring_up_to_date"}, fewer_supporters),
    "switch by hand": (
        {"rooms.switch"},
        lambda e: rooms.switch(room=e.room.pk, hand=Hand.LOCKED, reason="", now=e.now),
    ),
    "slow mode": (
        {"rooms.set_slow"},
        lambda e: rooms.set_slow(room=e.room.pk, seconds=30, now=e.now),
    ),
}

# These leave a room's log alone; each says why.
NOT_THE_LOG = {
    "carry_out.refusal": "words for an answer",
    "carry_out.refused": "words for an answer",
    "moderation.turn_down": "the room never saw the message",
    "moderation.restrict": "told by the person's version",
    "moderation.lift": "told by the person's version",
    "murmur.murmur": "to the supporters only",
    "pace.take": "counts",
    "presence.band_of": "pure",
    "presence.tell": "told by presence, which has no number",
    "presence.forget": "told by presence, which has no number",
    "purge.purge": "moves the floor; what is gone is replayed as gone",
    "report.report": "to the supporters only",
    "rooms.take_away": "the sockets close",
    "seats.take": "nobody is told of an arrival",
    "seats.names_near": "a read",
    "seats.rename": "see test_a_new_name.py",
    "seats.mute": "told to nobody",
    "sitting.lock_rooms": "a lock",
    "stamp.acked": "words for an answer",
    "visits.touch": "nobody is told of a visit",
    "visits.count_acts": "nobody is told of a visit",
    "visits.close_left": "nobody is told of a visit",
    "words.look_at": "screening",
    "words.flag": "to the supporters only",
    "words.stop_if_unsafe": "screening",
}


def public_functions() -> set[str]:
    found = set()
    for info in pkgutil.iter_modules(chat.actions.__path__):
        module = importlib.import_module(f"chat.actions.{info.name}")
        for name, what in inspect.getmembers(module, inspect.isfunction):
            if what.__module__ == module.__name__ and not name.startswith("_"):
                found.add(f"{info.name}.{name}")
    return found


def test_every_action_is_either_tried_here_or_said_to_leave_the_log_alone():
    tried = {name for names, _ in ACTS.values() for name in names}
    assert tried | NOT_THE_LOG.keys() == public_functions()
    assert not tried & NOT_THE_LOG.keys()


def same(one: Reader, other: Reader) -> None:
    assert one.listing() == other.listing()
    told = ("slug", "name", "kind", "state", "until", "slow_s", "stamps")
    assert {k: one.room[k] for k in told} == {k: other.room[k] for k in told}
    assert one.last == other.last


@pytest.mark.parametrize("act", ACTS)
def test_page_before_and_events_give_the_page_after(
    act: str,
    evening: Evening,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
):
    now, room = evening.now, evening.room
    before, by_bell, by_welcome = (page(room, now=now) for _ in range(3))
    since = before.last or 0
    rung: list[p.Event] = []
    monkeypatch.setattr(
        bell, "room", lambda _room, _head, events: rung.extend(data for _, data in events)
    )
    with django_capture_on_commit_callbacks(execute=True):
        ACTS[act][1](evening)

    events = wires(queries.events_after(room.pk, since=since, limit=p.MAX_EVENTS))
    assert events, "the act changed nothing: this test would prove nothing"
    after = page(room, now=now)
    assert (after.listing(), after.room) != (before.listing(), before.room)

    same(before.take_all(events), after)
    same(by_bell.take_all(_read(rung)), after)
    by_welcome.take(welcome(room, now=now, since=since, epoch=by_welcome.epoch), at=0.0)
    same(by_welcome, after)
    same(replayed(room, now=now), after)


def _read(rung: list[Any]) -> list[Any]:
    return [p.msgspec.json.decode(data) for data in rung]


@pytest.mark.parametrize("act", ACTS)
def test_the_numbers_stay_whole(act: str, evening: Evening):
    ACTS[act][1](evening)
    events = queries.events_after(evening.room.pk, since=0, limit=p.MAX_EVENTS)
    head = Room.objects.get(pk=evening.room.pk).head
    assert [one.seq for one in events] == list(range(1, head + 1))
