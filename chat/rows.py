"""Messages read by hand, where the ORM's way would cost more than all the rest."""

import json
from datetime import datetime

from msgspec import Struct

from chat import protocol as p
from chat.queries import message_frame
from foundation.statements import Row, instant


class _Seat(Struct, gc=False):
    key: str
    handle: str
    mark: str
    role: str


class _Said(Struct, gc=False):
    seq: int | None
    handle: str
    text: str
    veil: str
    state: str
    stamps: dict[str, int]
    at: datetime
    seat: _Seat | None


def frame(row: Row) -> p.Message | p.Gone:
    """What people see of a message.

    Of its row: seq, handle, text, veil, state, stamps, at; of its seat: key, handle, mark, role.
    """
    seq, handle, text, veil, state, stamps, at, key, named, mark, role = row
    return message_frame(
        _Said(
            seq,
            handle,
            text,
            veil,
            state,
            json.loads(stamps) if isinstance(stamps, str) else stamps,
            instant(at),
            None if key is None else _Seat(key, named, mark, role),
        )
    )
