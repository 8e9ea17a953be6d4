"""SQL by hand for what is asked at every act: few statements, prepared.

Written once, in PostgreSQL's words; SQLite gets them translated. Everything else goes through the
ORM. Names of tables and columns belong to the app that asks; this file knows none.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from psycopg import DataError
from psycopg.pq.abc import PGresult

from foundation.one_trip import AT_ONCE, Asked, travel

Row = tuple[Any, ...]
_decoded = msgspec.json.Decoder(list[list[tuple[Any, ...] | dict[str, Any]]]).decode


class Statement(NamedTuple):
    """`%s` for each parameter; a list of numbers, of texts or of UUIDs is one, as of
    `= ANY(%s)`; what one list holds is of one kind.

    `columns`, where many rows are asked for: how many each has. They then come without names.
    """

    sql: str
    params: Sequence[Any]
    columns: int = 0


def ask(*statements: Statement) -> list[list[Row]]:
    """The rows of each statement, in order. Columns need names of their own within a statement.

    Instants come as `instant` takes them, UUIDs as text. PostgreSQL answers all of them as one, by
    one snapshot: what must be read under a lock is asked by `ask_in_turn`. Raises Django's database
    errors.
    """
    with connection.wrap_database_errors:
        raw = _connected()
        if connection.vendor != "postgresql":
            return [
                raw.execute(_in_sqlite(sql), [_for_sqlite(one) for one in params]).fetchall()
                for sql, params, _ in statements
            ]
        [told] = travel(raw, _asked(_as_one(statements)))
        return _rows(told)


def ask_in_turn(first: Statement, *others: Statement) -> list[list[Row]]:
    """As `ask`, but the others are read when the first one has its locks, in the same trip.

    Inside a transaction only, which begins with it where it hasn't yet.
    """
    if connection.vendor != "postgresql":
        return ask(first, *others)
    with connection.wrap_database_errors:
        raw = _connected()
        lock, rest = _asked(_as_one([first])), _asked(_as_one(others))
        if sum(len(one or b"") for one in rest[1]) > AT_ONCE:
            found = [*travel(raw, lock), *travel(raw, rest)]
        else:
            found = travel(raw, lock, rest)
        return [rows for told in found for rows in _rows(told)]


def tell(statement: Statement) -> None:
    """Run a statement that has no rows."""
    with connection.wrap_database_errors:
        raw = _connected()
        if connection.vendor == "postgresql":
            travel(raw, _asked(statement))
        else:
            raw.execute(_in_sqlite(statement.sql), [_for_sqlite(p) for p in statement.params])


def tell_and_commit(statement: Statement) -> None:
    """Run a statement that has no rows and commit, in one trip: the last deed of a transaction.

    Within another transaction (a test's) or one that is to be rolled back nothing is committed; nor
    on SQLite, where it is no trip.
    """
    inner = connection.savepoint_ids or connection.needs_rollback
    if connection.vendor != "postgresql" or inner:
        tell(statement)
        return
    with connection.wrap_database_errors:
        # Django, which commits after this, finds nothing left to do, and goes on to what it calls.
        travel(_connected(), _asked(statement), commit=True)


def tell_each(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement once a row; for SQLite, where a statement is no round trip."""
    with connection.wrap_database_errors:
        raw = _connected()
        raw.executemany(_in_sqlite(sql), rows)


def moment(at: datetime) -> datetime | str:
    """An instant as the database at hand keeps it, for `tell_each`."""
    value: Any = connection.ops.adapt_datetimefield_value(at)
    kept: datetime | str = value
    return kept


def instant(value: datetime | str) -> datetime:
    """An instant as a row brought it: SQLite's are naive, PostgreSQL's are text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def their_now() -> datetime:
    """The present instant as the database takes it, to the second on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        [told] = cursor.fetchone()
    return instant(told if isinstance(told, datetime) else datetime.fromisoformat(told))


def _connected() -> Any:
    # As Django's own cursors do: a line that was cut while nobody used it is replaced.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.connection


def _as_one(statements: Sequence[Statement]) -> Statement:
    united = _united(tuple((one.sql, one.columns) for one in statements))
    return Statement(united, [param for one in statements for param in one.params])


def _rows(told: PGresult) -> list[list[Row]]:
    return [
        [row if isinstance(row, tuple) else tuple(row.values()) for row in rows]
        for rows in _decoded(told.get_value(0, 0) or b"[]")
    ]


def _asked(statement: Statement) -> Asked:
    texts = (None if one is None else str(_for_postgresql(one)) for one in statement.params)
    return statement.sql, [None if text is None else _whole(text) for text in texts]


def _whole(text: str) -> bytes:
    # The driver's library would take it for the end.
    if "\0" in text:
        raise DataError("a text holds NUL")
    return text.encode()


def _for_postgresql(value: Any) -> Any:
    # The driver asks every element what it is, several times; a batch has hundreds of them.
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], str):
        return f'{{"{_elements(value)}"}}'
    return f"{{{','.join(map(str, value))}}}"


def _elements(texts: list[str]) -> str:
    # All at once, held apart by the one character that none of them may have.
    joined = "\0".join(texts)
    if joined.count("\0") >= len(texts):
        raise DataError("a text holds NUL")
    return joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')


@lru_cache(maxsize=64)
def _united(statements: tuple[tuple[str, int], ...]) -> str:
    # Only the house's own statements stand in it.
    parts = []
    for sql, columns in statements:
        row = names = "all_of_it"
        if columns:
            each = ", ".join(f"c{n}" for n in range(columns))
            row, names = f"json_build_array({each})", f"all_of_it({each})"
        parts.append(f"(SELECT coalesce(json_agg({row}), '[]') FROM ({sql}) {names})")  # noqa: S608
    return f"SELECT json_build_array({', '.join(parts)})::text"


@lru_cache(maxsize=64)
def _in_sqlite(sql: str) -> str:
    for ours, theirs in (
        ("= ANY(%s)", "IN (SELECT value FROM json_each(%s))"),
        (" FOR NO KEY UPDATE", ""),
        ("string_agg(", "group_concat("),
        ("%s", "?"),
    ):
        sql = sql.replace(ours, theirs)
    return sql


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    return moment(value) if isinstance(value, datetime) else value
