"""What a transaction of acts reads is found by index, also where nothing was counted yet."""

import uuid

import pytest
from django.db import connection

from chat import asked


@pytest.mark.django_db
def test_what_a_nonce_said_is_found_by_index_in_a_house_that_has_just_opened() -> None:
    """Without statistics PostgreSQL took it for a table of a few rows, and read all of it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite goes by the index as it is asked")
    nonces = [(seat, uuid.uuid4()) for seat in range(16)]
    sql, params = asked._said(nonces)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on chat_message" not in plan, plan
    assert "Index Scan" in plan, plan
