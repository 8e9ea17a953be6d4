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


@pytest.mark.django_db
def test_rows_without_names_are_the_rows_with_names() -> None:
    sql = (
        "SELECT 1 AS a, 'ことり\"\\' AS b, NULL AS c, 2.5 AS d,"
        " CAST('2026-11-30 12:00:00+09' AS timestamptz) AS e"
        " UNION ALL SELECT 2, '', 'x', NULL, NULL ORDER BY 1"
    )
    named, bare, none = ask(
        Statement(sql, []),
        Statement(sql, [], columns=5),
        Statement(f"SELECT * FROM ({sql}) AS these WHERE a < 0", [], columns=5),
    )
    assert bare == named and all(isinstance(row, tuple) for row in (*named, *bare))
    assert [row[:4] for row in bare] == [(1, 'ことり"\\', None, 2.5), (2, "", "x", None)]
    assert none == []
