"""The first sheet of an Excel workbook (.xlsx), as text. Pure; nothing in it is computed.

Only what a list of rows needs: shared and inline strings, numbers, truth values. Formulas are given
back as they are written, so that whoever reads the row can refuse them. Bounded: an archive that
unpacks to more than `MOST_UNPACKED` is refused before it is read, and so is a part with a DOCTYPE
(no entity is ever defined).
"""

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree as ET

MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 60_000_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class NotATable(Exception):
    """A file that can't be read as a table. `sentence` says why, to whoever brought it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def rows(data: bytes, *, most_rows: int, most_columns: int) -> list[tuple[int, list[str]]]:
    """(row number, cells) of the first sheet. Raises `NotATable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NotATable("Excelのファイルが大きすぎます。CSVにするか、分けてください。")
            strings = _strings(archive)
            sheet = _part(archive, _first_sheet(archive))
    except (zipfile.BadZipFile, zlib.error, KeyError, ET.ParseError, ValueError, OSError,
            NotImplementedError, RuntimeError):  # fmt: skip
        raise NotATable("Excelのファイルとして読めません。CSVで保存しなおしてください。") from None
    found: list[tuple[int, list[str]]] = []
    for number, row in enumerate(sheet.iter(f"{_MAIN}row"), start=1):
        if len(found) > most_rows:
            raise NotATable("行が多すぎます。分けてください。")
        cells = _cells(row, strings, most_columns)
        found.append((_number(row.get("r"), number), cells))
    return found


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element:
    with archive.open(name) as part:
        # The size in the archive's index is only a claim.
        text = part.read(MOST_UNPACKED + 1)
    if len(text) > MOST_UNPACKED or b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text:
        raise ValueError("not read")
    return ET.fromstring(text)  # noqa: S314 - bounded, and without any definition of entities


def _first_sheet(archive: zipfile.ZipFile) -> str:
    book = _part(archive, "xl/workbook.xml")
    sheet = book.find(f"{_MAIN}sheets/{_MAIN}sheet")
    links = _part(archive, "xl/_rels/workbook.xml.rels")
    wanted = None if sheet is None else sheet.get(_LINK)
    for link in links:
        if link.get("Id") == wanted and (target := link.get("Target")):
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError("no sheet")


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_words(one) for one in _part(archive, "xl/sharedStrings.xml").findall(f"{_MAIN}si")]


def _words(element: ET.Element) -> str:
    # Readings (ふりがな, `rPh`) lie beside the words and aren't part of them.
    plain = element.findall(f"{_MAIN}t") + element.findall(f"{_MAIN}r/{_MAIN}t")
    return "".join(part.text or "" for part in plain)


def _cells(row: ET.Element, strings: list[str], most: int) -> list[str]:
    cells: list[str] = []
    for cell in row.findall(f"{_MAIN}c"):
        place = _CELL.fullmatch(cell.get("r", ""))
        column = _column(place.group(1)) if place else len(cells)
        if column >= most:
            continue
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = _value(cell, strings)
    return cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise


def _value(cell: ET.Element, strings: list[str]) -> str:
    if (formula := cell.find(f"{_MAIN}f")) is not None:
        return f"={formula.text or ''}"
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return "" if inline is None else _words(inline)
    text = cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        place = _number(text, -1)
        return strings[place] if 0 <= place < len(strings) else ""
    if kind == "n" and re.fullmatch(r"-?[0-9]+\.0+", text):
        return text.split(".", 1)[0]
    return text
