"""Plots as numbers: where which bar stands. The template draws them as SVG; pure.

Told apart by pattern as well as by colour, and always with a table beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 12, 34
STEPS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `kind` is its place among its neighbours (0: the first series)."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    words: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place: of a group under it, of a line beside it."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart: everything a template needs."""

    title: str
    description: str
    series: Sequence[str]
    bars: list[Bar]
    groups: list[Mark]
    lines: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - BOTTOM


def bars(
    *,
    title: str,
    description: str,
    series: Sequence[str],
    groups: Sequence[tuple[str, Sequence[int | None]]],
) -> Bars:
    """A bar per series in each group; None is a figure that is hidden and has no height."""
    top = _round_up(max([0, *(n for _, values in groups for n in values if n is not None)]))
    inner = HEIGHT - TOP - BOTTOM
    foot = HEIGHT - BOTTOM
    step = (WIDTH - LEFT - RIGHT) / max(len(groups), 1)
    thick = min(step * 0.8 / max(len(series), 1), 48)
    made, named = [], []
    for place, (words, values) in enumerate(groups):
        middle = LEFT + step * (place + 0.5)
        named.append(Mark(round(middle, 1), words))
        start = middle - thick * len(values) / 2
        for kind, value in enumerate(values):
            high = inner * (value or 0) / top
            told = "＊" if value is None else f"{value:,}"
            made.append(
                Bar(
                    round(start + thick * kind + thick * 0.05, 1),
                    round(foot - high, 1),
                    round(thick * 0.9, 1),
                    round(high, 1),
                    kind,
                    f"{words} {series[kind]} {told}",
                    value is None,
                )
            )
    lines = [
        Mark(round(foot - inner * number / STEPS, 1), f"{top * number // STEPS:,}")
        for number in range(STEPS + 1)
    ]
    return Bars(title, description, series, made, named, lines)


def _round_up(number: int) -> int:
    """The next number of one or two digits and noughts that `STEPS` divides."""
    unit = 1
    while unit * 10 * STEPS <= number:
        unit *= 10
    step = unit * STEPS
    return max(-(-number // step) * step, STEPS)


def shade(number: int | None, most: int) -> int:
    """0 (none) to 4 (most) for a cell of a grid; a hidden one has no shade: -1."""
    if number is None:
        return -1
    return 0 if not number or not most else min(4, 1 + 4 * (number - 1) // most)
