"""One read for several rooms says, byte for byte, what a read of each by itself says."""

import pytest

from accounts.models import Participant
from chat import following as module
from chat import protocol as p
from chat import queries
from chat.following import Encoded, following
from chat.models import Room
from tests.cast import attend, make_room, make_staff
from tests.chat.deeds import said
from tests.chat.test_catch_up import HEARD, Scene

pytestmark = pytest.mark.django_db(transaction=True)


def _by_itself(room: Room, since: int) -> list[Encoded]:
    found = queries.events_after(room.pk, since=since, limit=module.MOST_EACH)
    return [(event.seq, p.encode(event)) for event in found]


def _open_room(slug: str) -> Room:
    room = make_room(slug)
    attend(room, make_staff(f"{slug}-a"), make_staff(f"{slug}-b"))
    return room


def _head(room: Room) -> int:
    return Room.objects.get(pk=room.pk).head


@pytest.mark.parametrize("deed", sorted(HEARD))
def test_what_follows_a_deed_is_what_the_room_alone_would_tell(room: Room, deed: str) -> None:
    scene = Scene(room)
    before = _head(room)
    HEARD[deed](scene)
    for since in (0, scene.second, before, before + 1):
        assert following({room.pk: since}) == {room.pk: _by_itself(room, since)}


def test_rooms_are_read_together_each_from_its_own_number(room: Room, aoi: Participant) -> None:
    others = [_open_room(f"heya{n}") for n in range(3)]
    for there, count in zip((room, *others), (3, 1, 0, 2), strict=True):
        for n in range(count):
            said(aoi, there, f"ことば{n}")
    since = {room.pk: 1, others[0].pk: 0, others[1].pk: 0, others[2].pk: _head(others[2]), -1: 0}
    found = following(since)
    assert [len(found[key]) for key in since] == [2, 1, 0, 0, 0]
    assert found[room.pk] == _by_itself(room, 1)


def test_what_does_not_fit_into_one_read_comes_with_the_next(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_EACH", 2)
    monkeypatch.setattr(module, "MOST_ROOMS", 1)
    other = _open_room("heya")
    for n in range(5):
        said(aoi, room, f"ことば{n}")
    reached, reads = _head(room) - 5, 0
    while found := following({room.pk: reached, other.pk: 0})[room.pk]:
        assert len(found) <= 2
        assert found[0][0] == reached + 1
        reached, reads = found[-1][0], reads + 1
    assert (reached, reads) == (_head(room), 3)
    assert following({room.pk: 0, other.pk: 0}).keys() == {room.pk}


def test_messages_alone_cost_one_statement_in_any_number_of_rooms(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = {}
    for there in (room, *(_open_room(f"heya{n}") for n in range(3))):
        since[there.pk] = _head(there)
        said(aoi, there, "ことば")
    carefully: list[int] = []

    def by_itself(number: int, **how: int) -> list[p.Event]:
        carefully.append(number)
        return queries.events_after(number, **how)

    monkeypatch.setattr(module, "events_after", by_itself)
    assert [len(events) for events in following(since).values()] == [1, 1, 1, 1]
    # Beside SQLite, where there is seldom a second process, each room is read by itself.
    assert carefully == ([] if module.connection.vendor == "postgresql" else list(since))
