"""A murmur is read when it was said to be; where that hour passes, the desk shows it and calls."""

from datetime import timedelta
from uuid import uuid4

import pytest

from chat import promises
from chat import protocol as p
from chat.models import Item, Recusal
from chat.states import ItemKind
from duty.models import Shift
from duty.states import ShiftState
from foundation import clock
from moderation.actions.alarms import AGAIN_CALMLY, climb
from moderation.actions.murmurs import mark_read, note_promises
from moderation.actions.queue import claim
from moderation.models import AlarmStep
from moderation.waiting import queue
from tests.cast import signed_in_as, staff_viewer
from tests.chat.deeds import do, rest
from tests.duty.team import begun
from tests.moderation.test_queue_pages import page

HOUR = timedelta(hours=1)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def planned(room, ren, at) -> Shift:
    """Nobody is on duty; ren will be, in two hours, for two."""
    Shift.objects.all().delete()
    return Shift.objects.create(
        supporter=ren, program=room.program, starts_at=at + 2 * HOUR, ends_at=at + 4 * HOUR,
        changed_at=at,
    )  # fmt: skip


def murmured(person, room, at) -> Item:
    rest()
    do(person, room, p.Murmur(nonce=str(uuid4()), text="ねむれない"), now=at)
    return Item.objects.filter(kind=ItemKind.MURMUR.value).latest("pk")


def called() -> list[str]:
    return list(
        AlarmStep.objects.exclude(channel="")
        .order_by("pk")
        .values_list("staff__username", flat=True)
    )


def late(ren, room, at) -> list[bool]:
    return [one.late for one in queue(staff_viewer(ren), program=room.program_id, now=at).lines]


def test_what_was_promised_for_a_coming_duty_is_late_after_it_and_calls(
    planned, ren, mori, aoi, room, at, settings
):
    settings.CAN_MAIL = True
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    item = murmured(aoi, room, at)
    note_promises(now=at)
    item.refresh_from_db()
    assert item.due_at == planned.ends_at
    assert late(ren, room, at + 3 * HOUR) == [False]
    assert climb(now=at + 3 * HOUR) == 0
    assert late(ren, room, at + 4 * HOUR) == [True]
    climb(now=at + 4 * HOUR)
    assert called() == ["mori"]
    climb(now=at + 5 * HOUR)
    assert called() == ["mori"]
    climb(now=at + 4 * HOUR + AGAIN_CALMLY)
    assert called() == ["mori", "mori"]
    claim(staff_viewer(ren), item=item.pk, now=at + 11 * HOUR)
    mark_read(staff_viewer(ren), murmur=item.murmur_id, now=at + 11 * HOUR)
    assert climb(now=at + 30 * HOUR) == 0


def test_who_is_on_duty_is_the_one_promised(ren, aoi, room, at):
    Shift.objects.all().delete()
    shift = begun(ren, room.program, now=at)
    item = murmured(aoi, room, at)
    note_promises(now=at)
    item.refresh_from_db()
    assert item.due_at == shift.ends_at


def test_what_was_promised_stays_where_the_rota_changes(planned, aoi, room, at):
    item, ends = murmured(aoi, room, at), planned.ends_at
    note_promises(now=at)
    Shift.objects.filter(pk=planned.pk).update(state=ShiftState.CANCELLED.value)
    note_promises(now=at + HOUR)
    item.refresh_from_db()
    assert item.due_at == ends


def test_where_the_rota_names_nobody_it_is_due_once_it_does(planned, ren, aoi, room, at):
    Recusal.objects.create(staff=ren, participant=aoi, at=at)
    item = murmured(aoi, room, at)
    assert note_promises(now=at) == 0
    said = promises.read(room=room.pk, program=room.program_id, participant=aoi.pk, now=at)
    assert "まだ決まっていません" in said
    Recusal.objects.all().delete()
    assert note_promises(now=at + HOUR) == 1
    item.refresh_from_db()
    assert item.due_at == planned.ends_at


def test_many_of_one_room_call_once(planned, mori, aoi, haha, room, at, settings):
    settings.CAN_MAIL = True
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    first = murmured(aoi, room, at)
    murmured(haha, room, at + timedelta(minutes=1))
    note_promises(now=at + timedelta(minutes=1))
    after = at + 4 * HOUR
    climb(now=after)
    assert called() == ["mori"]
    mark_read(staff_viewer(mori), murmur=first.murmur_id, now=after + HOUR)
    climb(now=after + HOUR)
    assert called() == ["mori"]
    climb(now=after + AGAIN_CALMLY)
    assert called() == ["mori", "mori"]


def test_the_desk_says_so(ren, aoi, room, at):
    item = murmured(aoi, room, at)
    desk = signed_in_as(ren)
    assert "読むと伝えた当番がすぎました" not in page(desk)
    Item.objects.filter(pk=item.pk).update(due_at=at - HOUR)
    assert "読むと伝えた当番がすぎました" in page(desk)
