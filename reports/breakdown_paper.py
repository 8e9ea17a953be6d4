"""内訳 as its readers take it away: CSV, and an Excel form. Hidden is hidden there too."""

import csv
import io
from typing import Any

import xlsxwriter

from foundation.tables import harmless
from reports import queries, sentences
from reports.breakdown import Breakdown, Table
from reports.paper import HIDDEN, LEGEND, NONE
from reports.rules import reiwa

Cells = list[str | int]


def rules(found: Breakdown) -> list[str]:
    """How a breakdown is counted and hidden, in words; where people overlap, that."""
    overlap = queries.overlap_of(found.program.slug)
    return [*(str(one) for one in sentences.BREAKDOWN_RULES), *([overlap] if overlap else [])]


def rows(found: Breakdown, table: Table) -> list[Cells]:
    """Header, one line for each municipality or relation, the exact total."""
    head: Cells = [sentences.broken(table.along.value), *map(reiwa, found.told), "累計"]
    lines: list[Cells] = [
        [
            row.words,
            *(HIDDEN if number is None else number for number in row.years.values()),
            NONE if row.sum is None else row.sum,
        ]
        for row in table.printed
    ]
    whole = NONE if found.later else sum(table.total.values())
    return [head, *lines, ["計", *table.total.values(), whole]]


def zeros_in_words(table: Table) -> str:
    """Which municipalities are 0 in every year, named one after the other."""
    names = "、".join(table.zeros)
    return str(sentences.ZERO_TOWNS) % {"number": len(table.zeros)} + f" {names}"


def as_csv(found: Breakdown) -> str:
    """CRLF; nothing in it that a spreadsheet would compute."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for table in found.tables:
        head: Cells = [table.indicator.code, table.indicator.label]
        zeros: list[Cells] = [[zeros_in_words(table)]] if table.zeros else []
        for row in (head, *rows(found, table), *zeros, Cells()):
            writer.writerow(
                [harmless(one) if isinstance(one, str) and one != NONE else one for one in row]
            )
    for words in (LEGEND, *rules(found)):
        writer.writerow([words])
    return out.getvalue()


def as_xlsx(found: Breakdown) -> bytes:
    """One sheet for each indicator: what it is, its two tables, how they are counted; A4."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        font = {"font_name": "BIZ UDPゴシック", "font_size": 10}
        edge = {**font, "border": 1, "valign": "vcenter"}
        styles = {
            "head": book.add_format(
                {**edge, "bold": True, "align": "center", "bg_color": "#EEEEEE"}
            ),
            "name": book.add_format(edge),
            "number": book.add_format({**edge, "num_format": "#,##0", "align": "right"}),
            "words": book.add_format({**font, "text_wrap": True, "valign": "top"}),
        }
        codes = dict.fromkeys(table.indicator.code for table in found.tables)
        for code in codes:
            page = book.add_worksheet(code[:31])
            _fill(page, found, [one for one in found.tables if one.indicator.code == code], styles)
        if not codes:
            book.add_worksheet("内訳").write_string(0, 0, "内訳のある指標はありません。")
    return out.getvalue()


def _fill(page: Any, found: Breakdown, tables: list[Table], styles: dict[str, Any]) -> None:
    last = 1 + len(found.told)
    page.set_column(0, 0, 28)
    page.set_column(1, last, 14)
    at = 0
    for words in (tables[0].indicator.label, f"{found.sheet.body} {found.sheet.name}"):
        page.merge_range(at, 0, at, last, words, styles["words"])
        page.set_row(at, 30)
        at += 1
    for table in tables:
        at += 1
        for place, row in enumerate(rows(found, table)):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(at, column, cell, styles["number"])
                else:
                    style = "head" if not place else "name" if not column else "number"
                    page.write_string(at, column, cell, styles[style])
            at += 1
        if table.zeros:
            page.merge_range(at, 0, at, last, zeros_in_words(table), styles["words"])
            page.set_row(at, 60)
            at += 1
    for words in (LEGEND, *rules(found)):
        page.merge_range(at, 0, at, last, words, styles["words"])
        page.set_row(at, 30)
        at += 1
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")
