"""Sheets of different dates, subtracted from each other, give nobody away."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.publishing import Told, lone_told, parts_told
from tests.reports.attacker import bounds


def running(numbers: list[int]) -> list[int]:
    return [sum(numbers[: place + 1]) for place in range(len(numbers))]


def test_a_part_is_told_when_it_and_the_rest_are_large():
    assert parts_told([30], [12]) == [Told(12, 0)]


def test_a_part_is_not_told_when_it_or_the_rest_is_small():
    assert parts_told([30], [3]) == [Told(None, None)]
    assert parts_told([30], [27]) == [Told(None, None)]


def test_nought_and_all_are_told():
    assert parts_told([30, 60], [0, 30]) == [Told(0, 0), Told(30, 1)]


def test_one_person_more_in_the_next_quarter_is_not_told():
    """12, then 13: the difference would point at one person."""
    assert parts_told([30, 31], [12, 13]) == [Told(12, 0), Told(12, 0)]


def test_what_waited_is_told_together_once_it_is_large():
    assert parts_told([30, 60, 90], [12, 15, 45])[2] == Told(45, 2)


def test_what_waited_stays_untold_where_its_exact_total_would_narrow_it():
    told = parts_told([15, 23], [8, 13])
    assert told == [Told(None, None), Told(None, None)]


def test_what_a_correction_took_away_is_told_in_no_part():
    assert parts_told([30, 28, 90], [12, 11, 50])[1:] == [Told(12, 0), Told(12, 0)]


def test_a_figure_alone_waits_until_enough_came():
    assert [one.number for one in lone_told([0, 4, 9, 10, 12, 25])] == [0, 0, 0, 10, 10, 25]


steps = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5)


@settings(max_examples=80, deadline=None)
@given(steps=steps)
def test_an_attacker_with_every_date_learns_no_more_than_the_exact_totals_tell(steps):
    totals = [part + rest for part, rest in steps]
    parts = running([part for part, _ in steps])
    told = parts_told(running(totals), parts)
    known = [({("part", n): 1, ("rest", n): 1}, total) for n, total in enumerate(totals)]
    known += [
        ({("part", n): 1 for n in range(one.at + 1)}, one.number)
        for one in told
        if one.at is not None
    ]
    alone = {
        place for place, one in enumerate(told)
        if one.at == place and (place == 0 or told[place - 1].at == place - 1)
    }  # fmt: skip
    for place, total in enumerate(totals):
        lowest, highest = bounds(("part", place), known)
        if place in alone:
            assert all(number == 0 or number > 9 for number in steps[place])
        else:
            assert highest - lowest >= min(10, total)
