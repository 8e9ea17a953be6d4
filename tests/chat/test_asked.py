"""What a transaction of acts reads is found by index, also where nothing was counted yet."""

import uuid

import pytest
from django.db import connection

from chat import asked
from foundation.statements import Statement, ask


@pytest.mark.django_db
def test_what_a_nonce_said_is_found_by_index_in_a_house_that_has_just_opened() -> None:
    """Without statistics PostgreSQL took it for a table of a few rows, and read all of it."""
    sql, params = asked._said([(seat, uuid.uuid4()) for seat in range(16)])
    lite = connection.vendor == "sqlite"
    [steps] = ask(Statement(f"EXPLAIN {'QUERY PLAN ' if lite else ''}{sql}", params))
    plan = "\n".join(str(step[-1]) for step in steps)
    found, whole = ("SEARCH m", "SCAN m") if lite else ("Index Scan", "Seq Scan on chat_message")
    assert found in plan and whole not in plan, plan
