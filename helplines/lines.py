"""The help lines: read from a file, checked, and as a page shows them.

The file is the coordinators' own in the house's data folder, where there is one that can be read;
else `lines.toml`, which comes with the house. No database either way.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from foundation.clock import jst_day
from helplines.hours import (
    WEEKDAYS,
    Period,
    Stretch,
    always,
    next_opening,
    next_said,
    open_at,
    said,
)

FILE = Path(__file__).with_name("lines.toml")
STALE_AFTER = timedelta(days=90)
_KEYS = {
    "key", "name", "kind", "number", "url", "note", "hours", "valid", "source",
    "verified_on", "verified",
}  # fmt: skip
UNKNOWN_HOURS = "受付の時間は、その窓口のページなどで見てください"


class BadLines(Exception):
    """`lines.toml` is wrong. Found at start and by a test, never by someone who needs help."""


@dataclass(frozen=True, slots=True)
class Line:
    """One help line, as the file gives it. No `hours`: they aren't known."""

    key: str
    name: str
    kind: str
    number: str | None
    url: str | None
    note: str
    hours: tuple[Stretch, ...]
    valid: tuple[Period, ...]
    source: str
    verified_on: date | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One help line on the page, at one instant."""

    name: str
    kind: str
    number: str | None
    tel: str | None
    href: str | None
    note: str
    hours_text: str
    open_now: bool
    always: bool
    next_text: str | None
    source: str
    verified: bool
    verified_on: date | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Emergency:
    """Danger to life, now."""

    name: str
    number: str
    tel: str
    note: str


EMERGENCY = (
    Emergency("警察", "110", "110", "あぶない目にあっている"),
    Emergency("救急・消防", "119", "119", "けが・急な病気・火事"),
)


@dataclass(frozen=True, slots=True)
class Served:
    """Which lines people are shown; `broken`: the coordinators' file is there and can't be read."""

    lines: tuple[Line, ...]
    origin: Literal["edited", "shipped"]
    broken: bool = False


@cache
def shipped() -> tuple[Line, ...]:
    """The lines that come with the house, in the file's order. Raises `BadLines`."""
    return parse(FILE.read_text(encoding="utf-8"))


def edited_file() -> Path:
    """Where the coordinators' lines are kept; replaced as a whole, never written in place."""
    return Path(settings.DATA) / "help-lines.toml"


# The file's mark and what was read of it: any process may have replaced it meanwhile.
_held: tuple[tuple[int, ...], Served] | None = None


def served() -> Served:
    """The lines as they stand. Reads the file only when it has changed; never fails for it."""
    global _held
    path = edited_file()
    try:
        there = path.stat()
    except OSError:
        return Served(shipped(), "shipped")
    mark = (there.st_mtime_ns, there.st_size, there.st_ino)
    if _held is None or _held[0] != mark:
        try:
            found = Served(parse(path.read_text(encoding="utf-8")), "edited")
        except (OSError, ValueError, BadLines):
            found = Served(shipped(), "shipped", broken=True)
        _held = mark, found
    return _held[1]


def lines() -> tuple[Line, ...]:
    """All lines that stand, in their order."""
    return served().lines


def parse(text: str) -> tuple[Line, ...]:
    """Lines from TOML. Raises `BadLines` naming the line's key and what is wrong."""
    try:
        rows = tomllib.loads(text).get("line", [])
    except tomllib.TOMLDecodeError as error:
        raise BadLines(f"not TOML: {error}") from None
    found = tuple(_line(row) for row in rows)
    keys = [line.key for line in found]
    if len(set(keys)) != len(keys):
        raise BadLines("a key is there twice")
    if not {"phone", "chat"} <= {line.kind for line in found if not line.valid}:
        raise BadLines("phone and text must both be offered all year: calling is the hard part")
    return found


def shown(at: datetime) -> list[Shown]:
    """The lines that exist on this day, those open now first."""
    today = jst_day(at)
    there = [
        _shown(line, at)
        for line in lines()
        if not line.valid or any(period.holds(today) for period in line.valid)
    ]
    return sorted(there, key=lambda line: not line.open_now)


def is_stale(line: Line, today: date) -> bool:
    """Whether nobody verified a line within 90 days."""
    old = line.verified_on is None or today - line.verified_on > STALE_AFTER
    return old or not line.verified


def _shown(line: Line, at: datetime) -> Shown:
    is_open = open_at(line.hours, at)
    opening = None if is_open else next_opening(line.hours, at)
    return Shown(
        name=line.name,
        kind=line.kind,
        number=line.number,
        tel=re.sub(r"[^0-9#]", "", line.number).replace("#", "%23") if line.number else None,
        href=line.url,
        note=line.note,
        hours_text=said(line.hours) or UNKNOWN_HOURS,
        open_now=is_open,
        always=always(line.hours),
        next_text=next_said(opening, at) if opening else None,
        source=line.source,
        verified=line.verified,
        verified_on=line.verified_on,
        stale=is_stale(line, jst_day(at)),
    )


def _line(row: Mapping[str, Any]) -> Line:
    key = str(row.get("key", "?"))

    def must(true: object, why: str) -> None:
        if not true:
            raise BadLines(f"{key}: {why}")

    must(not set(row) - _KEYS, f"unknown: {sorted(set(row) - _KEYS)}")
    must(re.fullmatch(r"[a-z0-9-]+", key), "key is a-z, 0-9, -")
    must(isinstance(row.get("name"), str) and row["name"].strip(), "name is missing")
    must(row.get("kind") in ("phone", "chat"), "kind is phone or chat")
    must(row.get("number") or row.get("url"), "number or url is missing")
    must(re.fullmatch(r"#?[0-9][0-9-]*", row.get("number", "1")), "number is digits and hyphens")
    must(str(row.get("url", "https://")).startswith("https://"), "url is https")
    must(row.get("kind") != "phone" or row.get("number"), "a phone line has a number")
    must(isinstance(row.get("source"), str) and row["source"].strip(), "source is missing")
    must(isinstance(row.get("verified"), bool), "verified is true or false")
    must(_is_day(row.get("verified_on")), "verified_on is a date")
    must(not row["verified"] or row.get("verified_on"), "verified, but not when")
    try:
        hours = tuple(_stretch(stretch) for stretch in row.get("hours", ()))
        valid = tuple(
            Period(period.get("from"), period.get("until")) for period in row.get("valid", ())
        )
        must(all(_is_day(p.first) and _is_day(p.last) for p in valid), "valid is dates")
        must(all(p.first is None or p.holds(p.first) for p in valid), "valid ends before it begins")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLines(f"{key}: hours or valid: {error}") from None
    return Line(
        key=key,
        name=row["name"],
        kind=row["kind"],
        number=row.get("number"),
        url=row.get("url"),
        note=row.get("note", ""),
        hours=hours,
        valid=valid,
        source=row["source"],
        verified_on=row.get("verified_on"),
        verified=row["verified"],
    )


def _is_day(value: object) -> bool:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))


def _stretch(row: Mapping[str, Any]) -> Stretch:
    if set(row) - {"days", "month_day", "opens", "closes"} or ("days" in row) == (
        "month_day" in row
    ):
        raise ValueError("days or month_day, opens, closes")
    opens, closes = time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"])
    if "month_day" in row:
        if not 1 <= row["month_day"] <= 31:
            raise ValueError("month_day is 1 to 31")
        return Stretch(opens, closes, month_day=row["month_day"])
    names: Sequence[str] = WEEKDAYS if row["days"] == "daily" else row["days"]
    if isinstance(names, str) or not names:
        raise ValueError("days is 'daily' or a list")
    return Stretch(opens, closes, weekdays=frozenset(WEEKDAYS.index(name) for name in names))
