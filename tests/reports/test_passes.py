"""Many moments counted by one pass: at each of them what a plain count gives."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.entries import enter_all
from ledger.models import Entry
from reports import indicators
from reports.indicators import end_of, figures_at
from reports.models import Remembered
from reports.rules import shipped
from tests.reports import oracle
from tests.reports.test_oracle import START, step, write
from tests.reports.test_remembered import some

KOCHI = shipped()["kochi-2020"]
# The same instant twice, moments with nothing between them, all of it; in no order.
DAYS = (40, -1, 0, 1, 1, 80, 120, 160, 400)
MOMENTS = [*(end_of((START + timedelta(days=days)).date()) for days in DAYS), None]


@pytest.mark.timeout(300)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, min_size=1, max_size=30), early=st.integers(0, 30))
def test_at_every_moment_every_cell_is_what_a_plain_count_gives(db, steps, early):
    with transaction.atomic():
        for sheet in shipped().values():
            write(sheet.program, steps[:early])
            # A clock was set back: what comes last was known before.
            write(sheet.program, steps[early:], start=START - timedelta(days=1))
            same(sheet)
        transaction.set_rollback(True)


def same(sheet) -> None:
    indicators._KEPT.clear()
    rows = list(Entry.objects.filter(program=sheet.program).values())
    for upto, lines in zip(MOMENTS, figures_at(sheet, MOMENTS), strict=True):
        for line in lines:
            code = line.indicator.code
            assert line.actual == oracle.cell(code, rows, upto), (code, upto)
            if line.unknown is not None:
                assert sum(line.unknown.values()) == oracle.unknown(code, rows, upto)
    parts(sheet, rows)


def parts(sheet, rows) -> None:
    """Splits and people, against the same rule asked at one moment alone."""
    Remembered.objects.all().delete()
    for upto, lines in zip(MOMENTS, figures_at(sheet, MOMENTS), strict=True):
        indicators._KEPT.clear()
        Remembered.objects.all().delete()
        for line, alone in zip(lines, figures_at(sheet, [upto])[0], strict=True):
            assert (line.splits, line.people) == (alone.splits, alone.people)


def test_as_many_moments_as_there_are_cost_one_pass(db, now):
    enter_all(some(50), confirmed_by=1, now=now)
    enter_all(some(50, first=50), confirmed_by=1, now=now + timedelta(days=900))
    asked = []
    for many in (4, 40):
        Remembered.objects.all().delete()
        indicators._KEPT.clear()
        ends = [end_of(date(2026, 12, 1) + timedelta(days=day)) for day in range(many)]
        with CaptureQueriesContext(connection) as seen:
            figures_at(KOCHI, ends)
        asked.append(len(seen))
    assert asked[0] == asked[1]
