"""A sheet as its readers take it away: CSV, JSON, and an Excel form whose sums are formulas."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from accounts.models import Staff
from foundation.tables import harmless
from reports import queries, rules
from reports.formats import NOT_KNOWN, UNKNOWN, header_of, told_exactly
from reports.guarded import Line, Part, Reading
from reports.models import Closing
from reports.rules import reiwa

HIDDEN = "＊"
NONE = "-"
LEGEND = "＊ … 人数が少ないため表示していません(0はそのまま) / - … この数はありません"
Row = list[str | int]


def rows(reading: Reading) -> list[Row]:
    """The grant's table, header first; under each indicator what is told beside it."""
    header: Row = ["符号", "指標", "単位", "事業開始前"]
    for year in reading.sheet.years:
        header += [f"{reiwa(year)} 目標", f"{reiwa(year)} 実績"]
    found: list[Row] = [[*header, "累計 目標", "累計 実績", "達成率(%)", "注"]]
    for line in reading.lines:
        one = line.indicator
        cells: Row = [one.code, one.label, one.unit, one.baseline]
        for year in reading.sheet.years:
            cells += [one.targets[year], line.exact.actual[year]]
        rate = NONE if line.rate is None else f"{line.rate:.1f}"
        found.append([*cells, one.target_sum, line.exact.actual_sum, rate, line.exact.caveat])
        found += [_beside(reading, line, part) for part in line.parts]
    return found


def _beside(reading: Reading, line: Line, part: Part) -> Row:
    cells: Row = [line.indicator.code, f"　{part.words}", "", ""]
    for year in reading.sheet.years:
        untold = NOT_KNOWN if year in part.nameless else HIDDEN
        cells += ["", untold if (number := part.years[year]) is None else number]
    since = "、".join(f"{reiwa(y)}は{day.isoformat()}現在" for y, day in sorted(part.since.items()))
    return [*cells, "", NONE if part.sum is None else part.sum, "", since]


def _closed(reading: Reading) -> str:
    for one in closings(reading):
        if reading.closing is not None and one.closing.pk == reading.closing.pk:
            return f"{one.words} 作成者 {one.made_by} 確認者 {one.checked_by or '(確認待ち)'}"
    return ""


def as_csv(reading: Reading) -> str:
    """CRLF; nothing in it that a spreadsheet would compute."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    table = [*rows(reading), list[str | int]()]
    table += [[name, words] for name, words in header(reading)]
    for told in revisions(reading):
        table += [[], [told.title], *(list(row) for row in told.rows)]
    table.append([])
    table += [[words] for words in footnotes(reading)]
    for row in table:
        writer.writerow(
            [harmless(one) if isinstance(one, str) and one != NONE else one for one in row]
        )
    return out.getvalue()


def as_json(reading: Reading) -> str:
    """As the command's (`formats.as_json`), with what stands beside each figure under `beside`:
    `[{"label", "years": {year: {"actual"}}, "sum"}]`. What is hidden is null, and says
    `"hidden": true`.
    """
    told = {
        "sheet": reading.sheet.slug,
        "as_of": reading.as_of.isoformat(),
        "indicators": [_line_told(line) for line in reading.lines],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _line_told(line: Line) -> dict[str, Any]:
    unknown = [part for part in line.parts if part.words == UNKNOWN]
    hides = any(part.hides for part in unknown)
    told = told_exactly(line.exact)
    told["unknown_cohort"] = unknown[0].sum if unknown else None
    return {
        **told,
        **({"hidden": True} if hides else {}),
        "beside": [_part_told(part) for part in line.parts],
    }


def _part_told(part: Part) -> dict[str, Any]:
    return {
        "label": part.words,
        "years": {
            str(year): {"actual": number, **_why(part, year)} for year, number in part.years.items()
        },
        "sum": {
            "actual": part.sum,
            **({"hidden": True} if part.hides and part.sum is None else {}),
        },
    }


def _why(part: Part, year: int) -> dict[str, bool]:
    if part.years[year] is not None:
        return {}
    return {"unknown": True} if year in part.nameless else {"hidden": True}


@dataclass(frozen=True, slots=True)
class Revised:
    """過年度修正 of one closing: a title; (indicator, year, closed, now, difference) with heads."""

    title: str
    rows: list[tuple[str, str, str | int, str | int, str]]


def revisions(reading: Reading) -> list[Revised]:
    """What is otherwise than when a year was closed; a closing without any says so."""
    now = reading.ends[0] if reading.closing else reading.as_of
    found = []
    for closing, cells in reading.revisions:
        labels = {one["code"]: one["label"] for one in closing.rules["indicators"]}
        title = f"過年度修正({reiwa(closing.year)}の締めから{now.isoformat()}まで)"
        head = ("指標", "年度", "締め", "いま", "差")
        rows = [
            (labels[one.code], reiwa(one.year), one.closed, one.now, f"{one.difference:+,}")
            for one in cells
        ]
        found.append(Revised(title, [head, *rows] if rows else [("ありません", "", "", "", "")]))
    return found


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing as it is printed: year, 作成者 and 確認者 by name, empty where nobody checked."""

    closing: Closing
    words: str
    made_by: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """A closing that was sent back: which year, by whom, when and why."""

    year: str
    by: str
    at: datetime
    reason: str


def sent_back(reading: Reading) -> list[SentBack]:
    """What waits to be closed anew, for the one who made it."""
    people = {one.sent_back_by for one in reading.sent_back if one.sent_back_by is not None}
    names = _names(people)
    return [
        SentBack(
            reiwa(one.year), names.get(one.sent_back_by or 0, ""), one.sent_back_at,
            one.sent_back_reason,
        )
        for one in reading.sent_back
        if one.sent_back_at is not None
    ]  # fmt: skip


def _names(people: set[int]) -> dict[int, str]:
    return dict(Staff.objects.filter(pk__in=people).values_list("pk", "display_name"))


def closings(reading: Reading) -> list[Closed]:
    """The closings of a sheet, by year."""
    people = {one.made_by for one in reading.closings}
    people |= {one.checked_by for one in reading.closings if one.checked_by is not None}
    names = _names(people)
    return [
        Closed(one, reiwa(one.year), names.get(one.made_by, ""), names.get(one.checked_by or 0, ""))
        for one in reading.closings
    ]


def header(reading: Reading) -> list[tuple[str, str]]:
    """What stands above the table."""
    told = [("いつ現在", reading.as_of.isoformat()), ("締め", _closed(reading))]
    return header_of(reading.sheet) + [(name, words) for name, words in told if words]


def footnotes(reading: Reading) -> list[str]:
    """What stands below the table: signs, overlap, how each line is counted."""
    overlap = queries.overlap_of(reading.program.slug)
    return [LEGEND, *([overlap] if overlap else []), *rules.in_words(reading.sheet)]


def as_xlsx(reading: Reading) -> bytes:
    """A form: header, the grant's table with merged headings, rules beneath; A4 across."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        _Form(book, reading).fill()
    return out.getvalue()


class _Form:
    """The sheet of the workbook, filled from top to bottom."""

    def __init__(self, book: Any, reading: Reading) -> None:
        self.reading, self.years = reading, reading.sheet.years
        self.page = book.add_worksheet("KPI")
        edge = {"border": 1, "valign": "vcenter", "font_name": "BIZ UDPゴシック", "font_size": 10}
        self.title = book.add_format(
            {"bold": True, "font_size": 14, "font_name": edge["font_name"]}
        )
        self.head = book.add_format(
            {**edge, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEEEEE"}
        )
        self.name = book.add_format({**edge, "text_wrap": True})
        self.under = book.add_format({**edge, "text_wrap": True, "indent": 1})
        self.number = book.add_format({**edge, "num_format": "#,##0", "align": "right"})
        self.percent = book.add_format({**edge, "num_format": "0.0%", "align": "right"})
        self.words = book.add_format({"text_wrap": True, "valign": "top", **_font(edge)})
        self.target_sum = 3 + 2 * len(self.years)
        self.last = self.target_sum + 3

    def fill(self) -> None:
        page = self.page
        page.set_column(0, 0, 52)
        page.set_column(1, 1, 8)
        page.set_column(2, self.last, 9)
        page.set_column(self.last, self.last, 24)
        page.write_string(0, 0, "重要業績評価指標(KPI)", self.title)
        at = 1
        for name, words in header(self.reading):
            page.write_string(at, 0, name, self.head)
            page.merge_range(at, 1, at, self.last, words, self.name)
            if len(words) > 60:
                page.set_row(at, 14 * (1 + len(words) // 60))
            at += 1
        at = self._rules(self._revisions(self._table(at + 1) + 1))
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.set_footer("&C&P / &N")
        page.print_area(0, 0, at, self.last)

    def _table(self, at: int) -> int:
        page, head = self.page, self.head
        for column, words in enumerate(("指標", "単位", "事業開始前")):
            page.merge_range(at, column, at + 1, column, words, head)
        for place, year in enumerate(self.years):
            column = 3 + 2 * place
            page.merge_range(at, column, at, column + 1, reiwa(year), head)
            page.write_string(at + 1, column, "目標", head)
            page.write_string(at + 1, column + 1, "実績", head)
        page.merge_range(at, self.target_sum, at, self.target_sum + 2, "計画期間中の累計", head)
        for place, words in enumerate(("目標", "実績", "達成率")):
            page.write_string(at + 1, self.target_sum + place, words, head)
        page.merge_range(at, self.last, at + 1, self.last, "注", head)
        at += 2
        for line in self.reading.lines:
            self._line(at, line)
            at += 1
            for part in line.parts:
                self._part(at, part, _beside(self.reading, line, part))
                at += 1
        return at

    def _line(self, at: int, line: Line) -> None:
        page, one = self.page, line.indicator
        page.set_row(at, 15 * (1 + len(one.label) // 34))
        page.write_string(at, 0, one.label, self.name)
        page.write_string(at, 1, one.unit, self.name)
        page.write_number(at, 2, one.baseline, self.number)
        for place, year in enumerate(self.years):
            page.write_number(at, 3 + 2 * place, one.targets[year], self.number)
            page.write_number(at, 4 + 2 * place, line.exact.actual[year], self.number)
        for place, total in enumerate((one.target_sum, line.exact.actual_sum)):
            cells = "+".join(_cell(at, 3 + place + 2 * n) for n in range(len(self.years)))
            page.write_formula(at, self.target_sum + place, f"={cells}", self.number, total)
        target, actual = _cell(at, self.target_sum), _cell(at, self.target_sum + 1)
        rate = NONE if line.rate is None else line.rate / 100
        page.write_formula(
            at, self.target_sum + 2, f'=IF({target}=0,"-",{actual}/{target})', self.percent, rate
        )
        page.write_string(at, self.last, line.exact.caveat, self.name)

    def _part(self, at: int, part: Part, row: Row) -> None:
        self.page.write_string(at, 0, part.words, self.under)
        for column, cell in enumerate(row[2:], start=1):
            if isinstance(cell, int):
                self.page.write_number(at, column, cell, self.number)
            else:
                self.page.write_string(
                    at, column, cell, self.name if column == self.last else self.number
                )

    def _revisions(self, at: int) -> int:
        for told in revisions(self.reading):
            self.page.merge_range(at, 0, at, self.last, told.title, self.words)
            for row in told.rows:
                at += 1
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        self.page.write_number(at, column, cell, self.number)
                    else:
                        self.page.write_string(at, column, cell, self.name)
            at += 2
        return at

    def _rules(self, at: int) -> int:
        for note in footnotes(self.reading):
            self.page.merge_range(at, 0, at, self.last, note, self.words)
            self.page.set_row(at, 14 * (1 + len(note) // 90))
            at += 1
        return at


def _font(edge: dict[str, Any]) -> dict[str, Any]:
    return {"font_name": edge["font_name"], "font_size": 9}


def _cell(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, left = divmod(column - 1, 26)
        letters = chr(ord("A") + left) + letters
    return f"{letters}{row + 1}"
