"""The newest of several rooms, read by hand: as the careful way reads each."""

import json
from typing import Any

import pytest

from accounts.models import Participant, Staff
from chat import catching_up, queries
from chat import protocol as p
from chat.actions import erase, moderation
from chat.models import Message, Room, Seat
from foundation import clock
from tests.cast import attend, make_room
from tests.chat.deeds import do, said, seat_of

pytestmark = pytest.mark.django_db(transaction=True)


def _carefully(room: Room) -> Any:
    return json.loads(p.encode(queries.newest(room.pk, before=room.head + 1)))


def _read(*there: Room) -> list[Any]:
    encoded = catching_up.read_newest(there)
    return [json.loads(bytes(encoded[room.pk])) for room in there]


def test_each_room_reads_as_by_itself(room: Room, aoi: Participant, haha: Participant) -> None:
    quiet, empty = make_room("shizuka", name="しずかな部屋"), make_room("kara", name="からの部屋")
    attend(quiet, *Staff.objects.filter(username__in=["ren", "nao"]))
    first = said(aoi, room, "さいしょ", veil="すこし長い話")
    said(aoi, quiet, "しずかに")
    hidden = said(haha, room, "かくれることば")
    do(haha, room, p.Stamp(of=first, stamp="わかる", on=True))
    moderation.hide(message=Message.objects.get(room=room, seq=hidden).pk, now=clock.now())
    said(haha, room, "消えるひとのことば")
    Seat.objects.filter(pk=seat_of(haha, room).pk).update(handle="あたらしい名")
    there = list(Room.objects.filter(pk__in=[room.pk, quiet.pk, empty.pk]).order_by("pk"))
    assert _read(*there) == [_carefully(one) for one in there]
    erase.erase(haha.pk, now=clock.now())
    there = list(Room.objects.filter(pk__in=[room.pk, quiet.pk, empty.pk]).order_by("pk"))
    assert _read(*there) == [_carefully(one) for one in there]


def test_only_so_many_and_none_below_the_floor_or_above_the_head(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(p, "NEWEST", 3)
    for number in range(6):
        said(aoi, room, f"ことば{number}")
    now = Room.objects.get(pk=room.pk)
    [newest] = _read(now)
    assert [one["seq"] for one in newest] == list(range(now.head - 2, now.head + 1))
    earlier = Room.objects.get(pk=room.pk)
    earlier.head -= 1  # as it was read before the last word
    assert [one["seq"] for one in _read(earlier)[0]] == list(range(now.head - 3, now.head))
    Room.objects.filter(pk=room.pk).update(floor=now.head - 1)
    assert [one["seq"] for one in _read(Room.objects.get(pk=room.pk))[0]] == [now.head]
