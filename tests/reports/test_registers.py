"""Windows, ibasho, courses and visits: what the registers say is what the ledger counts."""

from datetime import date, timedelta

import pytest

from accounts.viewer import VISITOR
from audit.models import AuditEntry
from chat.models import Seat, Visit
from foundation import clock
from foundation.refusals import Refused
from ledger.models import Entry
from ledger.queries import verify
from ledger.states import Kind, Reason
from reports import registers
from reports.actions.sites import Sign, close_site, list_baseline, open_site, withdraw_site
from reports.actions.supports import Occasion, note_support, withdraw_support
from reports.actions.trainings import (
    Course,
    confirm_attendance,
    confirm_presence,
    hold_training,
    withdraw_attendance,
)
from reports.indicators import figures
from reports.models import Attendance, Site
from reports.presence import present_in
from reports.rules import shipped
from reports.states import SiteKind, Stage
from tests.cast import make_room

pytestmark = pytest.mark.usefixtures("towns")
HIMEJI, AKASHI, KOBE = "282014", "282031", "281000"


def sign(town: str, on: date, **what) -> Sign:
    told = {"kind": SiteKind.IBASHO, "name": "ひだまり", "evidence": "要綱 第3条"} | what
    return Sign(municipality=town, opened_on=on, **told)


def line(code: str):
    return next(one for one in figures(shipped()["hyogo-2020"]) if one.indicator.code == code)


def test_a_municipality_counts_once_in_the_year_of_its_first_ibasho(program, coordinator, now):
    def opened(town, on, **what):
        return open_site(coordinator, program=program.pk, sign=sign(town, on, **what), now=now)

    opened(HIMEJI, date(2021, 3, 31))
    opened(HIMEJI, date(2021, 4, 1), name="もうひとつ", online=True)
    again = opened(AKASHI, date(2021, 4, 1))
    close_site(coordinator, program=program.pk, site=again.pk, on=date(2021, 9, 30), now=now)
    opened(AKASHI, date(2022, 4, 1), name="また")
    opened(KOBE, date(2022, 5, 1), kind=SiteKind.WINDOW)
    assert line("hyogo.ibasho").actual == {2020: 1, 2021: 1, 2022: 0}
    assert line("hyogo.ibasho").places == {HIMEJI: 2020, AKASHI: 2021}
    assert all(not verdict.broken for verdict in verify())


def test_a_municipality_of_the_baseline_is_not_new(program, coordinator, now):
    list_baseline(
        coordinator, program=program.pk, kind=SiteKind.IBASHO, municipality=KOBE,
        on=date(2020, 3, 31), now=now,
    )  # fmt: skip
    open_site(coordinator, program=program.pk, sign=sign(KOBE, date(2020, 6, 1)), now=now)
    found = line("hyogo.ibasho")
    assert found.actual[2020] == 0
    assert (found.listed, found.caveat) == (1, "基準の市町が未登録 (1/3)")


def test_what_was_entered_by_mistake_is_countered(program, coordinator, now):
    site = open_site(coordinator, program=program.pk, sign=sign(KOBE, date(2020, 6, 1)), now=now)
    close_site(coordinator, program=program.pk, site=site.pk, on=date(2020, 7, 1), now=now)
    withdraw_site(coordinator, program=program.pk, site=site.pk, reason=Reason.MISTYPED, now=now)
    assert line("hyogo.ibasho").actual[2020] == 0
    assert Entry.objects.count() == 4
    with pytest.raises(Refused, match="not_found"):
        withdraw_site(
            coordinator, program=program.pk, site=site.pk, reason=Reason.MISTYPED, now=now
        )
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"open", "close", "withdraw"}


def test_a_site_needs_evidence_and_a_municipality_of_this_prefecture(program, coordinator, now):
    for what, code in (
        (sign("392014", date(2020, 6, 1)), "no_such_place"),
        (sign("282999", date(2020, 6, 1)), "no_such_place"),
        (sign(KOBE, date(2020, 6, 1), evidence=" "), "no_evidence"),
        (sign(KOBE, (now + timedelta(days=2)).date()), "too_early"),
    ):
        with pytest.raises(Refused, match=code):
            open_site(coordinator, program=program.pk, sign=what, now=now)
    assert not Site.objects.exists()
    site = open_site(coordinator, program=program.pk, sign=sign(KOBE, date(2020, 6, 1)), now=now)
    with pytest.raises(Refused, match="too_early"):
        close_site(coordinator, program=program.pk, site=site.pk, on=date(2020, 5, 1), now=now)


@pytest.fixture
def craft(program, counselor, now):
    def held(**what):
        told = {"course": "CRAFT", "name": "秋の研修", "held_on": date(2021, 3, 30)} | what
        return hold_training(counselor, program=program.pk, course=Course(**told), now=now)

    return held


def came(program, counselor, training, day, *typed, now):
    return confirm_attendance(
        counselor, program=program.pk, training=training.pk, day=day, typed=typed, now=now
    )


def test_each_day_of_a_course_counts_in_its_own_year(program, counselor, craft, now):
    training = craft(days=3)
    for day in (1, 2, 3):
        came(program, counselor, training, day, "実践者1", "実践者2", now=now)
    found = line("hyogo.craft")
    assert found.actual == {2020: 4, 2021: 2, 2022: 0}
    assert found.people == {2020: 2, 2021: 2, 2022: 0}


def test_a_course_that_counts_once_counts_once_however_many_days_somebody_came(
    program, counselor, craft, now
):
    training = craft(days=3, each_day=False)
    came(program, counselor, training, 1, "a", now=now)
    came(program, counselor, training, 2, "a", "b", now=now)
    assert line("hyogo.craft").actual[2020] == 2
    first = Attendance.objects.get(day=1)
    withdraw_attendance(
        counselor, program=program.pk, attendance=first.pk, reason=Reason.TWICE, now=now
    )
    # a was there on the second day too, which counts now.
    assert line("hyogo.craft").actual[2020] == 2


def test_somebody_is_there_once_a_day_however_they_are_typed(program, counselor, craft, now):
    training = craft()
    assert came(program, counselor, training, 1, "K-1", "ｋ－１", now=now) == 1
    assert came(program, counselor, training, 1, "k-1", "", now=now) == 0
    with pytest.raises(Refused, match="no_such_day"):
        came(program, counselor, training, 2, "K-1", now=now)
    assert line("hyogo.craft").actual[2020] == 1
    assert "k-1" not in repr(list(Attendance.objects.values())).casefold()


def test_a_course_on_running_an_ibasho_is_counted_apart(program, counselor, craft, now):
    training = craft(course="running")
    came(program, counselor, training, 1, "a", now=now)
    assert line("hyogo.craft").actual[2020] == 0
    assert Entry.objects.filter(kind=Kind.TRAINING_ATTENDED, destination="running").count() == 1


def test_an_online_day_is_confirmed_from_who_was_in_its_room(
    program, counselor, craft, aoi, haha, yoso, now
):
    room = make_room(slug="kenshu", kind="training")
    training = craft(held_on=clock.jst_day(now), online=True)
    noon = clock.jst(now).replace(hour=12, minute=0)
    for who, minutes in ((aoi, (20, 20)), (haha, (20,)), (yoso, (60,))):
        seat = Seat.objects.create(room=room, participant=who, handle=who.handle, key=f"k{who.pk}")
        for number, length in enumerate(minutes):
            start = noon + timedelta(hours=number)
            end = start + timedelta(minutes=length)
            Visit.objects.create(room=room, seat=seat, started_at=start, seen_at=end, ended_at=end)
    there = present_in(room.pk, program=program.pk, on=training.held_on)
    assert [one.participant for one in there] == [aoi.pk, yoso.pk]

    def confirmed(*who, program=program.pk):
        return confirm_presence(
            counselor, program=program, training=training.pk, day=1, room=room.pk,
            participants=[one.pk for one in who], now=now,
        )  # fmt: skip

    # haha stayed for twenty minutes: she isn't proposed, so she can't be confirmed.
    assert confirmed(aoi, haha) == 1
    assert confirmed(aoi) == 0
    assert Attendance.objects.get().seq is not None
    with pytest.raises(Refused, match="not_found"):
        confirmed(aoi, program=program.pk + 1)


@pytest.mark.parametrize("kind", ["counseling", "chat", "withdrawn"])
def test_who_was_in_any_other_room_is_proposed_by_no_course(
    program, counselor, craft, aoi, now, kind
):
    training = craft(held_on=clock.jst_day(now), online=True)
    start = clock.jst(now).replace(hour=12, minute=0)
    end = start + timedelta(minutes=31)
    room, other = make_room(slug="kenshu", kind="training"), make_room(slug="other", kind=kind)
    for where in (room, other):
        seat = Seat.objects.create(
            room=where, participant=aoi, handle=aoi.handle, key=f"k{where.pk}", mark="m"
        )
        Visit.objects.create(room=where, seat=seat, started_at=start, seen_at=end, ended_at=end)
    assert registers.rooms(program) == [room]
    assert [one.participant for one in registers.proposed(training, room=room.pk, day=1).there] == [
        aoi.pk
    ]
    with pytest.raises(Refused, match="not_found"):
        registers.proposed(training, room=other.pk, day=1)
    sent = confirm_presence(
        counselor, program=program.pk, training=training.pk, day=1, room=other.pk,
        participants=[aoi.pk], now=now,
    )  # fmt: skip
    assert sent == 0 and not Attendance.objects.exists()


def test_a_visit_keeps_what_was_advised_and_how_far_the_municipality_has_come(
    program, counselor, now
):
    visit = Occasion(
        kind=Kind.ADVISER_SENT, on=date(2020, 9, 1), municipality=HIMEJI, by_whom="民間団体",
        words="窓口の場所について", stage=Stage.PREPARING,
    )  # fmt: skip
    row = note_support(counselor, program=program.pk, occasion=visit, now=now)
    meeting = Occasion(kind=Kind.NETWORK_MEETING, on=date(2020, 9, 2), bodies=7)
    note_support(counselor, program=program.pk, occasion=meeting, now=now)
    assert list(Entry.objects.order_by("seq").values_list("kind", "municipality_code")) == [
        ("adviser_sent", HIMEJI), ("network_meeting", ""),
    ]  # fmt: skip
    withdraw_support(
        counselor, program=program.pk, support=row.pk, reason=Reason.WRONG_DAY, now=now
    )
    assert Entry.objects.filter(counters__isnull=False).count() == 1


def test_registers_are_closed_to_everybody_else(program, now):
    with pytest.raises(Refused, match="not_found"):
        open_site(VISITOR, program=program.pk, sign=sign(KOBE, date(2020, 6, 1)), now=now)
