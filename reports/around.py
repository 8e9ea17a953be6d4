"""A sheet among the others of its program: what is told of all of them is one system. Pure.

Two sheets may tell the same years of the same deeds: what one of them hides must not follow from
the other. Parts of a kind and year are told by one setting only, that of the first sheet that has
it; a later sheet that counts them otherwise hides them, since the difference may be a few people.
And figures that bound each other do so whichever sheets they stand on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.joined import above, beneath
from reports.rules import Indicator, Sheet


@dataclass(frozen=True, slots=True)
class Around:
    """`whole`: the sheet, after its own indicators those of others that bound them. `untold`: by
    the place of each of its own, the years of which another sheet tells the parts otherwise.
    """

    whole: Sheet
    untold: tuple[frozenset[int], ...]

    def hides(self, place: int, year: int) -> bool:
        """Whether nothing but the exact figure of an indicator is told of a year."""
        return place < len(self.untold) and year in self.untold[place]


def around(sheet: Sheet, every: Sequence[Sheet]) -> Around:
    """`every`: all sheets of its program, this one among them, in the order they came to be."""
    slugs = [one.slug for one in every]
    others = [one for one in every if one.slug != sheet.slug]
    indicators = list(sheet.indicators)
    for other in (one for row in others for one in row.indicators):
        bounds = any(above([other], one) == 0 or beneath([other], one) == 0 for one in indicators)
        if bounds and not any(_setting(one) == _setting(other) for one in indicators):
            indicators.append(other)
    before = every[: slugs.index(sheet.slug)] if sheet.slug in slugs else others
    clashes = [_told_otherwise(one, sheet, before) for one in indicators]
    untold = []
    for place, one in enumerate(sheet.indicators):
        bound = (place, above(indicators, one), beneath(indicators, one))
        years = [clashes[at] for at in bound if at is not None and at < len(sheet.indicators)]
        untold.append(frozenset[int]().union(*years))
    return Around(replace(sheet, indicators=tuple(indicators)), tuple(untold))


def _told_otherwise(one: Indicator, sheet: Sheet, before: Sequence[Sheet]) -> frozenset[int]:
    found = set()
    for year in sheet.years:
        rows = (other for told in before if year in told.years for other in told.indicators)
        first = next((other for other in rows if other.kind is one.kind), None)
        if first is not None and _setting(first) != _setting(one):
            found.add(year)
    return frozenset(found)


def _setting(one: Indicator) -> tuple[object, ...]:
    """By what an indicator counts, whatever it is called and whatever its targets are."""
    return (
        one.kind, one.count, one.destination, one.each_destination, one.cohort,
        one.asks_own_room and one.own_room,
    )  # fmt: skip
