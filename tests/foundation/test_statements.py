"""Statements by hand: what goes in as a list comes back as it was, on both engines."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.db import connection

from foundation.statements import Statement, ask

TEXTS = ["", "null", "NULL", 'a"b', "a\\b", "a\\", "{x,y}", "ひと、ふた", " a ", "a\nb", "'; --"]


def _back(values: Sequence[object], kind: str) -> list[object]:
    sql = {
        "postgresql": f"SELECT v FROM unnest(%s::{kind}[]) AS x(v)",
        "sqlite": "SELECT value AS v FROM json_each(%s)",
    }[connection.vendor]
    [rows] = ask(Statement(sql, [list(values)]))
    return [row[0] for row in rows]


@pytest.mark.django_db
def test_texts_in_a_list_come_back_as_they_were() -> None:
    assert _back(TEXTS, "text") == TEXTS
    assert _back([], "text") == []


@pytest.mark.django_db
def test_numbers_and_uuids_in_a_list_come_back_as_they_were() -> None:
    numbers = [0, -1, 2**31, 2**53, 2**63 - 1]
    assert _back(numbers, "bigint") == numbers
    if connection.vendor == "postgresql":  # SQLite keeps them as text, and is given text
        uuids = [uuid4() for _ in range(3)]
        assert _back(uuids, "uuid") == [str(one) for one in uuids]


@pytest.mark.django_db
def test_one_of_several_texts_is_found_by_itself_alone() -> None:
    for one in TEXTS:
        [rows] = ask(Statement("SELECT 1 AS found WHERE 'a\\b' = ANY(%s)", [[one]]))
        assert bool(rows) == (one == "a\\b")
