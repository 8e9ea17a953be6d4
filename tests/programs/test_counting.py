"""Each day has one rule of counting, and keeps it: decisions are for days still to come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import JST, jst_day
from foundation.refusals import Refused
from programs import queries
from programs.actions.counting import decide
from programs.counting import Period, counted_on, periods
from programs.models import CountingRule
from programs.states import CountedAs

ONCE, EACH = CountedAs.ONCE_A_DAY, CountedAs.EACH
FIRST = date(2027, 1, 1)


@dataclass
class Decided:
    counted_as: str
    decided_on: date
    since: date


@st.composite
def decisions(draw):
    """Decided one after another, each for a later day."""
    found, day = [], FIRST
    for counted_as in draw(st.lists(st.sampled_from(CountedAs), max_size=6)):
        day += timedelta(days=draw(st.integers(0, 9)))
        since = day + timedelta(days=draw(st.integers(1, 12)))
        found.append(Decided(counted_as.value, day, since))
    return found


@given(decisions())
def test_no_decision_changes_a_day_that_is_there(made):
    for number, one in enumerate(made):
        before, after = periods(made[:number]), periods(made[: number + 1])
        for day in (FIRST + timedelta(days=n) for n in range(80)):
            if day <= one.decided_on:
                assert counted_on(after, day) is counted_on(before, day)
            if day >= one.since:
                assert counted_on(after, day) == one.counted_as
        assert all(a.counted_as != b.counted_as for a, b in pairwise(after))


def test_what_was_planned_and_has_not_begun_is_replaced():
    april, may = date(2027, 4, 1), date(2027, 5, 1)
    planned = Decided(EACH, FIRST, april)
    later = Decided(EACH, FIRST + timedelta(days=3), may)
    assert periods([planned, later]) == [Period(None, ONCE), Period(may, EACH)]
    never = Decided(ONCE, FIRST + timedelta(days=4), FIRST + timedelta(days=5))
    assert periods([planned, later, never]) == [Period(None, ONCE)]
    begun = Decided(ONCE, date(2027, 4, 30), may)
    assert periods([planned, begun]) == [Period(None, ONCE), Period(april, EACH), Period(may, ONCE)]


def decided(program, now, *, counted_as=EACH, days=1, after=0):
    since = jst_day(now) + timedelta(days=days)
    return decide(program=program.pk, counted_as=counted_as, since=since, after=after, now=now)


def test_a_rule_begins_at_japan_s_midnight_and_never_backwards(program):
    late = datetime(2027, 3, 31, 23, 59, tzinfo=JST)
    for days in (0, -1, -400):
        with pytest.raises(Refused, match="not_ahead"):
            decided(program, late, days=days)
    with pytest.raises(Refused, match="too_far"):
        decided(program, late, days=800)
    decided(program, late)
    found = queries.counting(program.pk).periods
    assert counted_on(found, date(2027, 3, 31)) is ONCE
    assert counted_on(found, date(2027, 4, 1)) is EACH
    assert queries.counting_of("hyogo") == found
    assert queries.counting_of("atlantis") == [Period(None, ONCE)]


def test_a_decision_that_changes_nothing_is_none(program, now):
    with pytest.raises(Refused, match="counted_so"):
        decided(program, now, counted_as=ONCE)
    decided(program, now, days=9)
    with pytest.raises(Refused, match="counted_so"):
        decided(program, now, days=9, after=1)
    _, changes = decided(program, now, days=12, after=1)
    day = jst_day(now)
    assert changes == {
        "counted_as": ["each", "each"],
        "since": [day + timedelta(days=9), day + timedelta(days=12)],
    }
    assert queries.counting(program.pk).number == 2


def test_who_decides_second_is_told_so(program, now):
    decided(program, now)
    with pytest.raises(Refused, match="changed_meanwhile"):
        decided(program, now, counted_as=ONCE, days=2)
    assert CountingRule.objects.count() == 1


def test_the_database_itself_knows_no_rule_backwards_and_no_second_of_a_number(program, now):
    row, _ = decided(program, now)
    kept = {
        "program": program, "number": 2, "counted_as": "each", "decided_on": row.decided_on,
        "since": row.since, "at": now,
    }  # fmt: skip
    for wrong in ({"number": 1}, {"since": row.decided_on}, {"counted_as": "twice"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CountingRule.objects.create(**kept | wrong)
    CountingRule.objects.create(**kept)
