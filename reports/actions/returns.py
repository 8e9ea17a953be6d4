"""Monthly files between houses: written here, taken in at the prefecture's house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from foundation.clock import JST
from ledger.entries import Fact, counter_enter, enter, merge_subjects
from ledger.models import Entry
from ledger.states import Kind, Reason
from reports import returning
from reports.models import Install, Return, ReturnedEntry
from reports.returning import BadReturn, Sent

CAME = "return:"
OWN = "この団体（このサーバー）の鍵です。じぶんの月次ファイルは、もう数えているので取り込めません。"
HANDED_ON = (
    "ほかの団体から取りこんだ記録が入っています。"
    "二重に数えないように、それぞれの団体からじかに受けとります。"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file: its rows, and how many of them weren't here yet."""

    install: str
    month: str
    rows: int
    new: int


def write_return(*, program: str, month: str) -> bytes:
    """The entries that a program's ledger learned of in a month of Japan, signed.

    Raises `BadReturn` where some of them came from another house: nobody hands on what is
    another's, for whoever hears it from both would count it twice.
    """
    start = datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=JST)
    later = (start.month == 12, start.month % 12 + 1)
    end = start.replace(year=start.year + later[0], month=later[1])
    mine = Entry.objects.filter(program=program)
    # By numbers, so that files of following months have neither a gap nor a row in common.
    first = mine.filter(recorded_at__gte=start).order_by("seq").first()
    after = mine.filter(recorded_at__gte=end).order_by("seq").first()
    found = mine.none() if first is None else mine.filter(seq__gte=first.seq)
    if after is not None:
        found = found.filter(seq__lt=after.seq)
    entries = list(found.order_by("seq").values())
    if any(one["confirmed_by"].startswith(CAME) for one in entries):
        raise BadReturn(HANDED_ON)
    return returning.written(program, month, entries)


def join(*, name: str, public_key: str, now: datetime) -> Install:
    """Make a house known, by the key that it told over another way.

    Raises `BadReturn` for a key that another house has, and for this house's own.
    """
    if public_key == returning.own_key():
        raise BadReturn(OWN)
    if Install.objects.filter(public_key=public_key).exclude(name=name).exists():
        raise BadReturn("この鍵は、ほかの団体のものです。")
    found, _ = Install.objects.update_or_create(
        name=name, defaults={"public_key": public_key, "joined_at": now}
    )
    return found


def take_return(data: bytes, *, now: datetime) -> Taken:
    """Take a file in, as a whole. What is here already isn't entered again; what was corrected
    there is countered here. Raises `BadReturn`; nothing is changed then.
    """
    sent = returning.read(data)
    if sent.sender == returning.own_key():
        raise BadReturn(OWN)
    if any(entry["evidence"].startswith(CAME) for entry in sent.entries):
        raise BadReturn(HANDED_ON)
    with transaction.atomic():
        install = Install.objects.select_for_update().filter(public_key=sent.sender).first()
        if install is None:
            raise BadReturn("この団体は、まだ登録されていません。")
        known = dict(
            ReturnedEntry.objects.filter(install=install, program=sent.program)
            .values_list("seq", "hash")
        )  # fmt: skip
        _must_follow(sent, known)
        new = 0
        for entry in sent.entries:
            if entry["seq"] in known:
                continue
            own = _enter(install, sent, entry, now=now)
            ReturnedEntry.objects.create(
                install=install, program=sent.program, seq=entry["seq"], hash=entry["hash"],
                own_seq=own,
            )  # fmt: skip
            new += 1
        last = sent.entries[-1]["seq"] if sent.entries else 0
        Return.objects.create(
            install=install, program=sent.program, month=sent.month,
            first_seq=sent.entries[0]["seq"] if sent.entries else 0, last_seq=last,
            shares_key=sent.key_print == returning.own_key_print(), taken_at=now,
        )  # fmt: skip
    return Taken(install.name, sent.month, len(sent.entries), new)


def _must_follow(sent: Sent, known: dict[int, str]) -> None:
    if not sent.entries:
        return
    first = sent.entries[0]
    if first["seq"] > 1 and known.get(first["seq"] - 1) != first["previous"]:
        raise BadReturn("前の月の分が、まだ届いていません。先にそれを取り込んでください。")
    for entry in sent.entries:
        if known.get(entry["seq"], entry["hash"]) != entry["hash"]:
            raise BadReturn(f"{entry['seq']}番が、前に届いたものと違います。")


def _enter(install: Install, sent: Sent, entry: dict[str, Any], *, now: datetime) -> int:
    by = f"{CAME}{install.pk}"
    if entry["counters"] is not None:
        own = ReturnedEntry.objects.get(
            install=install, program=sent.program, seq=entry["counters"]
        ).own_seq
        reason = Reason(entry["reason"])
        return counter_enter(sent.program, seq=own, reason=reason, confirmed_by=by, now=now).seq
    if entry["kind"] == Kind.SUBJECT_MERGED:
        return merge_subjects(
            sent.program, subject=entry["subject"], into=entry["merged_into"],
            on=entry["occurred_on"], confirmed_by=by, now=now,
        ).seq  # fmt: skip
    names = (
        "program", "occurred_on", "subject", "municipality_code", "channel", "cohort", "relation",
        "destination", "origin", "quantity",
    )  # fmt: skip
    fact = Fact(
        kind=Kind(entry["kind"]),
        evidence=f"{by}:{entry['seq']}",
        **{name: entry[name] for name in names},
    )
    return enter(fact, confirmed_by=by, now=now).seq
