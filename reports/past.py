"""What was worked out of a ledger's past, kept so that nobody waits for it twice.

What was known up to a moment that is over changes no more, so what follows from it is worked out
once, by whichever process needs it first; `rounds.py` sees to it that a page seldom is that one. A
kept answer says up to which entry the ledger went then. It counts as long as that entry is still
of this chain and nothing came since that was recorded before the moment: not after a restore, and
not after a clock was set back.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Min

from ledger.models import Entry, Head
from reports.models import Past

FAR = 1000  # so many entries later, an answer that still counts is written down anew
Asked = tuple[str, datetime]  # what was asked, of which moment


def about(*what: Any) -> str:
    """A name for a question, 64 hex digits; `what` is plain data."""
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def end_of_chain(program: str) -> tuple[int, str]:
    """(number, hash) of the last entry now; to be asked before something is worked out."""
    head = Head.objects.filter(pk=program).first()
    return (head.seq, head.hash) if head else (0, "")


def known(program: str, asked: Iterable[Asked], *, end: tuple[int, str]) -> dict[Asked, Any]:
    """The answers that are kept of some questions and still count."""
    wanted = {(name, upto.isoformat()): (name, upto) for name, upto in asked}
    rows = [
        row
        for row in Past.objects.filter(program=program, about__in={name for name, _ in wanted})
        if (row.about, row.upto) in wanted
    ]
    links = Entry.objects.filter(program=program, seq__in={row.seq for row in rows})
    hashes = dict(links.values_list("seq", "hash")) if rows else {}
    late = {
        seq: _first_recorded(program, seq, at_most=end[0])
        for seq in {row.seq for row in rows if row.seq < end[0]}
    }
    found: dict[Asked, Any] = {}
    old: dict[Asked, Any] = {}
    for row in rows:
        one = wanted[row.about, row.upto]
        first = late.get(row.seq)
        if hashes.get(row.seq) == row.hash and (first is None or first >= one[1]):
            found[one] = row.found
            if end[0] - row.seq > FAR:
                old[one] = row.found
    keep(program, old, end=end)
    return found


def _first_recorded(program: str, after: int, *, at_most: int) -> datetime | None:
    """When the earliest of the entries after a number was recorded.

    Of a bounded selection: asked for the least of all, PostgreSQL walks the chain from its start.
    """
    rows = Entry.objects.filter(program=program, seq__gt=after).order_by()[:at_most]
    first: datetime | None = rows.aggregate(at=Min("recorded_at"))["at"]
    return first


def keep(program: str, answers: Mapping[Asked, Any], *, end: tuple[int, str]) -> None:
    """Write answers down, as of the ledger's `end` before they were worked out."""
    if not answers or not end[0]:
        return
    try:
        with transaction.atomic():
            Past.objects.bulk_create(
                [
                    Past(
                        program=program, about=name, upto=upto.isoformat(),
                        seq=end[0], hash=end[1], found=found,
                    )
                    for (name, upto), found in sorted(answers.items(), key=lambda one: one[0])
                ],
                update_conflicts=True,
                unique_fields=["program", "about", "upto"],
                update_fields=["seq", "hash", "found"],
            )  # fmt: skip
    except OperationalError:
        pass  # whoever writes just now has it locked: the answer is right without it


def asked_once(program: str, name: str, upto: datetime, work: Callable[[], Any]) -> Any:
    """One answer, as plain data: the kept one, or what `work` gives."""
    end, one = end_of_chain(program), (name, upto)
    found = known(program, [one], end=end)
    if one not in found:
        found[one] = work()
        keep(program, found, end=end)
    return found[one]
