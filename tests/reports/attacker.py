"""An attacker: what can be concluded of hidden figures from everything that is shown.

Knows nothing of how figures were chosen to be hidden: only sums, and that nobody is counted a
negative number of times. Exact linear programs in fractions, with Bland's rule; independent of
`reports.suppression` on purpose.
"""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction

Name = Hashable
# Σ coefficient × figure = number
Sum = tuple[Mapping[Name, int], int]


def bounds(wanted: Name, sums: Iterable[Sum]) -> tuple[int, int | None]:
    """The lowest and highest whole number that a figure can be; None: no end upwards."""
    sums = list(sums)
    names = sorted({name for sides, _ in sums for name in sides}, key=repr)
    if wanted not in names:
        return 0, None
    lowest = _extreme(names, sums, {wanted: Fraction(1)})
    highest = _extreme(names, sums, {wanted: Fraction(-1)})
    assert lowest is not None, "a figure is never negative"
    return _up(lowest), None if highest is None else -_up(highest)


def _up(number: Fraction) -> int:
    return -((-number.numerator) // number.denominator)


def _extreme(names, sums, cost) -> Fraction | None:
    """The least of a cost over everything that fits; None: no least."""
    width, height = len(names), len(sums)
    rows = []
    for number, (sides, right) in enumerate(sums):
        sign = -1 if right < 0 else 1
        line = [Fraction(sign * sides.get(name, 0)) for name in names]
        line += [Fraction(int(number == one)) for one in range(height)]
        rows.append([*line, Fraction(sign * right)])
    basis = [width + number for number in range(height)]
    start = [Fraction(0)] * width + [Fraction(1)] * height
    assert _descend(rows, basis, start, width + height) == 0, "what is shown doesn't fit together"
    for number, column in enumerate(basis):
        if column < width:
            continue
        free = next((c for c in range(width) if rows[number][c] != 0), None)
        if free is not None:
            _pivot(rows, basis, number, free)
    goal = [cost.get(name, Fraction(0)) for name in names] + [Fraction(0)] * height
    return _descend(rows, basis, goal, width)


def _descend(rows, basis, cost, usable) -> Fraction | None:
    while True:
        price = [cost[column] for column in basis]
        enters = next(
            (
                c
                for c in range(usable)
                if c not in basis
                and cost[c] - sum(p * row[c] for p, row in zip(price, rows, strict=True)) < 0
            ),
            None,
        )
        if enters is None:
            return sum((p * row[-1] for p, row in zip(price, rows, strict=True)), start=Fraction(0))
        ratios = [
            (row[-1] / row[enters], basis[number], number)
            for number, row in enumerate(rows)
            if row[enters] > 0
        ]
        if not ratios:
            return None
        _pivot(rows, basis, min(ratios)[2], enters)


def _pivot(rows, basis, number, column) -> None:
    divisor = rows[number][column]
    rows[number] = [one / divisor for one in rows[number]]
    for other, row in enumerate(rows):
        if other != number and row[column] != 0:
            factor = row[column]
            rows[other] = [a - factor * b for a, b in zip(row, rows[number], strict=True)]
    basis[number] = column
