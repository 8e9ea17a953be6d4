"""What anyone may read of the desk: whole months, small numbers hidden."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from moderation.models import Act
from moderation.openness import months, shown
from moderation.states import ActKind

# 1 December 2026, 00:30 in Japan: November is over.
NOW = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)


def act(program, kind, at) -> None:
    Act.objects.create(kind=kind.value, program=program, role="supporter", reason="calm", at=at)


@pytest.mark.parametrize(("number", "read"), [(0, 0), (1, None), (9, None), (10, 10)])
def test_few_are_not_told_by_number(number, read):
    assert shown(number) == read


def test_a_month_is_told_when_it_is_over_in_japan(program):
    for _ in range(12):
        act(program, ActKind.HIDE, datetime(2026, 11, 30, 14, 59, tzinfo=UTC))
    for _ in range(11):
        act(program, ActKind.HIDE, datetime(2026, 11, 30, 15, 1, tzinfo=UTC))  # December
    act(program, ActKind.ROOM_BAR, datetime(2026, 10, 31, 15, 0, tzinfo=UTC))  # November
    newest, before = months(now=NOW)[:2]
    assert (newest.first.month, newest.counts["hidden"], newest.counts["barred"]) == (11, 12, None)
    assert set(before.counts.values()) == {0}
    assert len(months(now=NOW)) == 12


def test_anyone_reads_it(program):
    text = Client().get("/transparency/").content.decode()
    assert "3日のうちに" in text
