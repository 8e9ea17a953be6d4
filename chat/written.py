"""What a transaction of acts leaves: its messages and the rooms' new heads, in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import connection
from msgspec.structs import astuple

from foundation.statements import Statement, moment, tell, tell_and_commit, tell_each


class NewMessage(msgspec.Struct, gc=False):
    """A row of `chat.Message` on its way to the table, its columns in the order of `_ALL`.

    `seq` is None while it is held, and then it isn't written here.
    """

    room: int
    seat: int
    seq: int | None
    nonce: str  # in small letters
    handle: str
    body_key: str
    text: str
    veil: str
    state: str
    at: datetime


_HEADS = """
UPDATE chat_room SET head = x.head FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, head)
WHERE chat_room.id = x.id
"""
_ALL = """
WITH said AS (
  INSERT INTO chat_message
    (room_id, seat_id, seq, nonce, handle, body_key, text, veil, state, stamps, at)
  SELECT x.*, '{}', %s::timestamptz FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[],
    %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS x
)
UPDATE chat_room SET head = x.head FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, head)
WHERE chat_room.id = x.id
"""
_ONE = """
INSERT INTO chat_message
  (room_id, seat_id, seq, nonce, handle, body_key, text, veil, state, stamps, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '{}', %s)
"""
_HEAD = "UPDATE chat_room SET head = %s WHERE id = %s"


def write(
    messages: Sequence[NewMessage], *, heads: Mapping[int, int], commit: bool = False
) -> None:
    """Insert the messages and set the heads of these rooms; `commit`: and end with it.

    What is written together was said at one instant.
    """
    if connection.vendor == "postgresql":
        run = tell_and_commit if commit else tell
        keys = [list(heads), list(heads.values())]
        if messages:
            *columns, instants = zip(*map(astuple, messages), strict=True)
            [at] = set(instants)
            run(Statement(_ALL, [at, *map(list, columns), *keys]))
        elif heads:
            run(Statement(_HEADS, keys))
        return
    if messages:
        tell_each(
            _ONE,
            [
                (m.room, m.seat, m.seq, m.nonce.replace("-", ""), m.handle, m.body_key, m.text,
                 m.veil, m.state, moment(m.at))
                for m in messages
            ],
        )  # fmt: skip
    if heads:
        tell_each(_HEAD, [(head, room) for room, head in heads.items()])
