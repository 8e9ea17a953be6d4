"""Small cells stay hidden, also from someone who adds and subtracts."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.suppression import (
    NOTHING,
    TOTAL,
    TOWN,
    USUAL,
    Guarded,
    Table,
    guard,
    guard_line,
    yardstick_of,
)
from tests.reports.attacker import bounds


def sums_of(guarded: Guarded):
    """Everything that a reader of the table knows: every line adds up, and what is shown."""
    rows, columns = [*guarded.rows, TOTAL], [*guarded.columns, TOTAL]
    lines = [([(row, column) for column in guarded.columns], (row, TOTAL)) for row in rows] + [
        ([(row, column) for row in guarded.rows], (TOTAL, column)) for column in columns
    ]
    found = []
    for parts, total in lines:
        sides: dict[tuple[str, str], int] = {}
        right = 0
        for place, sign in [*((part, 1) for part in parts), (total, -1)]:
            value = guarded.shown[place]
            if value is None:
                sides[place] = sides.get(place, 0) + sign
            else:
                right -= sign * value
        found.append((sides, right))
    return [(sides, right) for sides, right in found if sides]


def room_left(guarded: Guarded, place) -> int | None:
    lowest, highest = bounds(place, sums_of(guarded))
    return None if highest is None else highest - lowest


def hidden(guarded: Guarded):
    return sorted(place for place, value in guarded.shown.items() if value is None)


def table(counts: list[list[int]], **how) -> Table:
    rows = [f"r{number}" for number in range(len(counts))]
    columns = [f"c{number}" for number in range(len(counts[0]))]
    cells = {
        (row, column): counts[y][x]
        for (y, row), (x, column) in itertools.product(enumerate(rows), enumerate(columns))
    }
    return Table(rows, columns, cells, **how)


@pytest.mark.parametrize(
    ("population", "yardstick"),
    [(None, NOTHING), (366, NOTHING), (1_999, NOTHING), (2_000, TOWN), (24_999, TOWN),
     (25_000, USUAL), (1_525_152, USUAL)],
)  # fmt: skip
def test_the_yardstick_goes_by_how_many_people_live_there(population, yardstick):
    assert yardstick_of(population) == yardstick


def test_one_to_nine_are_hidden_and_nought_and_ten_are_shown():
    assert USUAL.hides(1)
    assert USUAL.hides(9)
    assert not USUAL.hides(0)
    assert not USUAL.hides(10)
    assert TOWN.hides(19)
    assert not TOWN.hides(20)
    assert NOTHING.hides(0)


def test_a_table_without_small_cells_is_shown_whole():
    assert guard(table([[10, 20], [30, 0]])).whole


def test_a_single_small_cell_takes_another_along_in_each_direction():
    guarded = guard(table([[3, 40, 50], [60, 70, 80], [90, 100, 110]]))
    cells = [place for place in hidden(guarded) if TOTAL not in place]
    assert ("r0", "c0") in cells
    assert len(cells) == 4
    assert min(room_left(guarded, place) for place in hidden(guarded)) >= 10


def test_two_small_cells_that_share_a_line_need_a_third():
    """2 + 3 = 5 leaves each of them six values: a larger one must go with them."""
    guarded = guard_line({"a": 2, "b": 3, "c": 40, "d": 50})
    assert guarded == {"a": None, "b": None, "c": None, "d": 50}


def test_a_nought_is_hidden_too_where_it_would_give_a_small_one_back():
    assert guard_line({"a": 12, "b": 0, "c": 4}) == {"a": None, "b": 0, "c": None}
    assert guard_line({"a": 0, "b": 0, "c": 4}) == {"a": None, "b": 0, "c": None}


def test_nothing_is_told_of_a_village():
    guarded = guard_line({"mura": 0, "shi": 300, "cho": 200}, of={"mura": NOTHING})
    assert guarded["mura"] is None
    assert None in (guarded["shi"], guarded["cho"])


def test_exact_totals_are_never_hidden():
    exact = {("r0", TOTAL), ("r1", TOTAL)}
    guarded = guard(table([[3, 1], [20, 30]], exact=exact))
    assert guarded.cell("r0", TOTAL) == 4
    assert guarded.cell("r1", TOTAL) == 50
    assert guarded.cell(TOTAL, TOTAL) == 54
    assert guarded.cell("r0", "c0") is guarded.cell("r0", "c1") is None


def test_what_a_correction_takes_away_is_shown_as_a_total_alone():
    guarded = guard(table([[30, -2], [20, 30]]))
    assert [place for place, value in guarded.shown.items() if value is not None] == [
        (TOTAL, TOTAL)
    ]


def test_totals_that_are_not_shown_are_hidden_with_the_small_cells():
    guarded = guard(table([[3, 40], [60, 70]], totals=False))
    assert guarded.cell("r0", TOTAL) is None
    assert guarded.cell(TOTAL, TOTAL) == 173


counts = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 12), st.integers(0, 60)), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)
yardsticks = st.lists(st.sampled_from([USUAL, USUAL, TOWN, NOTHING]), min_size=4, max_size=4)


@settings(max_examples=80, deadline=None)
@given(counts=counts, yards=yardsticks, exact=st.booleans(), totals=st.booleans())
def test_an_attacker_who_solves_for_hidden_cells_learns_no_more_than_the_exact_totals_tell(
    counts, yards, exact, totals
):
    plain = table(counts)
    of_row = dict(zip(plain.rows, yards, strict=False))
    known = {(row, TOTAL) for row in plain.rows} if exact else set()
    guarded = guard(table(counts, of_row=of_row, exact=known, totals=totals))
    for place, value in guarded.shown.items():
        yard = of_row.get(place[0], USUAL)
        if value is not None:
            free = place in known or place == (TOTAL, TOTAL) or single_line(plain, place)
            assert free or not yard.hides(value)
            continue
        left = room_left(guarded, place)
        # Where only the exact totals stand, nothing more could be hidden.
        bare = Guarded(
            plain.rows,
            plain.columns,
            {
                other: shown if other in known or other == (TOTAL, TOTAL) else None
                for other, shown in guarded.shown.items()
            },
        )
        assert left is None or left >= min(yard.room, room_left(bare, place) or 0)


def single_line(plain: Table, place) -> bool:
    """A line's only cell is its total: of a table of one row or column, the grand one."""
    return (place[0] == TOTAL and len(plain.columns) == 1) or (
        place[1] == TOTAL and len(plain.rows) == 1
    )


@settings(max_examples=60, deadline=None)
@given(counts=counts)
def test_what_is_shown_is_true(counts):
    plain = table(counts)
    guarded = guard(plain)
    for place, value in plain.counts.items():
        assert guarded.shown[place] in (None, value)


def test_the_attacker_finds_a_cell_that_a_careless_table_gives_back():
    careless = Guarded(
        ["r0", "r1"],
        ["c0", "c1"],
        {
            ("r0", "c0"): None, ("r0", "c1"): 40, ("r0", TOTAL): 43,
            ("r1", "c0"): 60, ("r1", "c1"): 70, ("r1", TOTAL): 130,
            (TOTAL, "c0"): 63, (TOTAL, "c1"): 110, (TOTAL, TOTAL): 173,
        },
    )  # fmt: skip
    assert room_left(careless, ("r0", "c0")) == 0
