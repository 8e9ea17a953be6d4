"""A list of records that someone brings: which column is which, each row judged.

What stands for a person is turned into its code on reading, and goes no further as it was typed.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from foundation.likely import Tells, tells
from foundation.tables import Table, blank_dash, is_formula
from foundation.workbook import NotATable
from ledger.entries import Fact
from ledger.states import (
    IBASHO,
    OWN,
    OWN_ROOM,
    PEOPLE,
    PLACES,
    TOLD_WHERE,
    Channel,
    Cohort,
    Kind,
    Relation,
    cohort_of,
)
from ledger.subjects import subject_of
from programs import forms, municipalities

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("日付", "発生日", "年月日"),
    "kind": ("種類", "種別"),
    "program": ("事業", "プログラム"),
    "municipality_code": ("市町村コード", "市区町村コード", "団体コード"),
    "channel": ("手段", "方法", "相談方法"),
    "cohort": ("世代", "氷河期世代", "就職氷河期世代", "生年月日"),
    "relation": ("続柄", "相談者"),
    "subject": ("対象者", "符号", "対象者の符号"),
    "destination": ("行き先", "つなぎ先", "研修"),
    "quantity": ("数", "件数", "数量", "人数"),
    "note": ("備考", "メモ"),
    "origin": ("入口", "きっかけ"),
}
REQUIRED = ("date", "kind", "program")
KIND_WORDS: Mapping[str, Kind] = {
    "相談": Kind.CONSULTATION,
    "新規": Kind.NEW_CASE,
    "新規相談": Kind.NEW_CASE,
    "つながった": Kind.LINKED,
    "訪問": Kind.OUTREACH_VISIT,
    "アウトリーチ": Kind.OUTREACH_VISIT,
    "カウンセリング": Kind.COUNSELING_SESSION,
    "心理カウンセリング": Kind.COUNSELING_SESSION,
    "来所": Kind.OFFICE_VISIT,
    "窓口の設置": Kind.WINDOW_OPENED,
    "窓口の廃止": Kind.WINDOW_CLOSED,
    "居場所の設置": Kind.IBASHO_OPENED,
    "居場所の廃止": Kind.IBASHO_CLOSED,
    "研修の出席": Kind.TRAINING_ATTENDED,
    "研修の開催": Kind.TRAINING_HELD,
    "アドバイザー派遣": Kind.ADVISER_SENT,
    "市町村支援": Kind.MUNICIPALITY_SUPPORTED,
    "職場体験": Kind.WORK_EXPERIENCE,
    "就労": Kind.EMPLOYMENT,
    "ネットワーク会議": Kind.NETWORK_MEETING,
    "基準の市町": Kind.BASELINE_LISTED,
}
CHANNEL_WORDS: Mapping[str, Channel] = {
    "チャット": Channel.WEB,
    "電話": Channel.PHONE,
    "対面": Channel.IN_PERSON,
    "来所": Channel.IN_PERSON,
    "訪問": Channel.VISIT,
    "メール": Channel.MAIL,
    "郵便": Channel.MAIL,
}
COHORT_WORDS: Mapping[str, Cohort] = {
    "はい": Cohort.YES,
    "対象": Cohort.YES,
    "いいえ": Cohort.NO,
    "対象外": Cohort.NO,
    "不明": Cohort.UNKNOWN,
    "こたえない": Cohort.UNKNOWN,
}
RELATION_WORDS: Mapping[str, Relation] = {
    "本人": Relation.SELF,
    "当事者": Relation.SELF,
    "家族": Relation.FAMILY,
    "支援者": Relation.SUPPORTER,
    "その他": Relation.OTHER,
}
ORIGIN_WORDS = {"電子居場所": IBASHO, "居場所": IBASHO}
MOST_BAD = 200
# All of a file is one transaction: on SQLite everybody else waits for it, some 0.3 ms a row.
MOST_ROWS = 5000
MOST = {"destination": 80, "note": 400, "origin": 20, "subject": 80}
MOST_QUANTITY = 10_000
OUR_ROOM = "電子居場所"
_NAME = re.compile(
    r"[一-龠々]{1,4}[\s　]?[一-龠々ぁ-んァ-ヶー]{1,5}|[ァ-ヶー]{2,8}[\s　][ァ-ヶー]{2,8}"
)
_SAID = {
    Tells.TELEPHONE: "電話番号のように見えます。",
    Tells.ADDRESS: "住所のように見えます。",
    Tells.MAIL: "メールアドレスのように見えます。",
    Tells.NAME: "人の名前のように見えます。",
}


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that can't be taken: a sentence by column. It quotes nothing of the row."""

    line: int
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something in a row that looks as if it told who somebody is."""

    line: int
    column: str
    said: str


@dataclass(slots=True)
class Reading:
    """A whole file, read. `facts` and `notes` go together, line by line (`lines`)."""

    facts: list[Fact] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)


def read(
    table: Table, *, programs: Mapping[str, str], towns: Collection[str], today: date
) -> Reading:
    """Judge every row. `programs`: slug → 2-digit prefecture code ("" where it isn't known);
    `towns`: the codes of the municipalities there are.

    Raises `NotATable` for a header that lacks a column, has one twice or one nobody knows.
    """
    names = columns(table.header)
    if len(table.rows) > MOST_ROWS:
        raise NotATable(f"{MOST_ROWS:,}行より多いファイルは、分けてください。")
    reading = Reading()
    for line, cells in table.rows:
        padded = [*cells, *[""] * (len(names) - len(cells))]
        row = _Row(dict(zip(names, padded, strict=False)), programs, towns, today)
        fact = row.fact()
        if fact is None:
            reading.bad.append(Bad(line, row.wrong))
            if len(reading.bad) > MOST_BAD:
                raise NotATable(
                    f"読めない行が{MOST_BAD}行より多くあります。列をたしかめてください。"
                )
            continue
        reading.facts.append(fact)
        reading.notes.append(row.text("note"))
        reading.lines.append(line)
        reading.flags += [Flag(line, column, said) for column, said in row.flags()]
    return reading


def columns(header: Sequence[str]) -> list[str]:
    """The column of each head, in English or Japanese. Raises `NotATable`."""
    known = {alias: name for name, more in COLUMNS.items() for alias in (name, *more)}
    folded = [unicodedata.normalize("NFKC", head).strip().casefold() for head in header]
    names = [known.get(head, "") for head in folded]
    if "" in names:
        raise NotATable(f"{names.index('') + 1}列目の見出しが、わかりません。")
    if len(set(names)) < len(names):
        raise NotATable("同じ見出しの列が、ふたつあります。")
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in names]
    if missing:
        raise NotATable(f"列がたりません: {'、'.join(missing)}")
    return names


class _Row:
    """One row on its way to a fact."""

    def __init__(
        self,
        cells: Mapping[str, str],
        programs: Mapping[str, str],
        towns: Collection[str],
        today: date,
    ) -> None:
        self.cells, self.programs, self.towns, self.today = cells, programs, towns, today
        self.wrong: dict[str, str] = {}

    def text(self, name: str) -> str:
        return blank_dash(self.cells.get(name, "").strip()).strip()

    def plain(self, name: str) -> str:
        return unicodedata.normalize("NFKC", self.text(name)).strip().casefold()

    def fact(self) -> Fact | None:
        for name in self.cells:
            if is_formula(self.text(name)):
                self.wrong[name] = "式か、記号ではじまる文です。値にしてください。"
        kind = self._kind()
        program = self._program()
        values = {
            "occurred_on": self._day(),
            "municipality_code": self._municipality(kind, program),
            "channel": self._word("channel", Channel, CHANNEL_WORDS, ""),
            "cohort": self._cohort(),
            "relation": self._word("relation", Relation, RELATION_WORDS, ""),
            "destination": self._destination(kind),
            "origin": ORIGIN_WORDS.get(self.plain("origin"), self._short("origin").casefold()),
            "quantity": self._quantity(),
        }
        self._short("note")
        subject = self._short("subject")
        if kind in PEOPLE and not subject:
            self.wrong.setdefault("subject", "人をかぞえる種類なので、対象者の符号が要ります。")
        if self.wrong or kind is None:
            return None
        return Fact(program=program, kind=kind, subject=subject_of(program, subject), **values)  # type: ignore[arg-type]

    def flags(self) -> list[tuple[str, str]]:
        """Columns in which somebody may be named."""
        found = []
        for name in ("subject", "destination", "note", "origin"):
            seen = list(tells(self.text(name)))
            alone = unicodedata.normalize("NFKC", self.text(name))
            if name == "subject" and _NAME.fullmatch(alone) and Tells.NAME not in seen:
                seen.append(Tells.NAME)
            found += [(name, _SAID[kind]) for kind in seen]
        where = unicodedata.normalize("NFKC", self.text("destination"))
        if OUR_ROOM in where and where != OUR_ROOM:
            found.append(
                ("destination", "うちの電子居場所なら「電子居場所」とだけ書いてください。")
            )
        return found

    def _kind(self) -> Kind | None:
        text = self.plain("kind")
        kind = KIND_WORDS.get(text) or (Kind(text) if text in list(Kind) else None)
        if kind is None or kind in OWN:
            self.wrong.setdefault("kind", "この種類は、わかりません。")
            return None
        return kind

    def _program(self) -> str:
        slug = self.plain("program")
        if slug not in self.programs:
            self.wrong.setdefault("program", "この事業は、ありません。")
        return slug

    def _day(self) -> date | None:
        found = forms.day(self.text("date"))
        if found is None:
            self.wrong.setdefault("date", "日付を 2021-03-31 のように書いてください。")
        elif found > self.today:
            self.wrong.setdefault("date", "日付が、きょうより後です。")
        elif found.year < 2000:
            self.wrong.setdefault("date", "日付の年を見なおしてください。")
        return found

    def _municipality(self, kind: Kind | None, program: str) -> str:
        code = self.plain("municipality_code")
        if not code:
            if kind in PLACES:
                self.wrong.setdefault("municipality_code", "市町村コードが要ります。")
            return ""
        if said := _wrong_code(code):
            self.wrong.setdefault("municipality_code", said)
        elif code not in self.towns:
            self.wrong.setdefault("municipality_code", "このコードの市町村は、ありません。")
        elif kind in PLACES and not code.startswith(self.programs.get(program, "")):
            self.wrong.setdefault("municipality_code", "この事業の都道府県の市町村ではありません。")
        return code

    def _word(
        self,
        name: str,
        words: type[StrEnum],
        more: Mapping[str, StrEnum],
        empty: str,
    ) -> str:
        text = self.plain(name)
        if not text:
            return str(empty)
        if text in more:
            return more[text].value
        if text not in [word.value for word in words]:
            allowed = "、".join(word.value for word in words)
            self.wrong.setdefault(name, f"{allowed} のどれかにしてください。")
        return text

    def _cohort(self) -> str:
        # Some offices' lists hold the day of birth: it is judged here and goes no further.
        if (born := forms.day(self.text("cohort"))) is not None:
            return cohort_of(born).value
        return self._word("cohort", Cohort, COHORT_WORDS, Cohort.UNKNOWN)

    def _short(self, name: str) -> str:
        text = self.text(name)
        if len(text) > MOST[name]:
            self.wrong.setdefault(name, f"{MOST[name]}文字までにしてください。")
        return text

    def _destination(self, kind: Kind | None) -> str:
        text = unicodedata.normalize("NFKC", self._short("destination"))
        if not text and kind in TOLD_WHERE:
            self.wrong.setdefault("destination", "行き先(研修なら、その名前)が要ります。")
        if kind is Kind.BASELINE_LISTED:
            listed_for = KIND_WORDS.get(text, text)
            if listed_for not in (Kind.WINDOW_OPENED, Kind.IBASHO_OPENED):
                self.wrong.setdefault("destination", "window_opened か ibasho_opened です。")
            return str(listed_for)
        if kind is Kind.LINKED:
            return OWN_ROOM if text == OUR_ROOM else text
        return text.casefold() if kind in TOLD_WHERE else text

    def _quantity(self) -> int:
        text = self.plain("quantity")
        if not text:
            return 1
        if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= MOST_QUANTITY:
            self.wrong.setdefault("quantity", f"1から{MOST_QUANTITY:,}までの整数にしてください。")
            return 1
        return int(text)


def _wrong_code(code: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", code, re.ASCII):
        return "市町村コードは、検査数字もいれて6けたです。"
    if not municipalities.is_valid(code):
        return "市町村コードの検査数字が、あいません。"
    if municipalities.is_prefecture(code):
        return "都道府県のコードです。"
    if municipalities.is_ward_of_designated_city(code):
        return "区のコードです。政令指定都市は、市のコードひとつでかぞえます。"
    return ""
