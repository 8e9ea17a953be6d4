"""A calendar that any calendar can read (RFC 5545), and that tells nobody what it is of."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from duty.feed import Entry, calendar, escaped, folded
from foundation.clock import JST

ONE = Entry(
    uid="a1b2",
    starts_at=datetime(2026, 12, 1, 22, 0, tzinfo=JST),
    ends_at=datetime(2026, 12, 2, 2, 0, tzinfo=JST),
    changed_at=datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC),
    summary="当番",
)


def test_a_shift_stands_there_in_utc():
    assert calendar([ONE]).split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//calendar//JA", "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT", "UID:a1b2", "DTSTAMP:20261124T030405Z", "DTSTART:20261201T130000Z",
        "DTEND:20261201T170000Z", "SUMMARY:当番", "CLASS:PRIVATE", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip


def test_a_calendar_without_shifts_is_still_one():
    assert calendar([]).startswith("BEGIN:VCALENDAR\r\n")
    assert calendar([]).endswith("END:VCALENDAR\r\n")


def test_what_has_a_meaning_in_a_calendar_is_escaped():
    assert escaped("a,b;c\\d\r\ne\nf") == r"a\,b\;c\\d\ne\nf"


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=300))
def test_long_lines_are_folded_at_75_octets_and_unfold_to_what_they_were(text):
    parts = list(folded(f"SUMMARY:{text}"))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert re.sub("\r\n ", "", "\r\n".join(parts)) == f"SUMMARY:{text}"
