"""A file that someone brings is read as it is, or refused with one sentence."""

import pytest

from foundation import tables
from foundation.tables import Table, harmless, is_formula, read, without_formula
from foundation.workbook import NotATable
from tests.foundation.books import LINKS, MAIN, book

ROWS = "種別,名前\r\n窓口,ひめじ相談室\r\n窓口,高知①の会\r\n"
EXPECTED = Table(("種別", "名前"), ((2, ("窓口", "ひめじ相談室")), (3, ("窓口", "高知①の会"))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_encoding_that_offices_use_is_read_the_same(encoding):
    text = ROWS.replace(",", "\t") if encoding == "utf-16" else ROWS
    assert read(text.encode(encoding)) == EXPECTED


def test_a_workbook_is_read_the_same():
    rows = [["種別", "名前"], ["窓口", "ひめじ相談室"], ["窓口", "高知①の会"]]
    assert read(book(rows)) == EXPECTED


def test_a_workbook_of_shared_strings_is_read_without_the_readings_beside_them():
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>名前</t></si>'
        "<si><r><t>姫路</t></r><r><t>市</t></r><rPh><t>ヒメジ</t></rPh></si></sst>"
    )
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>1</v></c><c r="C4"><v>46113.0</v></c></row>'
        "</sheetData></worksheet>"
    )
    assert read(book(sheet=sheet, strings=strings)) == Table(
        ("名前",), ((4, ("姫路市", "", "46113")),)
    )


def test_a_formula_in_a_workbook_comes_out_as_it_is_written():
    assert read(book([["a"], ["=1+1"]])).rows == ((2, ("=1+1",)),)


def test_lines_are_those_of_the_file_also_after_a_cell_of_two_lines_and_an_empty_one():
    text = '名前,説明\n"い","一行目\n二行目"\n,\n"ろ","x"\n'
    assert [line for line, _ in read(text.encode()).rows] == [2, 5]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空"),
        (b" \n\n", "空"),
        (b",,\n,,\n", "空"),
        (b"\xff\x81\xff\n", "文字コード"),
        (b"a\0b,c\n", "文字コード"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "古いExcel"),
        (b"PK\x03\x04not a zip", "Excelのファイルとして"),
        (b"a," + b"x" * 200_000, "1行目"),
        (b"a" * 5_000_001, "大きすぎ"),
        (b"a\n" + b"b\n" * 20_001, "20,000行"),
        (",".join(["a"] * 61).encode(), "列"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data, says):
    with pytest.raises(NotATable, match=says):
        read(data)


BOMB = f'<!DOCTYPE b [<!ENTITY a "{"x" * 100}">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'


@pytest.mark.parametrize(
    "parts",
    [
        {"sheet": BOMB},
        {"sheet": "<worksheet>"},
        {"workbook": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'},
        {"sheet": f'<worksheet xmlns="{LINKS}"/>'},
    ],
)
def test_a_workbook_that_is_broken_or_defines_entities_is_refused(parts):
    with pytest.raises(NotATable):
        read(book(**parts))


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_refused(monkeypatch):
    bomb = book([["a"], ["あ" * 400_000]])
    assert len(bomb) < 20_000
    monkeypatch.setattr(tables.workbook, "MOST_UNPACKED", 100_000)
    with pytest.raises(NotATable, match="大きすぎ"):
        read(bomb)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+81", "-1", "@SUM(A1)", "＝１", "＋１", "－１", "＠x", " =1", "　=1"]
)
def test_what_a_spreadsheet_would_compute_is_seen_and_made_harmless(cell):
    assert is_formula(cell)
    assert harmless(cell).startswith("'")
    assert not is_formula(without_formula(cell))


@pytest.mark.parametrize("cell", ["", "ひめじ", "079-1", "a=b", "'=1"])
def test_ordinary_words_stay_as_they_are(cell):
    assert not is_formula(cell)
    assert harmless(cell) == cell
