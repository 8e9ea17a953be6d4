"""Several statements to PostgreSQL in one trip: they leave together and are answered together.

What a lone act costs is mostly its trips. The driver has a pipeline of its own, but it sends
statement by statement, and a process that is frozen in between keeps its locks for ever:
PostgreSQL takes it for a busy one. Here the end of it leaves along with the rest, as long as all of
it goes into what is sent at once; whoever takes locks sees to that (`AT_ONCE`).
"""

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache, partial
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

# By connection: what stands prepared there, and under which name.
_prepared: WeakKeyDictionary[Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
# Bytes of parameters that leave at once for certain: the driver's library sends from 8 KB on.
AT_ONCE = 4096
# What is prepared was taken back, or a table is another one by now.
_STALE = (InvalidSqlStatementName, FeatureNotSupported)
_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)

_names = count(1)
Trip = Generator[Wait, Ready | int, list[PGresult]]
Asked = tuple[str, Sequence[bytes | None]]
_BEGIN: Asked = ("BEGIN", ())
_COMMIT: Asked = ("COMMIT", ())


def travel(raw: Connection[Any], *statements: Asked, commit: bool = False) -> list[PGresult]:
    """The results of these statements (`%s` for each parameter, given as text), in order.

    A transaction is begun along with them where none is open and the connection is none that
    commits by itself; with `commit` it ends with them. Raises psycopg's errors; what the
    transaction did is then not committed, or, where the line broke, perhaps.
    """
    begins = not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE
    asked = [*([_BEGIN] if begins else ()), *statements, *([_COMMIT] if commit else ())]
    there = _prepared.setdefault(raw, {})
    # Before anything is locked: what is new may be long.
    if new := {sql: b"ibasho_%d" % next(_names) for sql, _ in asked if sql not in there}:
        prepare = raw.pgconn.send_prepare
        _carry(raw, [partial(prepare, name, _numbered(sql)) for sql, name in new.items()])
        there.update(new)
    run = raw.pgconn.send_query_prepared
    try:
        told = _carry(raw, [partial(run, there[sql], params) for sql, params in asked])
    except _STALE:
        there.clear()
        raise
    if commit and told.pop().command_status != b"COMMIT":
        raise OperationalError("it was rolled back")
    return told[1:] if begins else told


def _carry(raw: Connection[Any], sends: Sequence[Callable[[], None]]) -> list[PGresult]:
    try:
        with raw.lock:
            results = raw.wait(_there_and_back(raw.pgconn, sends))
    finally:
        if raw.pgconn.pipeline_status != PipelineStatus.OFF:
            # Half of an answer may still be on its way: nobody must take it for their own.
            raw.close()
    for result in results:
        if result.status in _FAILED:
            raise error_from_result(result)
    return results


def _there_and_back(pgconn: PGconn, sends: Sequence[Callable[[], None]]) -> Trip:
    pgconn.enter_pipeline_mode()
    for send in sends:
        send()
    pgconn.pipeline_sync()
    while pgconn.flush():
        if (yield Wait.RW) & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    between = True
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if between:
                raise OperationalError("the line is gone")
            between = True
            continue
        between = False
        if result.status == ExecStatus.PIPELINE_SYNC:
            break
        results.append(result)
    pgconn.exit_pipeline_mode()
    return results


@lru_cache(maxsize=64)
def _numbered(sql: str) -> bytes:
    first, *rest = sql.split("%s")
    return (first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))).encode()
