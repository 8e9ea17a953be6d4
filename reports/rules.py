"""Sheets and their indicators, as data. Pure; the shipped ones lie in `sheets/`.

A sheet is the KPI table of a body's grant document (地域就職氷河期世代支援加速化交付金,
「主な取り組み事例」): label as printed, unit, counting rule, baseline, targets per fiscal year, and
the rule in words.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ledger.states import PLACES, Kind
from programs.counting import Period
from programs.states import CountedAs
from reports.states import Counting, Split

# Whether our own room is 居場所等: told by the setting, never by what somebody wrote of it.
OWN_ROOM = {
    False: "電子居場所の部屋への参加は、居場所等に入れていません。",
    True: "電子居場所の部屋への参加も、居場所等に入れています。",
}
# How consultations are counted: a sheet's data names the first; a program may choose otherwise.
COUNTED = {
    CountedAs.ONCE_A_DAY: (
        "同じ人との、同じ日の、同じ手段の相談は、1件です。理由を記録して分けたものは、別の1件です。"
    ),
    CountedAs.EACH: (
        "確認した相談は、そのつど1件です。同じ人との、同じ日の、同じ手段の相談も、まとめません。"
    ),
}
SHIPPED = Path(__file__).resolve().parent / "sheets"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadSheet(Exception):
    """A sheet that can't be counted. `sentence` says why, to whoever wrote it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One line of a sheet. `cohort`: only entries about people of the cohort are counted."""

    code: str
    label: str
    unit: str
    kind: Kind
    count: Counting
    baseline: int
    targets: dict[int, int]
    rule: str
    cohort: bool = False
    destination: str = ""  # only entries with this one
    each_destination: bool = False  # a code counts once for each destination
    own_room: bool = False  # our own room is 居場所等 too
    beside: bool = False  # distinct people are shown beside
    splits: tuple[Split, ...] = ()
    choices: tuple[str, ...] = ()  # what is open to choice, printed under the table
    counted: tuple[Period, ...] = ()  # how its program counts consultations in the sheet's years

    @property
    def target_sum(self) -> int:
        """計画期間中の増加分の累計."""
        return sum(self.targets.values())

    @property
    def asks_own_room(self) -> bool:
        """Whether our own room could count here."""
        return self.kind is Kind.LINKED and not self.destination

    @property
    def printed_choices(self) -> list[str]:
        """What is open to choice, as it is chosen."""
        others: list[str] = []
        for one in self.choices:
            if self.counted and one == COUNTED[CountedAs.ONCE_A_DAY]:
                others += _periods_in_words(self.counted)
            elif one not in OWN_ROOM.values():
                others.append(one)
        return [OWN_ROOM[self.own_room], *others] if self.asks_own_room else others


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One program's table: header, years, indicators."""

    slug: str
    program: str
    body: str
    name: str
    headings: tuple[str, ...]
    outline: str
    years: tuple[int, ...]
    indicators: tuple[Indicator, ...]
    decision: str = ""  # 交付決定: 第1次, 第2次
    cost: int | None = None  # 交付金対象事業費, thousand yen
    note: str = ""

    def indicator(self, code: str) -> Indicator | None:
        """The one of this code."""
        return next((one for one in self.indicators if one.code == code), None)

    def told_how(self, periods: Sequence[Period]) -> "Sheet":
        """The same, saying where consultations are counted how in its years they are counted."""
        first, last = date(self.years[0], 4, 1), date(self.years[-1] + 1, 3, 31)
        within = [one for one in periods if one.since is None or one.since <= last]
        begun = [at for at, one in enumerate(within) if one.since is None or one.since <= first]
        counted = (Period(None, within[begun[-1]].counted_as), *within[begun[-1] + 1 :])
        if [one.counted_as for one in counted] == [CountedAs.ONCE_A_DAY]:
            return self
        return replace(
            self,
            indicators=tuple(
                replace(one, counted=counted)
                if COUNTED[CountedAs.ONCE_A_DAY] in one.choices
                else one
                for one in self.indicators
            ),
        )


def in_words(sheet: Sheet) -> list[str]:
    """How each line of a sheet is counted, and what was chosen where there is a choice."""
    found = []
    for one in sheet.indicators:
        found += [f"{one.label}: {one.rule}", *(f"・{choice}" for choice in one.printed_choices)]
    return found


def _periods_in_words(periods: Sequence[Period]) -> list[str]:
    found = []
    for at, one in enumerate(periods):
        begins = f"{_day(one.since)}から" if one.since else ""
        ends = periods[at + 1].since if at + 1 < len(periods) else None
        if ends is not None:
            begins += f"{_day(ends - timedelta(days=1))}まで"
        found.append(f"{begins}: {COUNTED[one.counted_as]}" if begins else COUNTED[one.counted_as])
    return found


def _day(day: date) -> str:
    # No program decided anything before Reiwa began.
    year = day.year - 2018
    return f"令和{year if year > 1 else '元'}年{day.month}月{day.day}日"


def reiwa(year: int) -> str:
    """The fiscal year as Japan's offices print it: 2020 is 令和2年度, 2019 令和元年度."""
    if year < 2019:
        return f"平成{year - 1988}年度"
    return f"令和{year - 2018 if year > 2019 else '元'}年度"


@cache
def shipped() -> dict[str, Sheet]:
    """The sheets that come with the house, by slug."""
    return {
        path.stem: parse(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(SHIPPED.glob("*.toml"))
    }


def parse(slug: str, data: Mapping[str, Any]) -> Sheet:
    """A sheet from its data. Raises `BadSheet` with one sentence."""
    if not _SLUG.fullmatch(slug):
        raise BadSheet("シートの名前は、半角の英小文字と数字とハイフンで書いてください。")
    try:
        indicators = tuple(_indicator(one) for one in data["indicators"])
        found = Sheet(
            slug=slug,
            program=str(data["program"]),
            body=str(data["body"]),
            name=str(data.get("name", "")),
            headings=tuple(map(str, data.get("headings", ()))),
            outline=str(data.get("outline", "")).strip(),
            years=tuple(map(int, data["years"])),
            indicators=indicators,
            decision=str(data.get("decision", "")),
            cost=None if data.get("cost") is None else int(data["cost"]),
            note=str(data.get("note", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSheet(f"シート {slug} が読めません({type(error).__name__})。") from None
    _check(found, data)
    return found


def as_data(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain data, which `parse` reads back."""
    told = asdict(sheet)
    for one in told["indicators"]:
        one["targets"] = {str(year): target for year, target in one["targets"].items()}
        one["counted"] = [
            ["" if period["since"] is None else period["since"].isoformat(), period["counted_as"]]
            for period in one["counted"]
        ]
    return told


def _indicator(data: Mapping[str, Any]) -> Indicator:
    return Indicator(
        code=str(data["code"]),
        label=str(data["label"]),
        unit=str(data["unit"]),
        kind=Kind(data["kind"]),
        count=Counting(data["count"]),
        baseline=int(data["baseline"]),
        targets={int(year): int(target) for year, target in data["targets"].items()},
        rule=str(data["rule"]).strip(),
        cohort=bool(data.get("cohort", False)),
        destination=str(data.get("destination", "")),
        each_destination=bool(data.get("each_destination", False)),
        own_room=bool(data.get("own_room", False)),
        beside=bool(data.get("beside", False)),
        splits=tuple(Split(one) for one in data.get("splits", ())),
        choices=tuple(map(str, data.get("choices", ()))),
        counted=tuple(
            Period(date.fromisoformat(since) if since else None, CountedAs(counted_as))
            for since, counted_as in data.get("counted", ())
        ),
    )


def _check(sheet: Sheet, data: Mapping[str, Any]) -> None:
    years = sheet.years
    if not years or list(years) != list(range(years[0], years[0] + len(years))):
        raise BadSheet("年度は、続いたものを順に書いてください。")
    codes = [one.code for one in sheet.indicators]
    if not codes or len(set(codes)) < len(codes):
        raise BadSheet("指標がないか、同じ符号の指標がふたつあります。")
    for one, raw in zip(sheet.indicators, data["indicators"], strict=True):
        if set(one.targets) != set(years):
            raise BadSheet(f"{one.code}: 目標の年度が、シートの年度とあいません。")
        if "sum" in raw and raw["sum"] != one.target_sum:
            raise BadSheet(f"{one.code}: 目標の合計が {raw['sum']} になりません。")
        if (one.count is Counting.PLACES) != (one.kind in PLACES):
            raise BadSheet(f"{one.code}: この種類は、そのかぞえ方ではかぞえられません。")
        if not one.rule:
            raise BadSheet(f"{one.code}: かぞえ方が、ことばで書かれていません。")


@dataclass(slots=True)
class Figures:
    """What an indicator comes to, by fiscal year of its sheet."""

    indicator: Indicator
    actual: dict[int, int]
    unknown: dict[int, int] | None = None  # the same rule over people of unknown cohort
    people: dict[int, int] | None = None  # 実人数, shown beside
    nameless: frozenset[int] = frozenset()  # years with records of no code: 実人数 isn't known
    splits: dict[Split, dict[int, int]] = field(default_factory=dict)
    listed: int | None = None  # how many municipalities of the baseline are known
    places: dict[str, int] = field(default_factory=dict)  # municipality → its year; of PLACES
    before: frozenset[str] = frozenset()  # the municipalities of 事業開始前; of PLACES

    @property
    def actual_sum(self) -> int:
        """The sum of the years."""
        return sum(self.actual.values())

    @property
    def provisional(self) -> bool:
        """Whether the municipalities of the baseline aren't all known."""
        return self.listed is not None and self.listed != self.indicator.baseline

    @property
    def caveat(self) -> str:
        """What is printed at a provisional figure, on every format."""
        if not self.provisional:
            return ""
        return f"基準の市町が未登録 ({self.listed}/{self.indicator.baseline})"
