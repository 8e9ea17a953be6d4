"""Who sits where: read by hand with the first act, the same as the ORM would have it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import Participant
from chat import asked, known
from chat import protocol as p
from chat.models import Restriction, Room, Seat
from chat.states import RestrictionKind
from foundation.statements import ask
from tests.chat.deeds import do, post, rest, seat_of


@pytest.fixture
def seat(aoi: Participant, room: Room) -> Seat:
    """Of somebody who has all that a row may hold, and whom nobody knows yet."""
    aoi.passphrase_key = "k" * 64
    aoi.passphrase_at = aoi.entered_at + timedelta(minutes=1)
    aoi.save()
    taken = seat_of(aoi, room)
    taken.contact_tried_at = aoi.entered_at
    taken.save()
    known.forget([taken.pk])
    return taken


def _read(seats: Sequence[int]) -> None:
    with transaction.atomic():
        rows, *told = ask(known.seats_statement(seats), *known.stranger_statements(seats))
        known.introduce(*told, rows=rows)


def _fields(one: Seat | Participant | Restriction) -> dict[str, object]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_somebody_read_by_hand_is_who_the_orm_says(
    seat: Seat, aoi: Participant, room: Room, now: datetime
) -> None:
    for number, until in enumerate((now + timedelta(days=1), None)):
        Restriction.objects.create(
            participant=aoi, room=room if number else None, kind=RestrictionKind.MUTE,
            reason="しずかに", starts_at=now, until=until,
        )  # fmt: skip
    Restriction.objects.create(
        participant=aoi, kind=RestrictionKind.MUTE, starts_at=now, lifted_at=now
    )
    _read([seat.pk])
    one = known._known[seat.pk]
    assert _fields(one.seat) == _fields(Seat.objects.get(pk=seat.pk))
    assert one.seat.participant is not None and one.seat.staff is None
    assert _fields(one.seat.participant) == _fields(Participant.objects.get(pk=aoi.pk))
    standing = Restriction.objects.filter(participant=aoi, lifted_at__isnull=True).order_by("pk")
    assert [_fields(row) for row in one.restrictions] == [_fields(row) for row in standing]
    assert len(one.restrictions) == 2


def test_somebodys_first_post_asks_nothing_more(
    seat: Seat, aoi: Participant, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest()
    times: list[int] = []
    in_turn = asked.ask_in_turn
    monkeypatch.setattr(
        asked, "ask_in_turn", lambda *all_: times.append(len(all_)) or in_turn(*all_)
    )
    monkeypatch.setattr(asked, "ask", lambda *_: pytest.fail("asked once more"))
    monkeypatch.setattr(known, "_get_to_know", lambda *_: pytest.fail("asked once more"))
    [answer] = do(aoi, room, post("はじめまして"))
    assert isinstance(answer, p.Ack)
    assert len(times) == 1


def test_what_was_decided_since_is_read_with_the_next_act(
    seat: Seat, aoi: Participant, room: Room, now: datetime
) -> None:
    rest()
    assert isinstance(do(aoi, room, post("ひとつ"))[0], p.Ack)
    Restriction.objects.create(participant=aoi, room=room, kind=RestrictionKind.MUTE, starts_at=now)
    Participant.objects.filter(pk=aoi.pk).update(version=aoi.version + 1)
    [answer] = do(aoi, room, post("ふたつ"))
    assert isinstance(answer, p.RefusedFrame) and answer.code == p.Refusal.MUTED
