"""Everyone locks in one order: a hide and a writer over the same rooms never stand still."""

import random
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from chat import protocol as p
from chat.actions import moderation, visits
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Message, Room, RoomEvent, Seat
from chat.states import Mode, RestrictionKind
from foundation import clock
from foundation.limits import Buckets
from tests.cast import attend, make_participant, make_room, make_staff
from tests.faults.nemesis import Dose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def turns(dose: Dose) -> int:
    """How often each does what it does."""
    return int(dose(20, 60))


@pytest.fixture
def seats(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], Seat]:
    """Three people in three open rooms: seats by (room's index, person's index)."""
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)
    rooms = [make_room(f"room-{n}") for n in range(3)]
    for room in rooms:
        attend(room, make_staff(f"{room.slug}-1"), make_staff(f"{room.slug}-2"))
    people = [make_participant(f"ひと{n}") for n in range(3)]
    return {
        (r, h): Seat.objects.create(
            room=room, participant=person, key=uuid.uuid4().hex[:11], handle="ひと", mark="葉"
        )
        for r, room in enumerate(rooms)
        for h, person in enumerate(people)
    }


def _post(seat: Seat) -> Act:
    # Words of crisis bring a letter too: the person's row is written in the same transaction.
    text = random.choice(["こんばんは", "消えたい"])
    return Act(seat.room_id, seat.pk, p.Post(nonce=str(uuid.uuid4()), text=text))


def _all_at_once(deeds: list[Callable[[], None]], turns: int) -> None:
    """Each in a thread and on a connection of its own, over and over."""
    troubles: list[BaseException] = []

    def again(deed: Callable[[], None]) -> None:
        try:
            for _ in range(turns):
                deed()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=again, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive(), "it stands still"
    if troubles:
        raise troubles[0]


def _deadlocks() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_hides_writers_mutes_and_rounds_over_the_same_rooms_in_opposite_orders_never_deadlock(
    seats: dict[tuple[int, int], Seat], shape: str, turns: int
) -> None:
    first = {
        r: Message.objects.create(
            room=seats[r, 0].room, seat=seats[r, 0], nonce=uuid.uuid4(), body_key="x", text="x",
            state="held", at=clock.now(),
        ) for r in range(3)
    }  # fmt: skip
    for message in first.values():
        moderation.release(message=message.pk, now=clock.now())
    acked, dice, before = [], random.Random(3), _deadlocks()

    def write(order: list[int]) -> None:
        acts = [_post(seats[r, dice.randrange(3)]) for r in order]
        answers = carry_out(acts, now=clock.now())
        kinds = [type(answer.frames[0]).__name__ for answer in answers]
        codes = [getattr(answer.frames[0], "code", "") for answer in answers]
        assert set(codes) <= {"", "muted"}, codes
        acked.extend(kind for kind in kinds if kind == "Ack")

    def hide(order: list[int]) -> None:
        for r in order:
            moderation.hide(message=first[r].pk, now=clock.now())
        for r in order:
            moderation.restore(message=first[r].pk, now=clock.now())

    def mute_everywhere() -> None:
        row = moderation.restrict(
            participant=seats[0, dice.randrange(3)].participant_id or 0,
            kind=RestrictionKind.MUTE, room=None, reason="", until=None, now=clock.now(),
        )  # fmt: skip
        moderation.lift(restriction=row.pk, now=clock.now())

    def touch(order: list[tuple[int, int]]) -> None:
        stays = [visits.Stay(seats[k].pk, seats[k].room_id, Mode.WATCHING) for k in order]
        visits.touch(stays, now=clock.now())

    everyone = list(seats)
    _all_at_once(
        [
            lambda: write([0, 1, 2]),
            lambda: write([2, 1, 0]),
            lambda: hide([2, 0, 1]),
            mute_everywhere,
            lambda: touch(everyone),
            lambda: touch(everyone[::-1]),
        ],
        turns,
    )
    for room in Room.objects.order_by("pk"):
        numbers = [
            seq
            for log in (Message.objects.filter(seq__isnull=False), RoomEvent.objects)
            for seq in log.filter(room=room).values_list("seq", flat=True)
        ]
        assert sorted(numbers) == list(range(1, room.head + 1)), "a number is missing, or twice"
    stored = Message.objects.filter(state="shown").count()
    deadlocks = _deadlocks() - before
    print(f"{shape}: {len(acked)} posts, {turns * 6} hides and restores, {turns} mutes: "
          f"all landed, {deadlocks} deadlocks seen by the database")  # fmt: skip
    assert stored == len(acked) + 3
    assert len(acked) > turns
    assert deadlocks == 0, "retried, but they cost everyone a second"


def test_letters_to_the_same_people_from_different_rooms_all_land(
    seats: dict[tuple[int, int], Seat], shape: str, turns: int
) -> None:
    """Two processes write in two rooms, each to the same people, in opposite orders."""
    # New people at each turn: nobody gets the same card again and again.
    people = [[make_participant(f"ひと{n}-{t}") for n in range(4)] for t in range(turns)]
    rooms, before, busy = [seats[0, 0].room, seats[1, 0].room], _deadlocks(), []
    at_the_table = {
        (r, person.pk): Seat.objects.create(
            room=room, participant=person, key=f"{r}-{person.pk}", handle="ひと", mark="葉"
        )
        for r, room in enumerate(rooms)
        for turn in people
        for person in turn
    }
    together, each = threading.Barrier(2, timeout=30), [iter(people), iter(people)]

    def cry(room: int) -> None:
        order = next(each[room])[:: 1 if room else -1]
        seats_now = [at_the_table[room, person.pk] for person in order]
        acts = [
            Act(one.room_id, one.pk, p.Post(nonce=str(uuid.uuid4()), text="消えたい"))
            for one in seats_now
        ]
        together.wait()
        answers = carry_out(acts, now=clock.now())
        busy.extend(a for a in answers if getattr(a.frames[0], "code", "") == "busy")

    _all_at_once([lambda: cry(0), lambda: cry(1)], turns)
    written = [person.letters.count() for turn in people for person in turn]
    deadlocks = _deadlocks() - before
    print(f"{shape}: {sum(written)} letters, {len(busy)} busy, {deadlocks} deadlocks")
    assert not busy and Message.objects.count() == 2 * 4 * turns
    assert min(written) >= 1
    assert deadlocks == 0, "letters must be written in the order of their people"
