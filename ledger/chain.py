"""The chain: each entry's hash covers its whole content and the hash before it. Pure.

SHA-256 without a key, so that anybody who has the entries can check them; who could rewrite the
whole chain is caught by the heads that were noted elsewhere (a closed sheet, a monthly file).
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

# What an entry says, in the order in which it is hashed. A new column is added at the end.
CONTENT = (
    "program", "seq", "kind", "occurred_on", "recorded_at", "subject", "municipality_code",
    "channel", "cohort", "relation", "destination", "origin", "quantity", "evidence",
    "confirmed_by", "counters", "reason", "merged_into",
)  # fmt: skip


def first(program: str) -> str:
    """What the first entry of a program stands on."""
    return hashlib.sha256(f"ibasho ledger 1:{program}".encode()).hexdigest()


def link(previous: str, content: dict[str, Any]) -> str:
    """The hash of an entry, 64 hex digits. `content` holds every name of `CONTENT`."""
    said = [previous, *(_said(content[name]) for name in CONTENT)]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value
