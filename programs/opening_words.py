"""Opening hours as people write them, read where they can be. Pure; no Django.

「月〜金 9:00〜17:00、土 9:00〜12:00」 becomes stretches; what isn't understood stays words only.
"""

import re
import unicodedata
from datetime import time

# [[weekday, Monday = 0], "HH:MM", "HH:MM"]; `closes <= opens` ends on the next day.
Stretch = list[list[int] | str]

_DAYS = "月火水木金土日"
_TO = "[-~〜～ー―–—]"
_RANGE = re.compile(rf"([{_DAYS}])曜?日?(?:{_TO}|から)([{_DAYS}])曜?日?")
_SINGLE = re.compile(rf"[{_DAYS}](?:曜日?)?(?:[・,、/ ]?[{_DAYS}](?:曜日?)?)*")
_CLOCK = r"([0-9]{1,2})(?::([0-9]{2})|時(?:([0-9]{1,2})分|(半))?)"
_TIMES = re.compile(rf"{_CLOCK}\s*(?:{_TO}|から)\s*(翌)?\s*{_CLOCK}(?:まで)?")
_WORDS = {"毎日": range(7), "平日": range(5), "土日": (5, 6)}


def read(words: str) -> list[Stretch]:
    """The stretches that these words say; empty when a part of them isn't understood."""
    text = unicodedata.normalize("NFKC", words).replace("~", "〜").strip()
    found: list[Stretch] = []
    for part in re.split(r"[、,;；\n]\s*(?=[月火水木金土日毎平])", text):
        one = _one(part.strip(" 　。"))
        if one is None:
            return []
        found.append(one)
    return found


def _one(part: str) -> Stretch | None:
    times = _TIMES.search(part)
    if times is None:
        return None
    before, after = part[: times.start()].strip(" :("), part[times.end() :].strip(" )")
    days = _weekdays(before)
    opens, closes = _clock(times.groups()[:4]), _clock(times.groups()[5:])
    if after or days is None or opens is None or closes is None:
        return None
    return [days, opens, closes]


def _weekdays(text: str) -> list[int] | None:
    if text in _WORDS:
        return list(_WORDS[text])
    if span := _RANGE.fullmatch(text):
        first, last = (_DAYS.index(day) for day in span.groups())
        return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]
    if _SINGLE.fullmatch(text):
        # 「曜日」 holds the sign of Sunday.
        return sorted({_DAYS.index(d) for d in re.sub("曜日?", "", text) if d in _DAYS})
    return None


def _clock(parts: tuple[str | None, ...]) -> str | None:
    hour, minute = int(parts[0] or 0), 30 if parts[3] else int(parts[1] or parts[2] or 0)
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        return None
    return time(hour, minute).isoformat("minutes")
