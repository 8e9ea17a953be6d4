"""A calendar as text: iCalendar (RFC 5545), the little of it that shifts need. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

OCTETS = 75  # a line's length without its CRLF (RFC 5545, 3.1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One stretch in a calendar. `uid` stays the same whatever else changes."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str


def calendar(entries: Iterable[Entry]) -> str:
    """The whole calendar, lines folded and ended by CRLF. It names no product that would tell."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calendar//JA", "CALSCALE:GREGORIAN"]
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.uid}",
            f"DTSTAMP:{_utc(one.changed_at)}",
            f"DTSTART:{_utc(one.starts_at)}",
            f"DTEND:{_utc(one.ends_at)}",
            f"SUMMARY:{escaped(one.summary)}",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never cut within a character."""
    part, length = "", 0
    for char in line:
        octets = len(char.encode())
        if length + octets > OCTETS:
            yield part
            part, length = " ", 1
        part, length = part + char, length + octets
    yield part


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
