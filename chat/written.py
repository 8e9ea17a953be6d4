"""What a transaction of acts leaves: its messages and the rooms' new heads, in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import connection

from foundation.statements import Statement, moment, tell, tell_and_commit, tell_each


class NewMessage(msgspec.Struct, gc=False):
    """A row of `chat.Message` on its way to the table; `seq` is None while it is held."""

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
  SELECT room, seat, seq, nonce, handle, body_key, text, veil, state, '{}', at
  FROM json_to_recordset(%s::json) AS x(room bigint, seat bigint, seq bigint, nonce uuid,
    handle text, body_key text, text text, veil text, state text, at timestamptz)
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
_json = msgspec.json.Encoder()


def write(
    messages: Sequence[NewMessage], *, heads: Mapping[int, int], commit: bool = False
) -> None:
    """Insert the messages and set the heads of these rooms; `commit`: and end with it."""
    if connection.vendor == "postgresql":
        run = tell_and_commit if commit else tell
        keys = [list(heads), list(heads.values())]
        if messages:
            run(Statement(_ALL, [_json.encode(messages).decode(), *keys]))
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
