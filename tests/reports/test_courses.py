"""How many were at a course: whole to whoever keeps its list, guarded to everyone else."""

from datetime import UTC, date, datetime

import pytest

from ledger.states import Reason
from reports import courses
from reports.actions.trainings import (
    Course,
    confirm_attendance,
    hold_training,
    withdraw_attendance,
)
from reports.models import Attendance
from tests.cast import signed_in_as

pytestmark = pytest.mark.django_db
SPRING, SUMMER, WINTER = (datetime(2021, month, 20, tzinfo=UTC) for month in (5, 7, 12))


def course(viewer, program, *, on=date(2021, 5, 1), now=SPRING, **told):
    told = {"course": "craft", "name": "研修", "held_on": on} | told
    return hold_training(viewer, program=program.pk, course=Course(**told), now=now)


def come(viewer, row, many, *, first=0, day=1, now=SPRING):
    typed = [f"K-{number}" for number in range(first, first + many)]
    confirm_attendance(
        viewer, program=row.program_id, training=row.pk, day=day, typed=typed, now=now
    )


def told(viewer, program, now=SUMMER):
    found = courses.held(viewer, program, now=now)
    return {one.row.pk: (one.counted, one.people) for one in found}


def test_few_are_told_to_whoever_keeps_the_list_and_to_nobody_else(
    program, coordinator, counselor, colleague
):
    few, many = course(counselor, program), course(counselor, program, course="ibasho-operation")
    come(counselor, few, 9)
    come(counselor, many, 12)
    come(coordinator, few, 1, first=20)
    whole = {few.pk: (10, 10), many.pk: (12, 12)}
    assert told(counselor, program) == whole
    assert told(coordinator, program) == whole
    withdraw_attendance(
        counselor, program=program.pk, attendance=Attendance.objects.first().pk,
        reason=Reason.TWICE, now=SPRING,
    )  # fmt: skip
    assert told(coordinator, program)[few.pk] == (9, 9), "who confirmed one keeps the list"
    assert told(colleague, program) == {few.pk: (None, None), many.pk: (12, 12)}


def test_the_sum_of_a_year_gives_none_back(program, counselor, coordinator):
    """All of a year's courses of one kind are on the sheet: 23 less 20 would be 3."""
    large, small = course(counselor, program), course(counselor, program)
    other_year = course(counselor, program, on=date(2020, 5, 1))
    across = course(counselor, program, on=date(2021, 3, 31), days=2)
    come(counselor, large, 20)
    come(counselor, other_year, 15)
    come(counselor, across, 11)
    assert set(told(coordinator, program).values()) == {(20, 20), (0, 0), (15, 15), (11, 11)}
    come(counselor, small, 3)
    # The one across both years would give the second back, and the third by the year before.
    assert set(told(coordinator, program).values()) == {(None, None)}


def test_what_a_quarter_adds_is_told_when_it_is_over_and_not_few(program, counselor, coordinator):
    row = course(counselor, program, days=3)
    come(counselor, row, 20)
    assert told(coordinator, program, SPRING) == {row.pk: (None, None)}
    assert told(coordinator, program) == {row.pk: (20, 20)}
    come(counselor, row, 12, day=2, now=SUMMER)
    assert told(coordinator, program) == {row.pk: (None, None)}
    assert told(coordinator, program, WINTER) == {row.pk: (32, 20)}
    # Eleven of twelve had come before: 21 people less 20 would be one.
    come(counselor, row, 12, first=9, day=3, now=SUMMER)
    assert told(coordinator, program, WINTER) == {row.pk: (None, None)}


def test_what_is_taken_back_later_is_told_of_no_more(program, counselor, coordinator):
    row = course(counselor, program)
    come(counselor, row, 20)
    withdraw_attendance(
        counselor, program=program.pk, attendance=Attendance.objects.first().pk,
        reason=Reason.TWICE, now=SUMMER,
    )  # fmt: skip
    assert told(coordinator, program, WINTER) == {row.pk: (None, None)}
    assert told(counselor, program, WINTER) == {row.pk: (19, 19)}


def test_the_pages_hide_the_same(program, counselor, kaede, mori):
    row = course(counselor, program)
    come(counselor, row, 7)
    code = Attendance.objects.first().subject[:8]
    page = f"/reports/trainings/{row.pk}/"
    own, others = signed_in_as(kaede), signed_in_as(mori)
    assert "実人数 <b>7</b>" in own.get(page).content.decode()
    assert code in own.get(page).content.decode()
    shown = others.get(page).content.decode()
    assert "延べ <b>＊</b>" in shown and "実人数 <b>＊</b>" in shown and code not in shown
    assert "<b>7</b>" not in shown
    cells = '<td class="number">＊</td><td class="number">＊</td>'
    assert cells in others.get("/reports/trainings/").content.decode()
    assert cells not in own.get("/reports/trainings/").content.decode()
    others.post(page, {"day": "1", "typed": "M-1"})
    assert "実人数 <b>8</b>" in others.get(page).content.decode()
