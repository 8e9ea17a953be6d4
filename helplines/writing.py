"""Help lines back into TOML, and hours between words and stretches. Pure; no Django.

A TOML basic string takes the same escapes as JSON's, so strings are written by `json`.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time

from helplines.hours import WEEKDAYS, Period, Stretch
from helplines.lines import Line

_KANJI = "月火水木金土日"
_LINE = re.compile(
    r"(?:(毎日|平日|土日|[月火水木金土日・、,]+?)(?:曜日?)?|(?:毎月)?([0-9]{1,2})日)\s*"
    r"(?:([0-9]{1,2}):([0-9]{2})\s*[-~〜]\s*翌?([0-9]{1,2}):([0-9]{2})|(24時間))"
)
_SETS = {"毎日": range(7), "平日": range(5), "土日": (5, 6)}
HEAD = "# Written by the office (/manage/lines/). Replaced as a whole at each change.\n"


class BadHours(Exception):
    """A line of hours that can't be read; `line` is what was written."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def dump(lines: Iterable[Line]) -> str:
    """The whole file."""
    return HEAD + "\n".join(dump_line(line) for line in lines)


def dump_line(line: Line) -> str:
    """One `[[line]]`."""
    pairs: list[tuple[str, str | None]] = [
        ("key", _text(line.key)),
        ("name", _text(line.name)),
        ("kind", _text(line.kind)),
        ("number", _text(line.number) if line.number else None),
        ("url", _text(line.url) if line.url else None),
        ("note", _text(line.note)),
        ("hours", _list(_stretch(one) for one in line.hours) if line.hours else None),
        ("valid", _list(_period(one) for one in line.valid) if line.valid else None),
        ("source", _text(line.source)),
        ("verified_on", line.verified_on.isoformat() if line.verified_on else None),
        ("verified", "true" if line.verified else "false"),
    ]
    body = "\n".join(f"{name} = {value}" for name, value in pairs if value is not None)
    return f"\n[[line]]\n{body}\n"


def mark(line: Line) -> str:
    """Tells whether a line is still the one that somebody saw."""
    return hashlib.sha256(dump_line(line).encode()).hexdigest()[:16]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(parts: Iterable[str]) -> str:
    return f"[{', '.join(parts)}]"


def _stretch(one: Stretch) -> str:
    if one.month_day is not None:
        days = f"month_day = {one.month_day}"
    elif len(one.weekdays) == 7:
        days = 'days = "daily"'
    else:
        days = f"days = {_list(_text(WEEKDAYS[day]) for day in sorted(one.weekdays))}"
    times = f"opens = {_text(f'{one.opens:%H:%M}')}, closes = {_text(f'{one.closes:%H:%M}')}"
    return f"{{ {days}, {times} }}"


def _period(one: Period) -> str:
    ends: list[tuple[str, date | None]] = [("from", one.first), ("until", one.last)]
    return f"{{ {', '.join(f'{n} = {day.isoformat()}' for n, day in ends if day)} }}"


# --- hours, a line each --------------------------------------------------------------------------


def hours_in_words(hours: Iterable[Stretch]) -> str:
    """「毎日 16:00-21:00」, a line for each stretch: what `hours_of_words` reads."""
    return "\n".join(f"{_days(one)} {one.opens:%H:%M}-{one.closes:%H:%M}" for one in hours)


def _days(one: Stretch) -> str:
    if one.month_day is not None:
        return f"毎月{one.month_day}日"
    if len(one.weekdays) == 7:
        return "毎日"
    return "".join(_KANJI[day] for day in sorted(one.weekdays))


def hours_of_words(text: str) -> tuple[Stretch, ...]:
    """Stretches from such lines; none for an empty text. Raises `BadHours`."""
    return tuple(_read(line) for line in text.splitlines() if line.strip())


def _read(written: str) -> Stretch:
    parts = _LINE.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if parts is None:
        raise BadHours(written.strip())
    days, month_day, *clock, all_day = parts.groups()
    try:
        opens = time() if all_day else _time(clock[0], clock[1])
        closes = time() if all_day else _time(clock[2], clock[3])
    except ValueError:
        raise BadHours(written.strip()) from None
    if month_day is not None:
        if not 1 <= int(month_day) <= 31:
            raise BadHours(written.strip())
        return Stretch(opens, closes, month_day=int(month_day))
    named = _SETS.get(days) or [_KANJI.index(day) for day in days if day in _KANJI]
    if not named:
        raise BadHours(written.strip())
    return Stretch(opens, closes, weekdays=frozenset(named))


def _time(hour: str, minute: str) -> time:
    return time(0 if (hour, minute) == ("24", "00") else int(hour), int(minute))
