"""夜の部屋: where nobody watches, a line to stay with, and stamps all night."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chat import protocol as p
from chat import queries
from chat.actions import rooms
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Message, Room, Seat
from chat.night import ANY, SEASONS, line_for, lines, lines_for, season_of
from chat.screening import screen
from chat.states import RoomKind
from duty.models import Attendance
from tests.cast import attend, make_room, make_staff
from tests.chat.deeds import do, post, rest
from tests.house.everyone import seated

NONCE = "0b6f1d3e-6f0c-4a55-9f67-8b0f8e1a2c3d"
TWO_O_CLOCK = datetime(2026, 11, 24, 17, tzinfo=UTC)  # two in the morning in Japan


def test_ten_weeks_of_evenings_are_written() -> None:
    written = [one for there in lines().values() for one in there]
    assert len(written) == len(set(written)) == 70
    assert set(lines()) == {ANY, *SEASONS}


def test_the_lines_are_short_and_neither_cheerful_nor_urging() -> None:
    for one in (one for there in lines().values() for one in there):
        assert len(one) <= 60, one
        assert not any(
            word in one for word in ("！", "!", "ましょう", "がんば", "ください", "♪")
        ), one
        found = screen(one)
        assert not found.findings, one


def test_a_line_is_of_its_season_and_stays_all_night() -> None:
    for month in range(1, 13):
        now = datetime(2026, month, 10, 14, tzinfo=UTC)  # 23:00 in Japan
        said = line_for(now)
        assert said in lines()[season_of(date(2026, month, 10))] + lines()[ANY]
        assert line_for(now + timedelta(hours=6)) == said
    month_of_nights = {line_for(TWO_O_CLOCK + timedelta(days=n)) for n in range(-25, 3)}
    assert len(month_of_nights) == 28


@pytest.fixture
def night(db: None, ren) -> Room:
    """The night room, attended a moment ago, and told so."""
    room = make_room("yoru", name="夜の部屋", kind=RoomKind.NIGHT)
    attend(room, ren, make_staff("nao"), now=TWO_O_CLOCK)
    rooms.bring_up_to_date(now=TWO_O_CLOCK)
    return Room.objects.get(pk=room.pk)


def fall_quiet(at: datetime) -> datetime:
    Attendance.objects.all().delete()
    rooms.bring_up_to_date(now=at)
    later = at + timedelta(minutes=2)
    rooms.bring_up_to_date(now=later)
    return later


def test_the_night_room_falls_quiet_with_a_line_that_takes_stamps(night: Room, aoi) -> None:
    at = fall_quiet(TWO_O_CLOCK)
    state, said = queries.events_after(night.pk, since=1, limit=10)
    assert isinstance(state, p.RoomChanged)
    assert state.state == "quiet"
    assert isinstance(said, p.Message)
    assert (said.from_.role, said.text) == ("room", line_for(at))
    rest()
    (ack,) = do(aoi, night, p.Stamp(of=said.seq, stamp="うん", on=True, nonce=NONCE), now=at)
    assert isinstance(ack, p.Ack)


def test_a_second_spell_of_the_same_night_begins_with_another_line(night: Room, ren) -> None:
    at = fall_quiet(TWO_O_CLOCK)
    attend(night, ren, make_staff("sora"), now=at)
    for seconds in (0, 60):
        rooms.bring_up_to_date(now=at + timedelta(seconds=seconds))
    assert Room.objects.get(pk=night.pk).state == "open"
    fall_quiet(at + timedelta(minutes=2))
    first, second = Message.objects.filter(room=night).order_by("seq")
    assert first.text == line_for(TWO_O_CLOCK)
    assert second.text != first.text and second.text in lines_for(TWO_O_CLOCK)
    assert second.seat.role == "room"  # type: ignore[union-attr]


def test_no_spell_has_what_the_nights_around_it_begin_with() -> None:
    around = {line_for(TWO_O_CLOCK + timedelta(days=n)) for n in range(-3, 4) if n}
    assert not around & set(lines_for(TWO_O_CLOCK)[:8])
    assert len(set(lines_for(TWO_O_CLOCK))) == len(lines_for(TWO_O_CLOCK))


def test_other_rooms_fall_quiet_without_a_word(ren, now) -> None:
    room = make_room()
    attend(room, ren, make_staff("nao"), now=now)
    rooms.bring_up_to_date(now=now)
    fall_quiet(now)
    assert Room.objects.get(pk=room.pk).state == "quiet"
    assert not Message.objects.exists()


def test_nothing_can_be_said_from_the_rooms_own_seat(night: Room) -> None:
    fall_quiet(TWO_O_CLOCK)
    seat = Seat.objects.get(room=night, role="room")
    assert (seat.participant_id, seat.staff_id) == (None, None)
    (answer,) = carry_out([Act(night.pk, seat.pk, post("だれか"))], now=TWO_O_CLOCK)
    assert answer.close == p.Close.NOT_ALLOWED


def test_a_quiet_room_leads_there_on_its_page(night: Room, aoi, now) -> None:
    make_room()
    fall_quiet(now)
    page = seated(aoi).get("/rooms/zatsudan/").content.decode()
    assert "いまの時間は「夜の部屋」にも、いられます" in page
    assert 'href="/rooms/yoru/"' in page
