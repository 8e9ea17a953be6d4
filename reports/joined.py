"""Figures that bound each other are guarded together.

Whoever is new has a first consultation, entered in one deed with it: by Web, from our rooms, in a
municipality and by a relation as it is. What is told of consultations so says something of new
cases and the other way round, also where each by itself would pass.
"""

from collections.abc import Callable, Sequence

from ledger.states import Kind
from reports.behind import By
from reports.publishing import Above, Told, beneath_told, parts_told
from reports.rules import Figures, Indicator
from reports.states import Split

# Each entry of the first kind is made with one of the second.
ABOVE = {Kind.NEW_CASE: Kind.CONSULTATION}
Parts = dict[tuple[int, Split, int], list[Told]]


def above(indicators: Sequence[Indicator], one: Indicator) -> int | None:
    """The place of the indicator that has a unit for each of this one; None: there is none."""
    kind = ABOVE.get(one.kind)
    return _place(indicators, lambda other: other.kind == kind and other.cohort == one.cohort)


def beneath(indicators: Sequence[Indicator], one: Indicator) -> int | None:
    """The place of the indicator each of whose units has one in this; None: there is none."""
    return _place(indicators, lambda other: above([one], other) is not None)


def _place(indicators: Sequence[Indicator], fits: Callable[[Indicator], bool]) -> int | None:
    return next((place for place, other in enumerate(indicators) if fits(other)), None)


def told(
    indicators: Sequence[Indicator],
    history: Sequence[Sequence[Figures]],
    people: Sequence[By | None],
) -> Parts:
    """What is told of each part, by the indicator's place, the part and the year, at each moment.

    `history`: exact figures at each moment, of all indicators in their order.
    """
    found: Parts = {}
    order = sorted(range(len(indicators)), key=lambda at: indicators[at].kind in ABOVE)
    for place in order:
        for split in indicators[place].splits:
            for year in history[-1][place].actual:
                found[place, split, year] = _told(
                    indicators, history, people, (place, split, year), found
                )
    return found


def _told(
    indicators: Sequence[Indicator],
    history: Sequence[Sequence[Figures]],
    people: Sequence[By | None],
    at: tuple[int, Split, int],
    found: Parts,
) -> list[Told]:
    place, split, year = at
    one = indicators[place]
    totals, parts = _totals(history, place, year), _parts(history, at)
    over = above(indicators, one)
    if over is not None and (over, split, year) in found:
        outer = Above(_totals(history, over, year), _parts(history, (over, split, year)))
        return beneath_told(totals, parts, above=outer, told_above=found[over, split, year])
    by = people[place]
    behind = None if by is None else [(now.parts[split], now.rests[split]) for now in by[year]]
    under = beneath(indicators, one)
    inside = None if under is None else _totals(history, under, year)
    return parts_told(totals, parts, behind, beneath=inside)


def _totals(history: Sequence[Sequence[Figures]], place: int, year: int) -> list[int]:
    return [lines[place].actual[year] for lines in history]


def _parts(history: Sequence[Sequence[Figures]], at: tuple[int, Split, int]) -> list[int]:
    place, split, year = at
    return [lines[place].splits[split][year] for lines in history]
