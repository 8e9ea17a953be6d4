"""What anyone may read: closed years of a sheet, with the program's words.

地域就職氷河期世代支援加速化交付金 実施要綱 §9 asks a body to verify its indicators every year and
to publish them on the internet. Only the totals of years that were closed are here, which are
exact; no part of a figure is (うちWeb, municipality, relation), so there is no small cell to guard.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from foundation.clock import jst_day
from foundation.tables import harmless
from reports import queries, rules
from reports.formats import header_of
from reports.models import Closing
from reports.rules import Indicator, Sheet, reiwa


@dataclass(frozen=True, slots=True)
class Said:
    """The program's words to one indicator of one year."""

    year: int
    words: str
    on: date


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator as it is published. `actual` has the published years alone.

    `revised`: (year, as it was published first, as it is now), 過年度修正.
    """

    indicator: Indicator
    actual: dict[int, int]
    caveat: str
    said: list[Said]
    revised: list[tuple[int, int, int]]

    @property
    def actual_sum(self) -> int:
        """Of the published years."""
        return sum(self.actual.values())

    @property
    def rate(self) -> float | None:
        """Of the target of all years, in percent; None without a target."""
        target = self.indicator.target_sum
        return 100 * self.actual_sum / target if target else None


@dataclass(frozen=True, slots=True)
class Publication:
    """A sheet up to its newest published year."""

    sheet: Sheet
    year: int
    closed_on: date
    published_on: date
    lines: list[Line]
    overlap: str  # what is printed where people of several houses can't be told apart


def sheets() -> list[tuple[Sheet, int]]:
    """The sheets of which something is published, each with its newest published year."""
    newest: dict[str, Closing] = {}
    for row in Closing.objects.filter(published_at__isnull=False).order_by("year"):
        newest[row.sheet] = row
    found = [(rules.parse(slug, row.rules), row.year) for slug, row in newest.items()]
    return sorted(found, key=lambda one: (one[0].body, one[0].slug))


def sheet(slug: str) -> Publication | None:
    """A sheet as it is published; None where nothing of it is."""
    rows = list(
        Closing.objects.filter(sheet=slug, published_at__isnull=False)
        .order_by("year")
        .prefetch_related("remarks")
    )
    if not rows:
        return None
    last = rows[-1]
    found = rules.parse(slug, last.rules)
    told = [(row, _actual(row)) for row in rows]
    return Publication(
        found, last.year, jst_day(last.upto), jst_day(_published(last)),
        [_line(one, last, told) for one in found.indicators], queries.overlap_of(found.program),
    )  # fmt: skip


def _published(row: Closing) -> datetime:
    if row.published_at is None:
        raise ValueError("a closing that nobody published")
    return row.published_at


def _actual(row: Closing) -> dict[str, dict[int, int]]:
    return {one["code"]: {int(year): n for year, n in one["actual"].items()} for one in row.figures}


def _line(
    one: Indicator, last: Closing, told: list[tuple[Closing, dict[str, dict[int, int]]]]
) -> Line:
    newest = told[-1][1][one.code]
    said = [
        Said(row.year, remark.words, jst_day(remark.at))
        for row, _ in told
        for remark in row.remarks.all()
        if remark.code == one.code
    ]
    revised = [
        (row.year, then[one.code][row.year], newest[row.year])
        for row, then in told
        if one.code in then and then[one.code][row.year] != newest[row.year]
    ]
    years = {row.year for row, _ in told}
    return Line(
        one,
        {year: number for year, number in newest.items() if year in years},
        _caveat(one, last),
        said,
        revised,
    )


def _caveat(one: Indicator, last: Closing) -> str:
    listed = next(told["listed"] for told in last.figures if told["code"] == one.code)
    return rules.Figures(one, {}, listed=listed).caveat


def as_csv(told: Publication) -> str:
    """The table with its words; CRLF, nothing in it that a spreadsheet would compute."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    header: list[str | int] = ["指標", "単位", "事業開始前"]
    for year in told.sheet.years:
        header += [f"{reiwa(year)} 目標", f"{reiwa(year)} 実績"]
    years = [year for year in told.sheet.years if year <= told.year]
    header += ["累計 目標", "累計 実績", "達成率(%)", "注"]
    table: list[list[str | int]] = [header + [f"{reiwa(year)} コメント" for year in years]]
    for line in told.lines:
        one = line.indicator
        cells: list[str | int] = [one.label, one.unit, one.baseline]
        for year in told.sheet.years:
            cells += [one.targets[year], line.actual.get(year, "-")]
        rate = "-" if line.rate is None else f"{line.rate:.1f}"
        cells += [one.target_sum, line.actual_sum, rate, line.caveat]
        words = {said.year: said.words for said in line.said}
        table.append(cells + [words.get(year, "") for year in years])
    table.append([])
    table += [[name, words] for name, words in header_of(told.sheet)]
    table += [[], [f"{told.closed_on.isoformat()} の締め", f"{told.published_on} 公表"]]
    notes = [*([told.overlap] if told.overlap else []), *rules.in_words(told.sheet)]
    table += [[words] for words in notes]
    for row in table:
        writer.writerow(
            [harmless(one) if isinstance(one, str) and one != "-" else one for one in row]
        )
    return out.getvalue()
