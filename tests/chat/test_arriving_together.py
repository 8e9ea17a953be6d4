"""Whoever knocks while others are being looked at shares their reading, and nothing else."""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError

from accounts import seats as sessions
from accounts.models import Participant
from chat import arrivals, catching_up, doormen
from chat import protocol as p
from chat.actions.moderation import hide, restrict
from chat.arrivals import Knock, LetIn, TurnedAway, arrive_all
from chat.doormen import Doormen
from chat.models import Message, Room, Seat
from chat.states import RestrictionKind
from foundation import clock
from foundation.statements import Row, Statement
from tests.cast import make_participant, make_room
from tests.chat.deeds import arrive, said, seat_of

pytestmark = pytest.mark.django_db(transaction=True)


def knock(person: Participant | None, slug: str, *, host: str = "10.1.1.1") -> Knock:
    session = SessionStore()
    if person is not None:
        sessions.sit(session, person.pk, now=clock.now())
    session.save()
    scope: dict[str, object] = {"client": (host, 1), "headers": []}
    return Knock(slug, session.session_key, scope, None, None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements went in each question."""
    counted: list[int] = []
    by_hand = arrivals.ask

    def ask(*statements: Statement) -> list[list[Row]]:
        counted.append(len(statements))
        return by_hand(*statements)

    monkeypatch.setattr(arrivals, "ask", ask)
    monkeypatch.setattr(catching_up, "ask", ask)
    return counted


def test_many_are_read_in_one_question(room: Room, asked: list[int]) -> None:
    people = [make_participant(f"ひと{number}") for number in range(20)]
    for one in people:
        seat_of(one, room)
    knocks = [knock(one, room.slug, host=f"10.2.0.{at}") for at, one in enumerate(people)]
    found = arrive_all(knocks, clock.now())
    assert [one.person for one in found if isinstance(one, LetIn)] == [one.pk for one in people]
    # Those at the door, and what was said last where they go.
    assert len(asked) == 2


def test_the_newest_of_several_rooms_are_one_question(
    room: Room, aoi: Participant, haha: Participant, asked: list[int]
) -> None:
    quiet = make_room("shizuka", name="しずかな部屋")
    said(aoi, room, "こんばんは")
    knocks = [knock(aoi, room.slug), knock(haha, quiet.slug), knock(haha, room.slug)]
    arrive_all(knocks, clock.now())
    assert len(asked) == 2
    arrive_all(knocks, clock.now())
    assert len(asked) == 3  # nothing happened there: they are kept


def test_a_room_that_cannot_be_read_turns_away_nobody_at_another(
    room: Room, aoi: Participant, haha: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = make_room("shizuka", name="しずかな部屋")
    read = catching_up.read_newest

    def unlucky(there: Iterable[Room]) -> dict[int, msgspec.Raw]:
        rooms = list(there)
        if room.pk in [one.pk for one in rooms]:
            raise ValueError("a state of a later version")
        return read(rooms)

    monkeypatch.setattr(arrivals, "read_newest", unlucky)
    monkeypatch.setattr(catching_up, "read_newest", unlucky)
    found = arrive_all([knock(aoi, room.slug), knock(haha, quiet.slug)], clock.now())
    assert found[0] == TurnedAway(p.Close.RESTART, 5.0)
    assert isinstance(found[1], LetIn)


def test_nothing_is_read_for_those_who_may_not_hear_it(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_room("soudan", name="相談の部屋", kind="counseling")
    quiet = make_room("shizuka", name="しずかな部屋")
    read: list[str] = []
    monkeypatch.setattr(
        arrivals, "read_newest", lambda there: read.extend(one.slug for one in there)
    )
    knocks = [knock(aoi, room.slug), knock(aoi, "soudan"), knock(None, quiet.slug)]
    arrive_all(knocks, clock.now())
    assert read == [room.slug]


def test_hidden_words_are_shown_to_nobody_who_comes_after(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    seq = said(haha, room, "かくれることば")
    assert "かくれることば" in _seen(knock(aoi, room.slug))
    hide(message=Message.objects.get(room=room, seq=seq).pk, now=clock.now())
    assert "かくれることば" not in _seen(knock(aoi, room.slug))


def _seen(one: Knock) -> str:
    found = arrive(one, clock.now())
    assert isinstance(found, LetIn)
    return p.encode(found.welcome).decode()


def test_what_was_said_is_not_kept_for_long(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(aoi, room, "こんばんは")
    now = Room.objects.get(pk=room.pk)
    catching_up.read_newest([now])
    catching_up.forget_old()
    assert not catching_up.unread([now])
    monkeypatch.setattr(catching_up, "KEPT_S", -1.0)
    catching_up.forget_old()
    assert catching_up.unread([now])


def test_each_gets_what_they_would_have_got_alone(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    quiet = make_room("shizuka", name="しずかな部屋")
    make_room("soudan", name="相談の部屋", kind="counseling")
    gone = make_room("mukashi", name="むかしの部屋")
    Room.objects.filter(pk=gone.pk).update(removed_at=clock.now())
    seat_of(aoi, room)
    said(haha, room, "こんばんは")
    barred = make_participant("とおいひと")
    restrict(
        participant=barred.pk, kind=RestrictionKind.BAR, room=room.pk, reason="", until=None,
        now=clock.now(),
    )  # fmt: skip
    knocks = [
        knock(aoi, room.slug),
        knock(aoi, quiet.slug),  # no seat there yet
        knock(haha, room.slug),
        knock(None, room.slug),
        knock(aoi, "soudan"),
        knock(barred, room.slug),
        knock(barred, quiet.slug),
        knock(aoi, gone.slug),
        knock(aoi, "doko"),
    ]
    at = clock.now()
    together = arrive_all(knocks, at)
    codes = [one.code if isinstance(one, TurnedAway) else None for one in together]
    assert codes == [
        None, None, None, p.Close.NOT_ENTERED, p.Close.NO_SUCH_ROOM, p.Close.NOT_ALLOWED, None,
        p.Close.ROOM_GONE, p.Close.NO_SUCH_ROOM,
    ]  # fmt: skip
    assert together == [arrive(one, at) for one in knocks]
    seats = [one.seat for one in together if isinstance(one, LetIn)]
    there = Seat.objects.filter(pk__in=seats).values_list("participant", "room")
    assert set(there) == {
        (aoi.pk, room.pk), (aoi.pk, quiet.pk), (haha.pk, room.pk), (barred.pk, quiet.pk),
    }  # fmt: skip


def test_what_goes_wrong_with_one_harms_no_other(
    room: Room, aoi: Participant, haha: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = arrivals.seats.take

    def unlucky(viewer, **more):
        if viewer.participant == aoi.pk:
            raise Participant.DoesNotExist
        return take(viewer, **more)

    monkeypatch.setattr(arrivals.seats, "take", unlucky)
    found = arrive_all([knock(aoi, room.slug), knock(haha, room.slug)], clock.now())
    assert found[0] == TurnedAway(p.Close.NOT_ENTERED)
    assert isinstance(found[1], LetIn) and found[1].person == haha.pk


# --- at the door --------------------------------------------------------------------------------


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


async def test_who_comes_while_others_are_looked_at_is_looked_at_next_and_together(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    go = threading.Event()

    def slowly(knocks: Sequence[Knock], now: object) -> list[TurnedAway]:
        sizes.append(len(knocks))
        go.wait(10)
        return [TurnedAway(p.Close.NO_SUCH_ROOM, float(one.since or 0)) for one in knocks]

    monkeypatch.setattr(doormen, "arrive_all", slowly)
    door = Doormen(pool, many=1)
    first = asyncio.create_task(door.decide(Knock("a", None, {}, None, 0)))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(door.decide(Knock("a", None, {}, None, n))) for n in range(1, 41)]
    await asyncio.sleep(0.05)
    rest[3].cancel()  # gone while they waited
    go.set()
    await first
    told = await asyncio.gather(*rest, return_exceptions=True)
    assert sizes == [1, 32, 8]
    assert [one.retry_after for one in told if isinstance(one, TurnedAway)] == [
        float(n) for n in range(1, 41) if n != 4
    ]


async def test_those_on_their_way_are_looked_at_along(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def counted(knocks: Sequence[Knock], now: object) -> list[TurnedAway]:
        sizes.append(len(knocks))
        return [TurnedAway(p.Close.NO_SUCH_ROOM)] * len(knocks)

    monkeypatch.setattr(doormen, "arrive_all", counted)
    door = Doormen(pool, many=1)

    async def on_their_way(turns: int) -> object:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await door.decide(Knock("a", None, {}, None, None))

    await asyncio.gather(*(on_their_way(turns) for turns in (0, 2, 4, 6, 6, 8)))
    assert sizes == [6]


async def test_a_look_that_takes_long_holds_up_nobody_else(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def stuck_at_a(knocks: Sequence[Knock], now: object) -> list[TurnedAway]:
        if knocks[0].slug == "a":
            go.wait(10)
        return [TurnedAway(p.Close.NO_SUCH_ROOM)] * len(knocks)

    monkeypatch.setattr(doormen, "arrive_all", stuck_at_a)
    door = Doormen(pool, many=2)
    first = asyncio.create_task(door.decide(Knock("a", None, {}, None, None)))
    await asyncio.sleep(0.01)
    # Once as the look turns out to be long, twice when that is known.
    for _ in range(3):
        await asyncio.wait_for(door.decide(Knock("b", None, {}, None, None)), 2)
    assert not first.done()
    # With all held up, whoever comes waits until one of them is free.
    second = asyncio.create_task(door.decide(Knock("a", None, {}, None, None)))
    await asyncio.sleep(doormen.SLOW_S + 0.2)
    third = asyncio.create_task(door.decide(Knock("b", None, {}, None, None)))
    await asyncio.sleep(0.05)
    assert not third.done()
    go.set()
    assert {await one for one in (first, second, third)} == {TurnedAway(p.Close.NO_SUCH_ROOM)}
    await asyncio.sleep(0)
    assert (door._at_work, door._held_up) == (0, 0)


async def test_nobody_waits_for_ever_whatever_becomes_of_a_look(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doormen, "arrive_all", lambda knocks, now: [])
    door = Doormen(pool, many=1)
    knocks = (door.decide(Knock("a", None, {}, None, None)) for _ in range(40))
    told = await asyncio.wait_for(asyncio.gather(*knocks), 5)
    assert told == [TurnedAway(p.Close.RESTART, 5.0)] * 40


async def test_without_storage_all_are_told_to_come_again_and_the_door_stays_open(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([DatabaseError("gone"), [TurnedAway(p.Close.NO_SUCH_ROOM)]])

    def broken(knocks: Sequence[Knock], now: object) -> list[TurnedAway]:
        one = next(answers)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(doormen, "arrive_all", broken)
    door = Doormen(pool, many=1)
    assert await door.decide(Knock("a", None, {}, None, None)) == TurnedAway(p.Close.RESTART, 5.0)
    assert await door.decide(Knock("a", None, {}, None, None)) == TurnedAway(p.Close.NO_SUCH_ROOM)
