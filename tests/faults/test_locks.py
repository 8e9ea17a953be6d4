"""A hide and a writer over the same rooms, in opposite orders: never a deadlock, nothing lost."""

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import Participant
from chat.actions import carry_out as carrying
from chat.actions import moderation, rooms
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Message, Room, RoomEvent
from chat.states import RestrictionKind
from foundation import clock
from foundation.limits import Buckets
from tests.cast import attend, make_participant, make_room, make_staff
from tests.chat.deeds import post, said, seat_of

TURNS = 60


@pytest.mark.django_db(transaction=True)
def test_writers_and_supporters_over_the_same_rooms_never_deadlock(
    room: Room, aoi: Participant, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IBASHO_LIMITS = {"posts": 100_000.0}  # type: ignore[attr-defined]
    monkeypatch.setattr("chat.actions.pace.BUCKETS", {"posts": Buckets("posts")})
    supporters = make_staff("riku"), make_staff("sora")
    other = make_room("yofukashi", name="夜ふかし")
    attend(other, *supporters)
    both = [room, other]
    people = [make_participant(f"ひと{n}") for n in range(3)]
    seats = {(p.pk, r.pk): seat_of(p, r).pk for p in people for r in both}
    targets = [said(aoi, r, f"かくれる{n}") and r for r in both for n in range(3)]
    messages = list(Message.objects.filter(text__startswith="かくれる").order_by("pk"))
    assert targets and len(messages) == 6
    troubles: list[BaseException] = []
    retries: list[str] = []
    passing = carrying._will_pass
    monkeypatch.setattr(
        carrying, "_will_pass", lambda error: retries.append(str(error)) or passing(error)
    )
    acked = [0]

    def write(person: Participant) -> None:
        dice = random.Random(person.pk)
        for turn in range(TURNS):
            # One batch over both rooms, named in either order.
            order = both if dice.random() < 0.5 else both[::-1]
            acts = [Act(r.pk, seats[person.pk, r.pk], post(f"{person.pk}-{turn}")) for r in order]
            for answer in carry_out(acts, now=clock.now()):
                assert answer.frames[0].__struct_config__.tag == "ack", answer
                acked[0] += 1

    def supervise() -> None:
        dice = random.Random(9)
        for _ in range(TURNS):
            message = dice.choice(messages)
            moderation.hide(message=message.pk, now=clock.now())
            moderation.restore(message=message.pk, now=clock.now())
            rooms.set_slow(room=dice.choice(both[::-1]).pk, seconds=0, now=clock.now())

    def restrain() -> None:
        for _ in range(TURNS // 2):
            held = moderation.restrict(
                participant=aoi.pk, kind=RestrictionKind.MUTE, room=None, reason="", until=None,
                now=clock.now(),
            )  # fmt: skip
            moderation.lift(restriction=held.pk, now=clock.now())

    _together([supervise, restrain, *(lambda p=p: write(p) for p in people)], troubles)
    assert troubles == []
    assert retries == [], "a lock was taken out of order"
    assert acked[0] == len(people) * TURNS * 2
    for one in both:
        numbers = list(
            RoomEvent.objects.filter(room=one).order_by("seq").values_list("seq", flat=True)
        )
        head = Room.objects.values_list("head", flat=True).get(pk=one.pk)
        assert numbers == list(range(1, head + 1))


def _together(deeds: list[Callable[[], None]], troubles: list[BaseException]) -> None:
    def carefully(deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=carefully, args=(deed,)) for deed in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
