"""Figures of a year by place, as far as they may be told. Pure.

What is small is hidden, and with it what would give it back: by the total, by what other quarters'
totals say, by people where a figure isn't people, and by another figure that bounds it.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from reports.publishing import stretches, width
from reports.suppression import USUAL, Yardstick, guard_line

Shown = dict[str, int | None]


class Year(NamedTuple):
    """A year's figures: how much by place, of how many people, the exact total at each moment."""

    counts: Mapping[str, int]
    people: Mapping[str, int]
    totals: Sequence[int]


def guarded_year(
    counts: Mapping[str, int],
    people: Mapping[str, int],
    totals: Sequence[int],
    *,
    of: Mapping[str, Yardstick],
    also: Collection[str] = (),
) -> dict[str, int | None]:
    """A year's figures by place; None is hidden.

    `people`: how many different ones are behind each; `totals`: the exact total at each moment at
    which it was told, the last of them that of `counts`. `also`: places that are hidden anyhow.
    """
    whole = sum(counts.values())
    if not whole:  # then nobody is anywhere, as the total says
        return {place: None if of[place].nothing else 0 for place in counts}
    steps = [after - before for before, after in pairwise((0, *totals))]
    hidden = set(also) | {
        place
        for place, count in counts.items()
        if count
        and (
            people[place] <= of[place].upto
            or any(
                _points_at(
                    run, whole, (count, people[place]), _rest(place, counts, people), of[place]
                )
                for run in stretches(steps)
            )
        )
    }
    while True:
        shown = guard_line(counts, of=of, hidden=hidden)
        gone = [place for place, count in shown.items() if count is None and counts[place]]
        # What is hidden is known in sum: it too must be many people's.
        if not gone or max(people[place] for place in gone) > USUAL.upto:
            return shown
        left = [place for place, count in shown.items() if count]
        if not left:
            return dict.fromkeys(counts)
        hidden |= {*gone, min(left, key=lambda place: (counts[place], place))}


def _rest(place: str, counts: Mapping[str, int], people: Mapping[str, int]) -> tuple[int, int]:
    others = [one for one in counts if one != place]
    return sum(counts[one] for one in others), max((people[one] for one in others), default=0)


def _points_at(
    run: int, whole: int, part: tuple[int, int], rest: tuple[int, int], yard: Yardstick
) -> bool:
    """Whether the total of a stretch of quarters, and of the rest of them, tells how few of a
    part fell into it. `part`, `rest`: (how much, of how many people).
    """
    lowest, highest = max(0, run - rest[0]), min(run, part[0])
    if run <= 0 or highest - lowest >= min(yard.room, run):
        return False
    after = whole - run  # of the part's people at most so many came outside the stretch alone
    many = lowest > yard.upto and part[1] - after > yard.upto
    others = not rest[0] or (run - highest > yard.upto and rest[1] - after > yard.upto)
    return not (many and others)


def guarded_pair(outer: Year, inner: Year, *, of: Mapping[str, Yardstick]) -> tuple[Shown, Shown]:
    """Two figures by place, each unit of the inner with one of the outer in the same place.

    An outer place that is told, beside an inner one that is hidden, could hold all that is hidden
    of the inner, and so could the others; an inner place, 0 too, is told only where the outer is.
    """
    out: set[str] = set()
    inside: set[str] = set()
    while True:
        above = guarded_year(*outer, of=of, also=out)
        beneath = guarded_year(*inner, of=of, also=inside)
        if not sum(outer.counts.values()):
            return above, beneath
        more_in = {
            place
            for place, count in beneath.items()
            if count is not None
            and (above[place] is None or (count and not _apart(outer, inner, place, of[place])))
        } - inside
        more_out = _bounding(outer.counts, inner.counts, above, beneath) - out
        if not more_in and not more_out:
            return above, beneath
        inside |= more_in
        out |= more_out


def _bounding(
    outer: Mapping[str, int], inner: Mapping[str, int], above: Shown, beneath: Shown
) -> set[str]:
    """The outer places to hide, because they or what is left narrow a hidden inner one."""
    unseen = [place for place, count in beneath.items() if count is None]
    much = sum(inner[place] for place in unseen)
    dark = [place for place, count in above.items() if count is None]
    shade = sum(outer[place] for place in dark)
    clear = [place for place in unseen if place not in dark]
    narrow = False
    for place in unseen:
        own = outer[place] if place in clear else shade
        rest = sum(outer[one] for one in clear if one != place)
        if any(one in dark for one in unseen if one != place):
            rest += shade
        narrow = narrow or own < much or rest < much
    if not narrow or (len(unseen) == 1 and not clear):
        return set()
    if clear:
        return set(clear)
    left = [place for place, count in above.items() if count]
    return {min(left, key=lambda place: (outer[place], place))} if left else set()


def _apart(outer: Year, inner: Year, place: str, yard: Yardstick) -> bool:
    """Whether how much of an outer place a stretch of quarters brought stays as wide as it was,
    when the same place of the inner is told too.
    """
    part, own = outer.counts[place], inner.counts[place]
    whole, mine = sum(outer.counts.values()), sum(inner.counts.values())
    steps = [after - before for before, after in pairwise((0, *outer.totals))]
    own_steps = [after - before for before, after in pairwise((0, *inner.totals))]
    for first in range(len(steps)):
        for last in range(first + 1, len(steps) + (first > 0)):
            run, own_run = sum(steps[first:last]), sum(own_steps[first:last])
            others = width(
                max(0, run - own_run), max(0, part - own), max(0, whole - part - mine + own)
            )
            wide = width(own_run, own, mine - own) + others
            if run > 0 and wide < min(yard.room, run):
                return False
    return True
