"""A month of a ledger as a signed file, for the prefecture's house.

JSON: who sends it (a public key), which program and month, the entries with their numbers and
hashes, and an Ed25519 signature (RFC 8032) over everything else.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from ledger import chain

FORMAT = "ibasho return 1"
MOST_BYTES = 50_000_000
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class BadReturn(Exception):
    """A file that can't be taken. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Sent:
    """What a file says, once its signature and its chain hold."""

    sender: str
    program: str
    month: str
    key_print: str
    entries: list[dict[str, Any]]  # the columns of `chain.CONTENT`, `previous` and `hash`


def is_month(text: str) -> bool:
    """Whether this is a month: `2026-10`."""
    return bool(_MONTH.fullmatch(text))


def own_key() -> str:
    """This house's public key, 64 hex digits."""
    return _private().public_key().public_bytes_raw().hex()


def own_key_print() -> str:
    """Tells whether two houses share a `SUBJECT_KEY`, and nothing else of it."""
    return hashlib.sha256(b"ibasho key print 1:" + settings.SUBJECT_KEY.encode()).hexdigest()[:16]


def written(program: str, month: str, entries: Sequence[Mapping[str, Any]]) -> bytes:
    """The file. `entries` are in the order of their numbers, without a gap."""
    told = {
        "format": FORMAT,
        "sender": own_key(),
        "program": program,
        "month": month,
        "key_print": own_key_print(),
        "entries": [_plain(entry) for entry in entries],
    }
    signature = _private().sign(_signed(told)).hex()
    entry_by_entry = told.pop("entries")
    first = json.dumps({**told, "signature": signature}, ensure_ascii=False)
    # An entry a line; `indent` would have it written by Python, and a big file takes seconds.
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entry_by_entry)
    return f'{first[:-1]},\n"entries": [\n{lines}\n]}}\n'.encode()


def read(data: bytes) -> Sent:
    """The file, when it is whole. Raises `BadReturn`."""
    if len(data) > MOST_BYTES:
        raise BadReturn("ファイルが大きすぎます。")
    try:
        told = json.loads(data)
        signature = bytes.fromhex(told.pop("signature"))
        if told["format"] != FORMAT:
            raise BadReturn("月次ファイルではありません。")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(told["sender"]))
        key.verify(signature, _signed(told))
        sent = Sent(
            str(told["sender"]), str(told["program"]), str(told["month"]), str(told["key_print"]),
            [_entry(one) for one in told["entries"]],
        )  # fmt: skip
    except InvalidSignature:
        raise BadReturn("署名があいません。書きだされたあとに変わっています。") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadReturn("月次ファイルとして読めません。") from None
    _check(sent)
    return sent


def _check(sent: Sent) -> None:
    if not is_month(sent.month):
        raise BadReturn("月次ファイルとして読めません。")
    before: dict[str, Any] | None = None
    for entry in sent.entries:
        follows = before is None or (
            entry["seq"] == before["seq"] + 1 and entry["previous"] == before["hash"]
        )
        holds = chain.link(entry["previous"], entry) == entry["hash"]
        if not follows or not holds or entry["program"] != sent.program:
            raise BadReturn(f"{entry['seq']}番の鎖が、つながっていません。")
        before = entry


def _private() -> Ed25519PrivateKey:
    seed = hashlib.sha256(b"ibasho return 1:" + settings.SEALING_KEY.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signed(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: entry[name] for name in (*chain.CONTENT, "previous", "hash")}
    told["occurred_on"] = entry["occurred_on"].isoformat()
    told["recorded_at"] = entry["recorded_at"].isoformat()
    return told


def _entry(told: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: told[name] for name in (*chain.CONTENT, "previous", "hash")}
    entry["occurred_on"] = date.fromisoformat(told["occurred_on"])
    entry["recorded_at"] = datetime.fromisoformat(told["recorded_at"])
    for name, value in entry.items():
        number = name in ("seq", "quantity") or (name == "counters" and value is not None)
        text = not number and name not in ("occurred_on", "recorded_at", "counters")
        if (number and type(value) is not int) or (text and type(value) is not str):
            raise ValueError(name)
    return entry
