"""A list of agencies: which column is which, each row judged, each one like it found. Pure."""

import csv
import io
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from foundation.tables import Table, blank_dash, harmless, is_formula, without_formula
from foundation.workbook import NotATable
from programs import forms
from programs.states import ACCEPTS_NAMES, KIND_NAMES

# Header in the file: column.
COLUMNS: Mapping[str, str] = {
    "種別": "kind",
    "名前": "name",
    "市町村コード": "municipality",
    "住所": "address",
    "電話": "telephone",
    "受付時間": "hours_text",
    "対象と方法": "accepts",
    "説明": "note",
    "URL": "url",
    "出典": "source",
    "確認日": "verified_on",
}
HEADERS: Mapping[str, str] = {column: header for header, column in COLUMNS.items()}
REQUIRED = ("種別", "名前", "市町村コード", "出典", "確認日")
MOST_BAD = 200  # more, and the file itself is wrong
_COMPUTED = ("=", "@", "＝", "＠")
EXAMPLE = (
    "市町村ひきこもり相談窓口", "(例)ひきこもり相談窓口", "282014", "姫路市安田4-1",
    "079-000-0000", "月〜金 9:00〜17:00", "本人・家族・電話・来所", "予約はいりません。", "",
    "市のページ", "2026-04-01",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """A row that can be kept: `values` by column of `Agency`."""

    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that can't: `cells` as they were written, `wrong` a sentence by column."""

    line: int
    cells: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row that was kept: what was made harmless, or left out."""

    line: int
    said: str


@dataclass(slots=True)
class Reading:
    """A whole list, read."""

    good: list[Good] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def key(name: object, municipality: object) -> tuple[str, str]:
    """What makes two rows the same agency."""
    return forms.folded(str(name)), str(municipality)


def columns(header: Sequence[str]) -> list[str]:
    """The columns of a header, in its order. Raises `NotATable` naming what is wrong in it."""
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    said = []
    if missing:
        said.append(f"見出しに {'・'.join(missing)} がありません。")
    if unknown:
        said.append(f"見出しの {'・'.join(name or '(空)' for name in unknown)} が分かりません。")
    if twice:
        said.append(f"見出しの {'・'.join(twice)} が2つあります。")
    if said:
        raise NotATable(f"{''.join(said)}使える見出しは {'・'.join(COLUMNS)} です。")
    return [COLUMNS[name] for name in header]


def read(
    table: Table, *, towns: Container[str], today: date, seen: Iterable[tuple[str, str]] = ()
) -> Reading:
    """Every row judged. `seen`: keys of rows that are already here. Raises `NotATable`."""
    names = columns(table.header)
    if not table.rows:
        raise NotATable("見出しの下に、行がありません。")
    reading = Reading()
    lines: dict[tuple[str, str], int] = dict.fromkeys(seen, 0)
    for line, cells in table.rows:
        _row(reading, line, names, cells, lines, towns, today)
        if len(reading.bad) > MOST_BAD:
            raise NotATable(
                f"直すところが{MOST_BAD}行より多くあります。はじめの{MOST_BAD}行は、"
                f"{_where(reading.bad[:MOST_BAD])}です。ファイルを直して、もう一度おねがいします。"
            )
    return reading


def _where(bad: Sequence[Bad]) -> str:
    """Which lines are wrong, by column: 市町村コード(2〜9・12行目)、確認日(4行目)."""
    lines: dict[str, list[int]] = {}
    for one in bad:
        for name in one.wrong:
            lines.setdefault(HEADERS[name], []).append(one.line)
    return "、".join(f"{header}({_runs(those)}行目)" for header, those in lines.items())


def _runs(lines: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for line in lines:
        if runs and runs[-1][-1] == line - 1:
            runs[-1] = [runs[-1][0], line]
        else:
            runs.append([line])
    return "・".join("〜".join(map(str, one)) for one in runs)


def _row(
    reading: Reading, line: int, names: Sequence[str], cells: Sequence[str],
    lines: dict[tuple[str, str], int], towns: Container[str], today: date,
) -> None:  # fmt: skip
    written = dict(zip(names, cells, strict=False))
    wrong: dict[str, str] = {}
    if any(cell.strip() for cell in cells[len(names) :]):
        wrong["name"] = f"列が見出しより多くあります({len(names)}列にしてください)。"
    raw = {name: blank_dash(cell) for name, cell in written.items()}
    for name, cell in raw.items():
        if not is_formula(cell):
            continue
        if cell.strip().startswith(_COMPUTED):
            wrong[name] = "数式になっています。計算したあとの文字に直してください。"
        else:
            raw[name] = without_formula(cell)
            said = f"「{HEADERS[name]}」のはじめの記号(+ や -)を取りのぞきました。"
            reading.notes.append(Note(line, said))
    paper = forms.agency(raw, towns=towns, today=today)
    wrong = {**paper.wrong, **wrong}
    if not wrong:
        same = key(paper.values["name"], paper.values["municipality_id"])
        if same in lines:
            at = lines[same]
            where = f"{at}行目" if at else "ほかの行"
            wrong["name"] = f"{where}に、同じ市町村の同じ名前があります。どちらかを消してください。"
        else:
            lines[same] = line
    if wrong:
        reading.bad.append(Bad(line, written, wrong))
    else:
        reading.good.append(Good(line, paper.values))


def written(rows: Iterable[Sequence[str]]) -> str:
    """A CSV file with our header, which any spreadsheet shows and none computes."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def cells_of(values: Mapping[str, object]) -> list[str]:
    """An agency's columns as the cells of such a file, in its order."""
    accepts = values.get("accepts")
    said = {
        "kind": KIND_NAMES.get(values.get("kind"), ""),  # type: ignore[call-overload]
        "accepts": "・".join(name for one, name in ACCEPTS_NAMES.items() if one in accepts)
        if isinstance(accepts, list)
        else "",
        "municipality": values.get("municipality_id", ""),
    }
    return [str(said.get(name, values.get(name, ""))) for name in COLUMNS.values()]
