"""Forms without script, turned into the same frames as the socket's. No database."""

from typing import TypeVar
from uuid import uuid4

import msgspec
from django.http import QueryDict

from chat import protocol as p
from foundation.refusals import Refused

F = TypeVar("F", bound=p.Incoming)


def _frame(kind: type[F], fields: dict[str, object]) -> F:
    try:
        return msgspec.convert({"type": kind.__struct_config__.tag, **fields}, kind)
    except (msgspec.ValidationError, ValueError):
        raise Refused(p.Refusal.MALFORMED) from None


def _number(form: QueryDict, name: str) -> int:
    value = form.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise Refused(p.Refusal.MALFORMED)
    return int(value)


def post(form: QueryDict) -> p.Post:
    """`text`, `nonce`, `veil`."""
    return _frame(
        p.Post,
        {
            # A client without a nonce can't repeat safely, but isn't sent away for it.
            "nonce": form.get("nonce") or str(uuid4()),
            "text": form.get("text", ""),
            "veil": form.get("veil", ""),
        },
    )


def murmur(form: QueryDict) -> p.Murmur:
    """`text`, `nonce`, `aloud=on`."""
    return _frame(
        p.Murmur,
        {
            "nonce": form.get("nonce") or str(uuid4()),
            "text": form.get("text", ""),
            "aloud": form.get("aloud") == "on",
        },
    )


def stamp(form: QueryDict) -> p.Stamp:
    """`of`, `stamp`, `on=true|false`."""
    return _frame(
        p.Stamp,
        {
            "of": _number(form, "of"),
            "stamp": form.get("stamp", ""),
            "on": form.get("on", "true") == "true",
        },
    )


def withdraw(form: QueryDict) -> p.Withdraw:
    """`of`."""
    return _frame(p.Withdraw, {"of": _number(form, "of")})


def report(form: QueryDict) -> p.Report:
    """`of`, `reason`, `note`, `nonce`."""
    return _frame(
        p.Report,
        {
            "of": _number(form, "of"),
            "reason": form.get("reason", ""),
            "note": form.get("note", ""),
            "nonce": form.get("nonce") or None,
        },
    )
