"""Small cells: what of a table may be shown so that nobody can be pointed at. Pure.

The yardstick is the one that public bodies in Japan use for statistics of care and health (for
example the MHLW's rules for the 介護DB and the NDB): 1–9 people are hidden and 0 is shown; of
a municipality of 2,000–25,000 people 1–19 are hidden; of a smaller one nothing is shown at all.

A hidden cell must not come back by arithmetic. A table with its totals is a circulation: rows feed
columns, columns feed the line of totals, that feeds the grand total, and the totals of the rows
lead back. What somebody who sees the table can conclude of a hidden cell is how far its flow can be
pushed up and down while the shown ones stand still. Where that is less than its `room`, one more
cell is hidden, until every hidden one has room or nothing is left to hide.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

# Hidden from 1 to here, whatever it counts.
SMALL = 9
# The same for a municipality of fewer than `MIDDLING` people.
SMALL_IN_TOWN = 19
MIDDLING = 25_000
# Below this nothing is shown.
TINY = 2_000

TOTAL = "*"
Place = tuple[str, str]
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What is small: 1 to `upto` are hidden; with `nothing` everything is, 0 too."""

    upto: int = SMALL
    nothing: bool = False

    @property
    def room(self) -> int:
        """How many people wide the span of a hidden cell must stay: highest less lowest."""
        return self.upto + 1

    def hides(self, value: int) -> bool:
        """Whether a cell of this value is hidden for its own sake."""
        return self.nothing or 0 < abs(value) <= self.upto


USUAL = Yardstick()
TOWN = Yardstick(upto=SMALL_IN_TOWN)
NOTHING = Yardstick(upto=SMALL_IN_TOWN, nothing=True)


def yardstick_of(population: int | None) -> Yardstick:
    """A municipality's yardstick; None, a population that nobody knows, counts as tiny."""
    if population is None or population < TINY:
        return NOTHING
    return TOWN if population < MIDDLING else USUAL


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by row and column; what isn't named is 0.

    `exact`: totals that the reader knows anyhow, as (row, `TOTAL`), (`TOTAL`, column); they are
    never hidden. The grand total always is one.
    `of_row`: whose yardstick isn't the usual one.
    `hidden`: cells that are hidden for a reason of their own, whatever their figure.
    `totals`: whether totals of rows and of columns are shown at all.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[Place, int]
    of_row: Mapping[str, Yardstick] = field(default_factory=dict)
    exact: Collection[Place] = ()
    hidden: Collection[Place] = ()
    totals: bool = True


@dataclass(frozen=True, slots=True)
class Guarded:
    """What may be shown: every place of a table and of its totals; None is hidden."""

    rows: Sequence[str]
    columns: Sequence[str]
    shown: Mapping[Place, int | None]

    def cell(self, row: str, column: str) -> int | None:
        """The figure at a place, `TOTAL` for a line of totals; None where it is hidden."""
        return self.shown[row, column]

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden."""
        return None not in self.shown.values()


def guard(table: Table) -> Guarded:
    """The table with what is small, and what would give it back, hidden.

    Where the exact totals alone leave less room than the yardstick asks for, everything beneath
    them is hidden: more can't be done without changing a total.
    A table with a negative count (what a correction takes away) shows its grand total alone.
    """
    values = _with_totals(table)
    fixed = {(TOTAL, TOTAL), *table.exact}
    # A line of one cell is that cell's total: of one column, the column's is the grand total.
    if len(table.columns) == 1:
        fixed.add((TOTAL, table.columns[0]))
    if len(table.rows) == 1:
        fixed.add((table.rows[0], TOTAL))
    if any(value < 0 for value in values.values()):
        return _shown(table, values, set(values) - fixed)
    yard = {place: table.of_row.get(place[0], USUAL) for place in values}
    hidden = {place for place, value in values.items() if yard[place].hides(value)} - fixed
    hidden |= set(table.hidden) - fixed
    if not table.totals:
        hidden |= {place for place in values if TOTAL in place} - fixed
    elsewhere = _same_figures(table)
    _follow(hidden, elsewhere, fixed)
    while more := _more(values, hidden, fixed, yard):
        hidden |= more
        _follow(hidden, elsewhere, fixed)
    return _shown(table, values, hidden)


def guard_line(
    counts: Mapping[str, int],
    *,
    of: Mapping[str, Yardstick] | None = None,
    hidden: Collection[str] = (),
) -> dict[str, int | None]:
    """A list of counts under a total that everybody knows; None is hidden.

    `hidden`: those that are hidden for a reason of their own.
    """
    table = Table(
        rows=list(counts),
        columns=["n"],
        counts={(row, "n"): value for row, value in counts.items()},
        of_row=of or {},
        hidden={(row, "n") for row in hidden},
    )
    guarded = guard(table)
    return {row: guarded.cell(row, "n") for row in counts}


def _with_totals(table: Table) -> dict[Place, int]:
    values = {
        (row, column): table.counts.get((row, column), 0)
        for row in table.rows
        for column in table.columns
    }
    inside = dict(values)
    for row in table.rows:
        values[row, TOTAL] = sum(inside[row, column] for column in table.columns)
    for column in (*table.columns, TOTAL):
        values[TOTAL, column] = sum(values[row, column] for row in table.rows)
    return values


def _shown(table: Table, values: Mapping[Place, int], hidden: set[Place]) -> Guarded:
    return Guarded(
        table.rows,
        table.columns,
        {place: None if place in hidden else value for place, value in values.items()},
    )


def _same_figures(table: Table) -> list[tuple[Place, Place]]:
    """Places that always hold one figure: where a line has one cell, its total is that cell."""
    pairs: list[tuple[Place, Place]] = []
    if len(table.columns) == 1:
        pairs += [((row, table.columns[0]), (row, TOTAL)) for row in table.rows]
    if len(table.rows) == 1:
        pairs += [((table.rows[0], column), (TOTAL, column)) for column in table.columns]
    return pairs


def _follow(
    hidden: set[Place], pairs: Sequence[tuple[Place, Place]], fixed: Collection[Place]
) -> None:
    for one, other in pairs:
        if one in hidden and other not in fixed:
            hidden.add(other)
        if other in hidden and one not in fixed:
            hidden.add(one)


def _more(
    values: Mapping[Place, int],
    hidden: set[Place],
    fixed: Collection[Place],
    yard: Mapping[Place, Yardstick],
) -> set[Place]:
    """Further places to hide, because some hidden one has too little room; empty: all have."""
    flows = _Flows(values, hidden, fixed)
    for place in sorted(hidden):
        enough = yard[place].room
        tail, head = _ends(place)
        up, after = flows.pushed(head, tail, place, enough)
        if up >= enough:
            continue
        down, after_down = flows.pushed(tail, head, place, min(enough - up, values[place]))
        if up + down >= enough:
            continue
        # A way round through what is still shown: the one that costs the fewest people.
        around = flows.around(head, tail, place, after)
        if around is None and down < values[place]:
            around = flows.around(tail, head, place, after_down)
        if around:
            return around
    return set()


class _Flows:
    """How far hidden figures can be pushed while the shown ones stand still."""

    def __init__(
        self, values: Mapping[Place, int], hidden: Collection[Place], fixed: Collection[Place]
    ) -> None:
        self._values = values
        self._hidden = hidden
        self._at: dict[Node, list[Place]] = {}
        for place in values:
            if place not in fixed:
                for node in _ends(place):
                    self._at.setdefault(node, []).append(place)

    def pushed(
        self, start: Node, end: Node, without: Place, wanted: int
    ) -> tuple[int, dict[Place, int]]:
        """How much more fits from one end to the other, up to `wanted`; the flow after that."""
        flow = {place: self._values[place] for place in self._hidden if place != without}
        done = 0
        while done < wanted and (path := self._path(start, end, flow, {})):
            step = min([wanted - done, *(flow[p] for p, forward in path if not forward)])
            for place, forward in path:
                flow[place] += step if forward else -step
            done += step
        return done, flow

    def around(
        self, start: Node, end: Node, without: Place, flow: Mapping[Place, int]
    ) -> set[Place] | None:
        """The shown places by whose hiding more would fit; None: by none."""
        shown = {p: v for p, v in self._values.items() if p not in flow and p != without}
        path = self._path(start, end, flow, shown)
        return None if path is None else {place for place, _ in path if place in shown}

    def _path(
        self, start: Node, end: Node, flow: Mapping[Place, int], shown: Mapping[Place, int]
    ) -> list[tuple[Place, bool]] | None:
        """The cheapest way; a shown place costs one and its people, a hidden one nothing."""
        came: dict[Node, tuple[Node, Place, bool]] = {}
        cost = {start: 0}
        waiting = [(0, start)]
        while waiting:
            price, node = heappop(waiting)
            if node == end:
                return _back(came, start, end)
            if price > cost[node]:
                continue
            for place in self._at.get(node, ()):
                left = flow.get(place, shown.get(place))
                tail, head = _ends(place)
                forward = tail == node
                if left is None or not (forward or left > 0):
                    continue
                there, sum_ = (head if forward else tail), price
                if place in shown:
                    sum_ += 1 + shown[place]
                if sum_ < cost.get(there, sum_ + 1):
                    cost[there] = sum_
                    came[there] = (node, place, forward)
                    heappush(waiting, (sum_, there))
        return None


def _back(
    came: Mapping[Node, tuple[Node, Place, bool]], start: Node, end: Node
) -> list[tuple[Place, bool]]:
    path, node = [], end
    while node != start:
        node, place, forward = came[node]
        path.append((place, forward))
    return path


def _ends(place: Place) -> tuple[Node, Node]:
    """From where to where a figure flows: row → column → totals' row → grand total → row."""
    row, column = place
    if row == TOTAL:
        return (
            (("row", TOTAL), ("column", TOTAL))
            if column == TOTAL
            else (
                ("column", column),
                ("row", TOTAL),
            )
        )
    return (
        (("column", TOTAL), ("row", row))
        if column == TOTAL
        else (
            ("row", row),
            ("column", column),
        )
    )
