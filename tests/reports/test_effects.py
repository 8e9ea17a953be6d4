"""What the family program changes is told of many families together, never of one."""

from datetime import date, timedelta

import pytest

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
