"""A sheet as JSON, CSV and Excel, exact: as the command speaks, which is the auditor's."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from foundation.tables import harmless
from reports.rules import Figures, Sheet, reiwa
from reports.states import Split

SPLIT_WORDS = {Split.WEB: "うちWeb", Split.IBASHO: "うち電子居場所から"}
UNKNOWN = "世代がわからない人"
PEOPLE = "実人数"
NOT_KNOWN = "不明"  # of people, where records bear no code
NOT_TOLD = "資料に記載なし"  # of what the grant's document doesn't say


def header_of(sheet: Sheet) -> list[tuple[str, str]]:
    """What the grant's document says of the project; where it says nothing, that."""
    cost = NOT_TOLD if sheet.cost is None else f"{sheet.cost:,}千円"
    told = [
        ("団体名", sheet.body),
        ("事業名", sheet.name),
        ("区分", "・".join(sheet.headings)),
        ("交付決定", sheet.decision or NOT_TOLD),
        ("交付金対象事業費", cost),
        ("事業概要", sheet.outline),
    ]
    return [(name, words) for name, words in told if words]


def as_json(sheet: Sheet, lines: Sequence[Figures], *, as_of: date) -> str:
    """`{"sheet", "as_of", "indicators": [{"code", "label", "unit", "baseline", "years", "sum",
    "unknown_cohort"}]}`; `unknown_cohort` is the sum of the years, null where no cohort is asked.
    """
    told = {
        "sheet": sheet.slug,
        "as_of": as_of.isoformat(),
        "indicators": [told_exactly(line) for line in lines],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def told_exactly(line: Figures) -> dict[str, Any]:
    """One indicator of `as_json`."""
    one = line.indicator
    mark = {"provisional": True} if line.provisional else {}
    return {
        "code": one.code,
        "label": one.label,
        "unit": one.unit,
        "baseline": one.baseline,
        "years": {
            str(year): {"target": one.targets[year], "actual": actual, **mark}
            for year, actual in line.actual.items()
        },
        "sum": {"target": one.target_sum, "actual": line.actual_sum, **mark},
        "unknown_cohort": None if line.unknown is None else sum(line.unknown.values()),
        **({"provisional": True, "note": line.caveat} if line.provisional else {}),
    }


def table(sheet: Sheet, lines: Sequence[Figures]) -> list[list[str | int]]:
    """The grant's table, and under each line what is told beside it; first the header."""
    header: list[str | int] = ["符号", "指標", "単位", "事業開始前"]
    for year in sheet.years:
        header += [f"{reiwa(year)} 目標", f"{reiwa(year)} 実績"]
    header += ["累計 目標", "累計 実績", "達成率(%)", "注"]
    rows = [header]
    for line in lines:
        one = line.indicator
        cells: list[str | int] = [one.code, one.label, one.unit, one.baseline]
        for year in sheet.years:
            cells += [one.targets[year], line.actual[year]]
        rate = f"{100 * line.actual_sum / one.target_sum:.1f}" if one.target_sum else "-"
        rows.append([*cells, one.target_sum, line.actual_sum, rate, line.caveat])
        rows += [_under(sheet, line, words, years) for words, years in _beside(line)]
    return rows


def _beside(line: Figures) -> list[tuple[str, dict[int, int | str]]]:
    told: list[tuple[str, dict[int, int | str]]] = [
        (SPLIT_WORDS[split], {**years}) for split, years in line.splits.items()
    ]
    if line.people is not None:
        told.append((PEOPLE, {**line.people, **dict.fromkeys(line.nameless, NOT_KNOWN)}))
    if line.unknown is not None:
        told.append((UNKNOWN, {**line.unknown}))
    return told


def _under(sheet: Sheet, line: Figures, words: str, years: dict[int, int | str]) -> list[str | int]:
    cells: list[str | int] = [line.indicator.code, f"　{words}", "", ""]
    for year in sheet.years:
        cells += ["", years[year]]
    # People of a year may be those of another: their sum would say nothing.
    total: str | int = "-" if words == PEOPLE else sum(map(int, years.values()))
    return [*cells, "", total, "", ""]


def as_csv(sheet: Sheet, lines: Sequence[Figures], *, notes: Sequence[str] = ()) -> str:
    """The table as CSV, CRLF, nothing in it that a spreadsheet would compute; below it what the
    document says of the project, and notes.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in table(sheet, lines) + _below(sheet, notes):
        writer.writerow([harmless(cell) if isinstance(cell, str) and cell != "-" else cell
                         for cell in row])  # fmt: skip
    return out.getvalue()


def _below(sheet: Sheet, notes: Sequence[str]) -> list[list[str | int]]:
    found: list[list[str | int]] = [[]]
    found += [[name, words] for name, words in header_of(sheet)]
    found.append([])
    found += [[words] for words in notes]
    return found


def as_xlsx(
    sheet: Sheet, lines: Sequence[Figures], *, as_of: date, notes: Sequence[str] = ()
) -> bytes:
    """The table as a workbook; sums and rates are formulas over the cells of the years. Below it
    what the document says of the project, and notes.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet.slug[:31])
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        percent = book.add_format({"border": 1, "num_format": "0.0%"})
        page.write_string(0, 0, f"{sheet.body} {sheet.name} {as_of.isoformat()} 現在", bold)
        rows = table(sheet, lines)
        page.set_column(1, 1, 60)
        for number, row in enumerate(rows, start=2):
            for column, cell in enumerate(row):
                style = bold if number == 2 else plain
                if isinstance(cell, int):
                    page.write_number(number, column, cell, style)
                else:
                    page.write_string(number, column, cell, style)
            if number > 2 and isinstance(row[3], int):
                _formulas(page, number, len(sheet.years), row, plain, percent)
        for number, told in enumerate(_below(sheet, notes), start=2 + len(rows)):
            for column, words in enumerate(told):
                page.write_string(number, column, str(words), plain if told[1:] else None)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    return out.getvalue()


def _formulas(
    page: Any, number: int, years: int, row: list[str | int], plain: Any, percent: Any
) -> None:
    line = number + 1
    letter = [chr(ord("A") + column) for column in range(len(row))]
    first, target, actual, rate = 4, 4 + 2 * years, 5 + 2 * years, 6 + 2 * years
    for column, start in ((target, first), (actual, first + 1)):
        cells = "+".join(f"{letter[start + 2 * n]}{line}" for n in range(years))
        page.write_formula(number, column, f"={cells}", plain, row[column])
    if row[target]:
        formula = f"={letter[actual]}{line}/{letter[target]}{line}"
        page.write_formula(number, rate, formula, percent, int(row[actual]) / int(row[target]))
