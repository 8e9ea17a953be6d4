"""Workbooks made by hand, part by part, as Excel writes them and as it doesn't."""

import io
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(place: str, value: object) -> str:
    """One cell: a number as a number, words as an inline string, `=…` as a formula."""
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = str(value)
    if text.startswith("=") and text != "=":
        return f'<c r="{place}"><f>{escape(text[1:])}</f><v>2</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def sheet(rows: list[list[object]]) -> str:
    """A sheet's XML; empty cells are left out, as Excel does."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [
            cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row) if value != ""
        ]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def book(rows: list[list[object]] | None = None, **parts: str) -> bytes:
    """An .xlsx of one sheet; `parts` replace or add XML: sheet, strings, workbook."""
    made = {
        "xl/workbook.xml": parts.get("workbook")
        or f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>'
        '<sheet name="一覧" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": parts.get("sheet") or sheet(rows or []),
    }
    if "strings" in parts:
        made["xl/sharedStrings.xml"] = parts["strings"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.items():
            archive.writestr(name, text)
    return out.getvalue()
