"""利用状況: what may be told of how the house is used, by finished months."""

from datetime import UTC, date, datetime

import pytest

from accounts.states import Role
from chat.participation import Rung
from foundation.refusals import Refused
from ledger.models import MonthSum
from reports import usage
from tests.cast import grant, make_staff, signed_in_as, staff_viewer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 20, tzinfo=UTC)
JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)


def summed(program, month: date, statistic: str, **parts: tuple[int, int | None]) -> None:
    MonthSum.objects.bulk_create(
        MonthSum(
            program=program.slug, month=month, statistic=statistic,
            split=split.replace("_", "-"), number=number, people=people,
        )
        for split, (number, people) in parts.items()
    )  # fmt: skip


@pytest.fixture
def analyst(program):
    person = make_staff("shukei", display_name="しゅうけい")
    grant(person, Role.ANALYST, program)
    return person


@pytest.fixture
def june(program, room):
    """120 visits of 60 people; four of them talked, eleven of them were new."""
    summed(program, JUNE, "coming", first=(20, 11), returning=(100, 49))
    summed(program, JUNE, "rung", watching=(70, 30), stamping=(30, 15), murmuring=(14, 11),
           talking=(6, 4))  # fmt: skip
    summed(program, JUNE, "room", **{room.slug: (120, 60)})
    summed(program, JUNE, "hours", open=(9_000, None), quiet=(12_000, None))
    summed(program, JUNE, "shifts", kept_0=(40, None), missed=(2, None))


def read(analyst, program, **period):
    asked = {"year": None, "month": None} | period
    return usage.read(staff_viewer(analyst), program, now=NOW, **asked)


def test_few_people_are_hidden_and_so_is_what_would_give_them_back(june, analyst, program):
    used = read(analyst, program, month=JUNE)
    rungs = dict(used.parts("rung"))
    assert rungs[Rung.TALKING].none
    assert sum(one.none for one in rungs.values()) == 2
    assert used.visits() == usage.Shown(120, 60, 0)
    assert [shown.number for _, shown in used.parts("coming")] == [20, 100]


def test_a_month_of_few_people_is_hidden_whole_and_the_year_says_so(june, analyst, program):
    summed(program, MAY, "coming", first=(40, 3), returning=(9, 2))
    summed(program, MAY, "rung", watching=(49, 5))
    used = read(analyst, program)
    assert used.visits() == usage.Shown(120, 60, 1)
    assert dict(used.parts("rung"))[Rung.WATCHING].hidden == 1
    assert read(analyst, program, month=MAY).visits().none


def test_beside_the_plot_of_a_year_stands_the_table_of_its_months(june, analyst, program):
    summed(program, MAY, "coming", first=(40, 3), returning=(9, 2))
    page = signed_in_as(analyst).get("/reports/usage/?year=2026").content.decode()
    told = [
        f'<th scope="row">{month}</th><td class="number">{visits}</td><td class="number">{people}<'
        for month, visits, people in (("2026年5月", "＊", "＊"), ("2026年6月", 120, 60))
    ]
    assert [one for one in told if one not in page] == []


def test_a_year_tells_nothing_that_its_months_do_not(june, analyst, program):
    summed(program, MAY, "coming", first=(30, 12), returning=(90, 40))
    summed(program, MAY, "rung", watching=(100, 40), talking=(20, 12))
    year = dict(read(analyst, program).parts("rung"))
    months = [dict(read(analyst, program, month=month).parts("rung")) for month in (MAY, JUNE)]
    for rung, shown in year.items():
        assert shown.number == sum(month[rung].number for month in months)


def test_many_visits_of_few_people_are_hidden(june, analyst, program):
    summed(program, JUNE, "week", **{"0-09": (80, 2), "1-09": (40, 30)})
    week = dict(read(analyst, program, month=JUNE).parts("week"))
    assert week["0-09"].none
    assert week["1-09"].none


def test_a_month_that_runs_cannot_be_chosen(june, analyst, program):
    with pytest.raises(Refused, match="no_such_month"):
        read(analyst, program, month=date(2026, 7, 1))


def test_the_page_says_that_these_are_no_consultations(
    june, analyst, program, django_assert_max_num_queries
):
    client = signed_in_as(analyst)
    with django_assert_max_num_queries(12):
        page = client.get("/reports/usage/?month=2026-06").content.decode()
    assert "利用状況（相談件数ではありません）" in page
    assert "みるだけ" in page
    for no_month in ("2026-13", "9999-12", "0001-01"):
        assert client.get(f"/reports/usage/?month={no_month}").status_code == 422
    assert client.get("/reports/usage/?year=x").status_code == 422
    file = client.get("/reports/usage/usage.csv?month=2026-06").content.decode("utf-8-sig")
    assert "どこまで参加したか,部屋で話す,＊,＊,1" in file


def test_the_hours_of_the_rooms_and_the_shifts_are_told_without_anybody_s_name(
    june, analyst, program
):
    used = read(analyst, program, month=JUNE)
    assert dict(used.parts("hours"))["quiet"].number == 12_000
    assert [shown.number for _, shown in used.parts("shifts")] == [40, 0, 0, 2]


def test_the_desk_is_told_by_the_time_of_day_and_few_people_are_hidden(june, analyst, program):
    summed(program, JUNE, "desk-in", h18=(40, 20), h21=(50, 30), h00=(12, 4))
    summed(program, JUNE, "desk-wait", **{"5m": (102, 54)})
    desk = dict(read(analyst, program, month=JUNE).parts("desk-in"))
    assert desk["h00"].none
    assert sum(one.none for one in desk.values()) == 2
    assert desk["h21"] == usage.Shown(50, 30, 0)
    page = signed_in_as(analyst).get("/reports/usage/?month=2026-06").content.decode()
    assert "見守りの机に来た用件" in page
    assert "21〜24時" in page


def test_shifts_of_many_calls_of_crisis_are_guarded_like_anything_else(june, analyst, program):
    summed(program, JUNE, "shifts", kept_3=(1, None), kept_1=(15, None))
    shifts = dict(read(analyst, program, month=JUNE).parts("shifts"))
    assert shifts["kept-3"].none
    assert shifts["kept-1"].none
    assert shifts["kept-0"] == usage.Shown(40, None, 0)
    assert shifts["missed"].number == 2


def test_a_month_of_few_people_tells_of_no_calls_of_crisis(analyst, program):
    summed(program, MAY, "coming", first=(40, 3), returning=(9, 2))
    summed(program, MAY, "shifts", kept_0=(20, None), kept_3=(12, None), missed=(1, None))
    shifts = dict(read(analyst, program, month=MAY).parts("shifts"))
    assert [part for part, shown in shifts.items() if shown.none] == ["kept-0", "kept-1", "kept-3"]
