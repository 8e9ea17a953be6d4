"""A file that someone brings, as a table of cells: CSV in UTF-8 or Shift_JIS, or Excel. Pure.

Bounded in bytes, rows and cells; nothing in it is ever computed. What can't be read is told in one
sentence.
"""

import csv
import io
import re
from dataclasses import dataclass

from foundation import workbook
from foundation.workbook import NotATable

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# What a spreadsheet takes for the beginning of a formula; the wide forms are folded by some.
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r]")
_DASH = re.compile(r"[-－ー―—–]+")


@dataclass(frozen=True, slots=True)
class Table:
    """`header`, and `rows` as (line in the file, cells); no row is empty."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read(data: bytes) -> Table:
    """The table in these bytes, whatever the file was called. Raises `NotATable`."""
    if not data.strip():
        raise NotATable("ファイルが空です。")
    if len(data) > MOST_BYTES:
        raise NotATable(f"ファイルが大きすぎます({MOST_BYTES // 1_000_000} MBまで)。")
    if data.startswith(_OLD_EXCEL):
        raise NotATable("古いExcel(.xls)は読めません。.xlsx かCSVで保存しなおしてください。")
    if data.startswith(workbook.MAGIC):
        lines = workbook.rows(data, most_rows=MOST_ROWS + 1, most_columns=MOST_COLUMNS)
    else:
        lines = _csv_rows(_decoded(data))
    return _table(lines)


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    tries = ["utf-16"] if wide else ["utf-8-sig", "cp932"]
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NotATable("文字コードが読めません。UTF-8 か Shift_JIS のCSVにしてください。")


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    head = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if "\t" in head and "," not in head else ","
    )
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if len(found) > MOST_ROWS:
                raise NotATable(f"{MOST_ROWS:,}行より多いファイルは読めません。分けてください。")
            found.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        raise NotATable(f"{line}行目が、CSVとして読めません(引用符や、長すぎる文)。") from None
    return found


def _table(lines: list[tuple[int, list[str]]]) -> Table:
    kept = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not kept:
        raise NotATable("ファイルが空です。")
    if len(kept) - 1 > MOST_ROWS:
        raise NotATable(f"{MOST_ROWS:,}行より多いファイルは読めません。分けてください。")
    header = [cell.strip().lstrip("\ufeff") for cell in kept[0][1]]
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise NotATable(f"列が多すぎます({MOST_COLUMNS}列まで)。")
    rows = tuple((line, tuple(cells)) for line, cells in kept[1:])
    return Table(tuple(header), rows)


def blank_dash(cell: str) -> str:
    """Empty for a cell that says 「なし」 by a dash alone."""
    return "" if _DASH.fullmatch(cell.strip()) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet might compute this instead of showing it."""
    return bool(_FORMULA.match(cell.lstrip(" \u3000") or cell))


def without_formula(cell: str) -> str:
    """The words of a cell, without the signs that would make a formula of them."""
    text = cell.strip()
    while text and _FORMULA.match(text):
        text = text[1:].strip()
    return text


def harmless(cell: str) -> str:
    """A cell for a file that will be opened in a spreadsheet: shown there, never computed."""
    return f"'{cell}" if is_formula(cell) else cell
