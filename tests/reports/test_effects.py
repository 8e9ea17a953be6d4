"""What the family program changes is told of many families together, never of one."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.refusals import Refused
from reports.actions.effects import Answers, note_improvement, record_effect, start_run
from reports.effects import Told, effects
from reports.models import EffectRecord, Improvement
from reports.queries import effects_of
from reports.states import Point


def families(count: int, *, later: int | None = None, used: int = 0) -> list[Told]:
    told = [Told(f"f{n}", Point.BEFORE, 8, 3, None) for n in range(count)]
    return told + [
        Told(f"f{n}", Point.AFTER, 5, 4, n < used) for n in range(count if later is None else later)
    ]


def test_a_change_is_told_beside_the_same_families_before():
    after, later = effects(families(20, used=10))
    assert (after.began, after.completed, after.burden, after.relation) == (20, 20, -3, 1)
    assert after.used_service == 10
    assert (later.completed, later.burden) == (0, None)


@pytest.mark.parametrize(
    ("count", "came", "used"), [(9, 9, 0), (20, 9, 0), (20, 12, 0), (20, 20, 3), (20, 20, 17)]
)
def test_nothing_is_told_of_fewer_than_ten_families_nor_of_those_who_are_missing(count, came, used):
    after, _ = effects(families(count, later=came, used=used))
    assert None in (after.began, after.completed, after.used_service)
    if came < 10:
        assert after.burden is None
        assert after.relation is None


def history(values: list[int | None], used: set[int] = frozenset()) -> list[tuple]:
    """Everything that was told while families came one after the other; each change once."""
    told, records = [], []
    for number, value in enumerate(values):
        records += [
            Told(f"f{number}", Point.BEFORE, 5, 5, None),
            Told(
                f"f{number}", Point.AFTER, None if value is None else 5 + value, 5, number in used
            ),
        ]
        after, _ = effects(records)
        if not told or told[-1] != after:
            told.append(after)
    return told


def solved(told: list) -> list[float]:
    """What an attacker solves for the 11th: the told means are of ten, and of eleven."""
    means = [one.burden for one in told if one.burden is not None]
    return [11 * second - 10 * first for first, second in pairwise(means)]


def test_the_mean_of_eleven_is_not_told_beside_that_of_ten():
    values = [-3, 1, 0, -2, -5, 2, -1, 0, 1, -4, 5]
    assert [one.burden for one in history(values[:10])] == [None, -1.1]
    assert solved(history(values)) == []
    # What the attacker would have had from a careless telling: the 11th's value to the point.
    careless = [round(mean(values[:10]), 1), round(mean(values), 1)]
    assert round(11 * careless[1] - 10 * careless[0]) in (4, 5, 6)


values_of = st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=45)


@settings(max_examples=60, deadline=None)
@given(values=values_of, used=st.sets(st.integers(0, 44)))
def test_every_family_could_have_another_s_value_for_all_that_was_ever_told(values, used):
    """Whatever is told stays the same if those who became part of it at once change places."""
    told = history(values, used)
    for first in range(0, len(values), 10):
        group = list(range(first, min(first + 10, len(values))))
        turned = group[1:] + group[:1]
        other = list(range(len(values)))
        other[first : first + len(group)] = turned
        swapped = [values[number] for number in other]
        moved = {place for place, number in enumerate(other) if number in used}
        assert history(swapped, moved) == told
    steps = [one.used_service for one in told if one.used_service is not None]
    assert all(one == other or abs(other - one) >= 10 for one, other in pairwise([0, *steps]))


def test_a_mean_waits_until_ten_more_gave_an_answer():
    values = [1] * 10 + [None] * 4 + [5] * 6 + [None] * 6 + [5] * 4
    assert [one.burden for one in history(values[:20])].count(5) == 0
    assert {one.burden for one in history(values[:20])} == {None, 1}
    assert history(values)[-1].burden == 3


def test_what_was_told_is_not_changed_any_more(run, program, counselor, now):
    """Or the difference would be one family's."""

    def record(number: int, burden: int, point: Point = Point.AFTER) -> None:
        answers = Answers(typed=f"家族{number}", point=point, on=date(2026, 5, 1), burden=burden)
        record_effect(counselor, program=program.pk, run=run.pk, answers=answers, now=now)

    for number in range(11):
        record(number, 8, Point.BEFORE)
    for number in range(9):
        record(number, 6)
    record(3, 5)  # nothing is told yet
    record(9, 6)
    told = effects_of(run)
    assert told[0].burden == -2.1
    for point in (Point.BEFORE, Point.AFTER):
        with pytest.raises(Refused, match="told"):
            record(3, 1, point)
    record(10, 0)
    record(10, 1)
    assert [one.burden for one in effects_of(run)] == [one.burden for one in told]


@pytest.fixture
def run(program, counselor, now):
    return start_run(counselor, program=program.pk, name="春", started_on=date(2026, 4, 1), now=now)


def test_a_practitioner_records_a_family_by_its_code(run, program, counselor, now):
    for number in range(10):
        for point, burden in ((Point.BEFORE, 8), (Point.AFTER, 6)):
            answers = Answers(
                typed=f"家族{number}", point=point, on=date(2026, 5, 1), burden=burden
            )
            record_effect(counselor, program=program.pk, run=run.pk, answers=answers, now=now)
    after, _ = effects_of(run)
    assert (after.completed, after.burden) == (10, -2)
    assert "家族" not in repr(list(EffectRecord.objects.values()))


def test_what_is_outside_the_instrument_is_refused(run, program, counselor, now):
    for what, code in (
        ({"burden": 11}, "out_of_range"),
        ({"typed": " "}, "incomplete"),
        ({"on": (now + timedelta(days=2)).date()}, "too_early"),
    ):
        told = {"typed": "a", "point": Point.BEFORE, "on": date(2026, 5, 1)} | what
        with pytest.raises(Refused, match=code):
            record_effect(
                counselor, program=program.pk, run=run.pk, answers=Answers(**told), now=now
            )


def test_a_year_has_one_note_on_what_is_changed(program, coordinator, counselor, now):
    for words in ("時間を短くする", "夜にもひらく"):
        note_improvement(coordinator, program=program.pk, year=2025, words=words, now=now)
    assert Improvement.objects.get().words == "夜にもひらく"
    with pytest.raises(Refused, match="not_found"):
        note_improvement(counselor, program=program.pk, year=2025, words="…", now=now)
