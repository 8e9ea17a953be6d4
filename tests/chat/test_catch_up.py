"""For every action: the page before + its events = the page after."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import pytest

import chat.actions
from accounts.models import Participant, Staff
from chat import protocol as p
from chat import queries
from chat.actions import erase as erasing
from chat.actions import lines, moderation, postcards, purge, rooms, seats, setup
from chat.models import Message, Murmur, Room
from chat.states import Hand, HolidayRule, RestrictionKind
from foundation import clock
from tests.cast import make_participant, seen_by, staff_viewer
from tests.chat.deeds import do, post, rest, said, seat_of, welcome, wire
from tests.reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)
NONCE = "00000000-0000-4000-8000-000000000001"


class Scene:
    """A room with something in it, and who is there."""

    def __init__(self, room: Room) -> None:
        self.room, self.now = room, clock.now()
        self.aoi, self.haha = make_participant("あおい"), make_participant("はは")
        self.first = said(self.aoi, room, "さいしょのことば", veil="すこし長い話")
        self.second = said(self.haha, room, "つぎのことば")
        do(self.haha, room, p.Stamp(of=self.first, stamp="わかる", on=True))
        self.hidden = said(self.haha, room, "かくれることば")
        moderation.hide(message=self.message(self.hidden).pk, now=self.now)
        Room.objects.filter(pk=room.pk).update(premoderated=True)
        rest()
        do(self.aoi, room, post("まってから出ることば", nonce=NONCE))
        Room.objects.filter(pk=room.pk).update(premoderated=False)
        rest()

    def message(self, seq: int) -> Message:
        return Message.objects.get(room=self.room, seq=seq)

    def held(self) -> Message:
        return Message.objects.get(room=self.room, state="held")

    def read_aloud(self) -> int:
        """A murmur of aoi's, read to the room; its key."""
        rest()
        do(self.aoi, self.room, p.Murmur(nonce=NONCE, text="よんでください", aloud=True))
        key = Murmur.objects.get(nonce=NONCE).pk
        ren = Staff.objects.get(username="ren")
        postcards.read_aloud(staff_viewer(ren), murmur=key, now=clock.now())
        return key


# Every public deed of chat/actions that a room hears of.
HEARD: dict[str, Callable[[Scene], object]] = {
    "post.post": lambda s: do(s.aoi, s.room, post("あたらしいことば", veil="つつんで")),
    "carry_out.carry_out": lambda s: do(s.aoi, s.room, post("一つめ"), post("二つめ")),
    "stamp.stamp": lambda s: do(s.aoi, s.room, p.Stamp(of=s.second, stamp="うん", on=True)),
    "sitting.give_stamp": lambda s: do(
        s.haha, s.room, p.Stamp(of=s.first, stamp="わかる", on=False)
    ),
    "withdraw.withdraw": lambda s: do(s.aoi, s.room, p.Withdraw(of=s.first)),
    "moderation.hide": lambda s: moderation.hide(message=s.message(s.second).pk, now=s.now),
    "moderation.restore": lambda s: moderation.restore(message=s.message(s.hidden).pk, now=s.now),
    "moderation.veil": lambda s: moderation.veil(
        message=s.message(s.second).pk, veil="病院の話", now=s.now
    ),
    "moderation.release": lambda s: moderation.release(message=s.held().pk, now=s.now),
    "lines.speak": lambda s: lines.speak(room=s.room.pk, text="ひとこと", now=s.now),
    "postcards.read_aloud": lambda s: s.read_aloud(),
    "postcards.take_back": lambda s: postcards.take_back(
        seen_by(s.aoi), murmur=s.read_aloud(), now=s.now
    ),
    "erase.erase": lambda s: erasing.erase(s.haha.pk, now=s.now),
    "rooms.bring_up_to_date": lambda s: rooms.bring_up_to_date(now=s.now),
    "rooms.switch": lambda s: rooms.switch(
        room=s.room.pk, hand=Hand.QUIET, reason="しずかに", now=s.now
    ),
    "setup.change": lambda s: setup.change(
        program=s.room.program_id,
        room=s.room.pk,
        version=1,
        values={"name": "夜の部屋", "kind": "night", "slow_s": 5, "stamps": ["うん"]},
        now=s.now,
    ),
    "setup.set_hours": lambda s: setup.set_hours(
        program=s.room.program_id,
        room=s.room.pk,
        version=1,
        hours=[],
        holidays=HolidayRule.USUAL,
        special_days={},
        now=s.now,
    ),
    "rooms.set_slow": lambda s: rooms.set_slow(room=s.room.pk, seconds=30, now=s.now),
}
# Deeds that write no event, because a room hears nothing of them.
UNHEARD: dict[str, Callable[[Scene], object]] = {
    "murmur.murmur": lambda s: do(s.aoi, s.room, p.Murmur(nonce=NONCE, text="ひとりごと")),
    "report.report": lambda s: do(s.aoi, s.room, p.Report(of=s.second, reason="worry")),
    "moderation.turn_down": lambda s: moderation.turn_down(message=s.held().pk, now=s.now),
    "moderation.restrict": lambda s: moderation.restrict(
        participant=s.aoi.pk,
        kind=RestrictionKind.MUTE,
        room=s.room.pk,
        reason="",
        until=None,
        now=s.now,
    ),
    "visits.stay": lambda s: do(s.aoi, s.room, p.Stay(mode="here")),
    "seats.rename": lambda s: seats.rename(
        seen_by(s.aoi), room=s.room, handle="あたらしい名", now=s.now
    ),
    "seats.mute": lambda s: seats.mute(
        seen_by(s.aoi), room=s.room, key=seat_of(s.haha, s.room).key, on=True, now=s.now
    ),
}
# What changes no message and no state of a room, or only calls the deeds above.
ELSEWHERE = {
    "carry_out.refusal", "carry_out.refused", "counts.fill", "counts.purge", "daily.purge_all",
    "evidence.outlived", "evidence.take_back",
    "items.changed", "items.claim", "items.claimable", "items.keep_in_sight", "items.let_go",
    "items.of_finding", "items.of_held", "items.of_murmur", "items.of_report",
    "items.raise_all", "items.settle", "leavers.erase_leavers", "lines.say", "lines.seat_of",
    "hear.hear", "moderation.answer_murmur", "moderation.lift", "night.begin_spell",
    "own_rules.draft", "own_rules.keep_trial", "own_rules.look_back", "own_rules.move",
    "pace.give_back", "pace.take",
    "names.hear", "names.must_be_borne", "names.read",
    "postcards.answer_all", "presence.band_of", "presence.forget", "presence.tell",
    "purge.purge", "rooms.hold_posts", "rooms.take_away", "seats.names_near", "seats.of_staff",
    "seats.take", "setup.create", "setup.remove", "sitting.lock_rooms", "stamp.acked",
    "talks.end_seat", "talks.end_seats", "talks.open_talk", "talks.seat_person", "talks.seat_staff",
    "talks.shut",
    "visits.close_left", "visits.note", "visits.touch", "words.ahead", "words.care_text",
    "words.flag", "words.is_talk", "words.look_at", "words.stop_if_unsafe",
    "words.tried_at_the_desk",
}  # fmt: skip


def _deeds() -> set[str]:
    found = set()
    for module in iter_modules(chat.actions.__path__):
        loaded = import_module(f"chat.actions.{module.name}")
        for name, deed in inspect.getmembers(loaded, inspect.isfunction):
            if deed.__module__ == loaded.__name__ and not name.startswith("_"):
                found.add(f"{module.name}.{name}")
    return found


def test_every_deed_has_its_line_here() -> None:
    assert _deeds() == set(HEARD) | set(UNHEARD) | ELSEWHERE


def _page(room: Room) -> Reader:
    return Reader().take_all([welcome(room)])


def _after(room: Room, since: int) -> list[dict[str, object]]:
    return [wire(e) for e in queries.events_after(room.pk, since=since, limit=p.MAX_EVENTS)]


def _head(room: Room) -> int:
    return Room.objects.values_list("head", flat=True).get(pk=room.pk)


@pytest.mark.parametrize("name", sorted(HEARD))
def test_the_page_before_and_the_events_make_the_page_after(name: str, room: Room) -> None:
    scene = Scene(room)
    if name != "rooms.bring_up_to_date":
        rooms.bring_up_to_date(now=scene.now)
    page, before = _page(room), _head(room)
    HEARD[name](scene)
    events = _after(room, before)
    assert events, "the deed wrote no event: this test would prove nothing"
    page.take_all(events)
    fresh = _page(room)
    assert page.listing() == fresh.listing()
    assert page.room == fresh.room
    assert page.last == fresh.last == _head(room) == before + len(events)
    assert [e["seq"] for e in events] == list(range(before + 1, before + 1 + len(events)))


@pytest.mark.parametrize("name", sorted(HEARD))
def test_whoever_replays_everything_sees_the_same_and_nothing_hidden(name: str, room: Room) -> None:
    scene = Scene(room)
    HEARD[name](scene)
    replay = Reader(last=0, epoch=room.epoch)
    replay.take_all(_after(room, 0))
    fresh = _page(room)
    assert replay.listing() == fresh.listing()
    words = {m.text for m in Message.objects.filter(room=room, state="hidden")}
    assert words or name == "moderation.restore" or name == "erase.erase"
    everything = str(_after(room, 0)) + str(welcome(room))
    assert not any(text in everything for text in words)


@pytest.mark.parametrize("name", sorted(UNHEARD))
def test_what_a_room_does_not_hear_of_leaves_its_log_alone(name: str, room: Room) -> None:
    scene = Scene(room)
    before, events = _head(room), len(_after(room, 0))
    UNHEARD[name](scene)
    assert (_head(room), len(_after(room, 0))) == (before, events)


def test_a_position_that_cannot_be_continued_from_starts_fresh(room: Room) -> None:
    scene = Scene(room)
    head = _head(room)
    assert welcome(room, epoch=room.epoch, since=head)["recovered"] is True
    assert welcome(room, epoch=room.epoch, since=0)["recovered"] is True
    for epoch, since in [("other", head), (room.epoch, head + 1), (None, None), (room.epoch, None)]:
        assert welcome(room, epoch=epoch, since=since)["recovered"] is False
    Room.objects.filter(pk=room.pk).update(floor=2)
    assert welcome(room, epoch=room.epoch, since=1)["recovered"] is False
    assert scene.first == 1


def test_what_was_purged_is_gone_and_the_numbering_stays_whole(room: Room) -> None:
    scene = Scene(room)
    far = scene.now + purge.WORDS * 2
    assert sum(rows for _, rows in purge.purge(now=far)) > 0
    head = _head(room)
    answer = wire(queries.missed(room.pk, since=0))
    assert [e["seq"] for e in answer["events"]] == list(range(1, head + 1))
    assert {e["type"] for e in answer["events"]} == {"gone"}
    assert Message.objects.filter(room=room, seq__isnull=False).count() == 0


def test_a_resume_of_more_than_fits_says_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p, "MAX_EVENTS", 3)
    Scene(room)
    page = Reader(last=0, epoch=room.epoch)
    for _ in range(20):
        answer = wire(queries.missed(room.pk, since=page.last or 0))
        page.take(answer, at=0.0)
        if not answer["more"]:
            break
    assert page.last == _head(room)


def test_the_writer_rings_with_the_very_frames_that_a_reader_would_read(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[int, bytes]] = []
    monkeypatch.setattr("chat.actions.sitting.bell.rooms", lambda rings: rung.extend(rings[0][2]))
    scene = Scene(room)
    rung.clear()
    before = _head(room)
    HEARD["carry_out.carry_out"](scene)
    HEARD["stamp.stamp"](scene)
    read = queries.events_after(room.pk, since=before, limit=50)
    assert [(e.seq, p.encode(e)) for e in read] == rung


def test_someone_erased_never_comes_back_on_replay(room: Room, aoi: Participant) -> None:
    text = "消えることば"
    said(aoi, room, text)
    erasing.erase(aoi.pk, now=clock.now())
    assert text not in str(_after(room, 0)) + str(welcome(room))
    assert Message.objects.filter(text=text).count() == 0
