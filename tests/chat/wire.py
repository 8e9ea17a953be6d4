"""Holding what a server sent against the shapes of `chat.protocol`, to the letter.

Strict both ways: a field that isn't named is as wrong as one that is missing.
"""

from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from typing import Any

import msgspec

from chat import protocol as p


class OffTheWire(AssertionError):
    """A frame that the protocol doesn't know. Says where, never what it held."""


@cache
def _union() -> Any:
    return reduce(or_, p.OUTGOING)


def check(frame: Mapping[str, Any]) -> Any:
    """The struct that this frame is. Raises `OffTheWire` for anything else."""
    try:
        struct = msgspec.convert(dict(frame), _union(), strict=True)
    except msgspec.ValidationError as trouble:
        raise OffTheWire(f"{frame.get('type')}: {trouble}") from None
    _same(dict(frame), msgspec.to_builtins(struct), at=str(frame.get("type")))
    return struct


def check_all(frames: Iterable[Mapping[str, Any]]) -> int:
    """Check each; how many there were."""
    return len([check(frame) for frame in frames])


def _same(sent: Any, known: Any, *, at: str) -> None:
    """msgspec passes over unknown fields; what survives the round trip is what is known."""
    if isinstance(sent, dict) and isinstance(known, dict):
        if sent.keys() != known.keys():
            raise OffTheWire(f"{at}: {sorted(sent.keys() ^ known.keys())}")
        for name, value in sent.items():
            _same(value, known[name], at=f"{at}.{name}")
    elif isinstance(sent, list) and isinstance(known, list):
        for i, (one, other) in enumerate(zip(sent, known, strict=True)):
            _same(one, other, at=f"{at}[{i}]")
