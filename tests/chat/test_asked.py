"""What is asked at every act and arrival is planned once, and found by index from the first one."""

import re
import uuid

import pytest
from django.db import connection, transaction
from psycopg import ClientCursor

from chat import arrivals, asked, catching_up, following, known
from chat.actions import visits
from chat.states import Mode
from duty.watching import watching_statement
from foundation import clock
from foundation.statements import Statement, _for_sqlite, _in_sqlite, ask

# Tables that grow with people and their words.
GROWING = (
    "accounts_letter", "accounts_participant", "chat_message", "chat_restriction", "chat_seat",
    "chat_visit", "django_session", "duty_shift",
)  # fmt: skip
NUMBERS, INSTANT = "bigint[]", "timestamptz"


def hot() -> dict[str, tuple[Statement, list[str]]]:
    """Each with its parameters' types."""
    now = clock.now()
    people, against = known.stranger_statements([1])
    found = {
        "rooms": (Statement(asked._ROOMS, [[1]]), [NUMBERS]),
        "room": (Statement(asked._ROOM, [["x"]]), ["text[]"]),
        "seats": (known.seats_statement([1]), [NUMBERS]),
        "strangers": (people, [NUMBERS]),
        "against": (against, [NUMBERS]),
        "sessions": (asked._sessions_of(["x"], now=now), ["text[]", INSTANT]),
        "said": (asked._said([(1, str(uuid.uuid4()))]), [NUMBERS, "uuid[]"]),
        "watching": (watching_statement([1], now=now), [INSTANT, NUMBERS, INSTANT]),
        "coming": (
            arrivals.coming_statement([(1, 1)], now=now),
            [INSTANT, NUMBERS, NUMBERS],
        ),
    }
    found |= {
        "open": (Statement(visits._OPEN, [[1]]), [NUMBERS]),
        "seen": (Statement(visits._SEEN, [now, [1]]), [INSTANT, NUMBERS]),
        "turned": (Statement(visits._TURNED, ["here", [1]]), ["text", NUMBERS]),
        "noted": (Statement(visits._NOTED, [now, now, [1]]), [INSTANT, INSTANT, NUMBERS]),
        "begun": (
            visits._begun_statement([visits.Stay(1, 1, Mode.HERE)], now=now),
            [INSTANT, INSTANT, NUMBERS, NUMBERS, "text[]"],
        ),
        "newest": (
            catching_up.newest_statement([(1, 1)]),
            [NUMBERS, NUMBERS, "bigint"],
        ),
    }
    if connection.vendor == "postgresql":  # beside SQLite each room is read by itself
        found["following"] = (
            following.following_statement({1: 2}),
            [NUMBERS, NUMBERS, "bigint"],
        )
    return found


def kept_plan(statement: Statement, types: list[str]) -> str:
    """The plan that is made once for all parameters, as the house keeps it."""
    sql, params, _ = statement
    if connection.vendor == "sqlite":
        [steps] = ask(Statement(f"EXPLAIN QUERY PLAN {sql}", params))
        return "\n".join(str(step[-1]) for step in steps)
    numbers = iter(range(1, 10))
    numbered = re.sub("%s", lambda _: f"${next(numbers)}", sql)
    with connection.cursor():
        pass  # connected
    raw = ClientCursor(connection.connection)
    raw.execute(f"PREPARE kept ({', '.join(types)}) AS {numbered}")
    raw.execute(f"EXPLAIN EXECUTE kept ({', '.join(['%s'] * len(params))})", params)
    plan = "\n".join(row[0] for row in raw.fetchall())
    raw.execute("DEALLOCATE kept")
    return plan


@pytest.mark.django_db
def test_what_comes_without_names_comes_with_all_its_columns() -> None:
    """PostgreSQL would leave out what isn't counted, and nothing but this would tell."""
    bare = [one for one, _ in hot().values() if one.columns]
    assert bare
    with connection.cursor() as cursor:
        for one in bare:
            if connection.vendor == "sqlite":
                params = [_for_sqlite(param) for param in one.params]
                raw = connection.connection.execute(_in_sqlite(one.sql), params)
            else:
                raw = cursor
                raw.execute(one.sql, one.params)
            assert len(raw.description) == one.columns, one.sql


def forget_statistics() -> None:
    """Autovacuum may have counted the rows of tests before; a truncated table is as never seen."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the logs refuse it
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND reltuples >= 0", [tables]
        )
        assert not cursor.fetchall()


@pytest.mark.django_db
def test_a_plan_that_was_made_in_a_house_without_anyone_reads_no_growing_table_whole() -> None:
    """Without statistics PostgreSQL takes every table for a few rows; the plan outlives that.

    One that was made from statistics of a small table ends with the next ones of that table.
    """
    if connection.vendor == "postgresql":
        forget_statistics()
    for name, (statement, types) in hot().items():
        plan = kept_plan(statement, types)
        if connection.vendor == "sqlite":
            scanned = re.findall(r"^SCAN (\w+)", plan, re.M)
            assert not set(scanned) - {"json_each", "x", "a"}, f"{name}:\n{plan}"
            # Nearly all seats are no staff's.
            assert "(staff_id=?)" not in plan, f"{name}:\n{plan}"
        else:
            scanned = re.findall(r"Seq Scan on (\w+)", plan)
            assert not set(scanned) & set(GROWING), f"{name}:\n{plan}"


@pytest.mark.django_db
def test_a_statement_is_planned_once() -> None:
    if connection.vendor == "sqlite":
        return
    with transaction.atomic():
        before = plans_of_seats()
        for seat in range(12):
            ask(known.seats_statement([seat]))
        after = plans_of_seats()
    assert (after[0] - before[0], after[1] - before[1]) == (0, 12)


def plans_of_seats() -> tuple[int, int]:
    """How often this line planned that question for its parameters alone, and for any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(custom_plans), 0), coalesce(sum(generic_plans), 0)"
            " FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%FROM chat_seat s WHERE%"],
        )
        anew, kept = cursor.fetchone()
    return anew, kept
