"""A list of occasions: which column is which, each row judged by itself. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypedDict

from counseling import codes, forms
from counseling.states import Channel, Relation
from foundation.refusals import Refused
from foundation.tables import Table, blank_dash, is_formula
from foundation.tidy import tidy
from foundation.workbook import NotATable
from programs.forms import day

# Header in the file: column.
COLUMNS: Mapping[str, str] = {
    "番号": "code",
    "日にち": "on",
    "方法": "channel",
    "相手": "relation",
    "分": "minutes",
    "ひとこと": "line",
    "分ける理由": "split",
    "心理カウンセリング": "psychological",
}
REQUIRED = ("日にち", "方法", "相手", "分")
MOST_ROWS = 200  # a month of one counselor; taken in at once
_CHANNELS = {
    "web": Channel.WEB, "チャット": Channel.WEB, "文字": Channel.WEB, "電話": Channel.TELEPHONE,
    "対面": Channel.IN_PERSON, "来所": Channel.IN_PERSON, "訪問": Channel.VISIT,
    "メール": Channel.MAIL,
}  # fmt: skip
_RELATIONS = {"本人": Relation.SELF, "家族": Relation.FAMILY, "支援者": Relation.SUPPORTER}
_YES = {"はい", "有", "あり", "○", "1", "true", "yes"}


class Row(TypedDict):
    """A row that can be entered; `at` is its line in the file."""

    at: int
    code: str
    on: str
    channel: str
    relation: str
    minutes: int
    line: str
    split: str
    psychological: bool


class Wrong(TypedDict):
    """A row that can't: `why` is a sentence, and names no cell's content."""

    at: int
    why: str


def read(table: Table, *, today: date) -> tuple[list[Row], list[Wrong]]:
    """Every row judged. Raises `NotATable` where the file itself is wrong."""
    names = _columns(table.header)
    if not table.rows:
        raise NotATable("見出しの下に、行がありません。")
    if len(table.rows) > MOST_ROWS:
        raise NotATable(f"いちどに取りこめるのは{MOST_ROWS}行までです。分けてください。")
    good: list[Row] = []
    bad: list[Wrong] = []
    for at, cells in table.rows:
        written = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        try:
            good.append(_row(at, written, today))
        except Refused as no:
            bad.append({"at": at, "why": no.code})
    return good, bad


def _columns(header: Sequence[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    said = ""
    if missing:
        said += f"見出しに {'・'.join(missing)} がありません。"
    if unknown or len(set(header)) != len(header):
        said += "見出しに、分からないものか、おなじものが2つあります。"
    if said:
        raise NotATable(f"{said}使える見出しは {'・'.join(COLUMNS)} です。")
    return [COLUMNS[name] for name in header]


def _row(at: int, written: Mapping[str, str], today: date) -> Row:
    if any(is_formula(cell) for cell in written.values() if blank_dash(cell)):
        raise Refused("formula")
    on = day(written.get("on", ""))
    if on is None:
        raise Refused("no_day")
    if on > today:
        raise Refused("future")
    code = blank_dash(written.get("code", ""))
    if code and not codes.typed(code):
        raise Refused("no_case")
    return {
        "at": at,
        "code": codes.typed(code) if code else "",
        "on": on.isoformat(),
        "channel": _named(_CHANNELS, written.get("channel", ""), "no_channel"),
        "relation": _named(_RELATIONS, written.get("relation", ""), "no_relation"),
        "minutes": forms.minutes(written.get("minutes", "")),
        "line": tidy(blank_dash(written.get("line", "")), most=forms.MAX_LINE, required=False),
        "split": tidy(blank_dash(written.get("split", "")), most=forms.MAX_LINE, required=False),
        "psychological": written.get("psychological", "").casefold() in _YES,
    }


def _named(names: Mapping[str, StrEnum], written: str, code: str) -> str:
    found = names.get(written.casefold())
    if found is None:
        raise Refused(code)
    return found.value


def twice(rows: Sequence[Row]) -> list[Wrong]:
    """Rows that are the same voice, day and channel as an earlier one, without a reason."""
    seen: set[tuple[str, str, str, str]] = set()
    found: list[Wrong] = []
    for row in rows:
        key = (row["code"], row["relation"], row["on"], row["channel"])
        if row["code"] and not row["split"] and key in seen:
            found.append({"at": row["at"], "why": "same_day"})
        if not row["split"]:
            seen.add(key)
    return found
