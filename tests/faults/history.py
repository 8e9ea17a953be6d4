"""What was said, what was answered, and what is there in the end: the judge of every fault.

Each operation is ok (acknowledged, with its number), failed (refused: certainly not stored) or
unknown (sent, and never answered, or only by `busy`). In the end the database is read, and every
client's own memory; then acknowledged words may not be lost, no words may be there twice, and what
was acknowledged before something else was begun must stand before it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Row(NamedTuple):
    """A message as the database holds it."""

    seq: int
    nonce: UUID
    text: str


@dataclass
class Operation:
    """One thing that a client wants said. Times are monotonic seconds."""

    client: str
    nonce: str
    text: str
    began: float
    answered: float | None = None
    seq: int | None = None  # ok
    code: str = ""  # failed
    sent: int = 0
    # Every further number that the same nonce was acknowledged with.
    contradicted: list[int] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """`ok`, `failed` or `unknown`."""
        return "ok" if self.seq is not None else "failed" if self.code else "unknown"

    def ack(self, seq: int, *, at: float) -> None:
        """It was acknowledged; a second time it must be with the same number."""
        if self.seq is None:
            self.seq, self.answered = seq, at
        elif self.seq != seq:
            self.contradicted.append(seq)

    def refuse(self, code: str, *, at: float) -> None:
        """It was refused; `busy` says nothing about whether it is stored."""
        if code != "busy":
            self.code, self.answered = code, at


@dataclass(frozen=True)
class Verdict:
    """Lists of what is wrong, each to be empty, and numbers to be printed."""

    operations: int
    acknowledged: int
    unknown: int
    unknown_stored: int
    refused: int
    repeats: int
    lost: list[str]
    doubled: list[str]
    inverted: list[str]
    moved: list[str]
    refused_and_stored: list[str]
    strangers: list[str]
    astray: list[str]

    def wrong(self) -> dict[str, list[str]]:
        """Everything that may not be, by its name."""
        return {
            name: found
            for name in (
                "lost", "doubled", "inverted", "moved", "refused_and_stored", "strangers", "astray",
            )
            if (found := getattr(self, name))
        }  # fmt: skip

    def __str__(self) -> str:
        return (
            f"{self.operations} said, {self.acknowledged} acknowledged, {self.refused} refused, "
            f"{self.unknown} unknown ({self.unknown_stored} of them there), "
            f"{self.repeats} repeats; lost {len(self.lost)}, doubled {len(self.doubled)}, "
            f"inverted {len(self.inverted)}, lists that differ {len(self.astray)}"
        )


def judge(
    operations: Sequence[Operation],
    stored: Sequence[Row],
    memories: Mapping[str, tuple[int, Sequence[tuple[int, str]]]] | None = None,
) -> Verdict:
    """Hold what clients were told against what is there.

    `stored`: the room's messages since the run began. `memories`: by client, the number it began
    after, and its own list of (seq, text).
    """
    by_text = {row.text: row for row in stored}
    there = [op for op in operations if op.text in by_text]
    at_hand = {id(op) for op in there}
    texts = Counter(row.text for row in stored)
    nonces = Counter(row.nonce for row in stored)
    numbers = Counter(row.seq for row in stored)
    known = {op.text for op in operations}
    outcomes = Counter(op.outcome for op in operations)
    return Verdict(
        operations=len(operations),
        acknowledged=outcomes["ok"],
        unknown=outcomes["unknown"],
        unknown_stored=sum(op.outcome == "unknown" for op in there),
        refused=outcomes["failed"],
        repeats=sum(max(0, op.sent - 1) for op in operations),
        lost=[op.text for op in operations if op.outcome == "ok" and id(op) not in at_hand],
        doubled=[f"{text} × {n}" for text, n in texts.items() if n > 1]
        + [f"{nonce} × {n}" for nonce, n in nonces.items() if n > 1]
        + [f"number {seq} × {n}" for seq, n in numbers.items() if n > 1],
        inverted=_inverted(operations),
        moved=[
            f"{op.text}: {[op.seq, *op.contradicted]}"
            for op in there
            if op.seq is not None and (op.contradicted or by_text[op.text].seq != op.seq)
        ],
        refused_and_stored=[f"{op.text}: {op.code}" for op in there if op.outcome == "failed"],
        strangers=[row.text for row in stored if row.text not in known],
        astray=_astray(stored, memories or {}),
    )


def _inverted(operations: Iterable[Operation]) -> list[str]:
    """Whoever began after something was acknowledged, on any client, must stand after it."""
    told = [op for op in operations if op.seq is not None]
    acks = sorted(told, key=lambda op: op.answered or 0.0)
    found, highest, before, next_ack = [], 0, "", 0
    for op in sorted(told, key=lambda op: op.began):
        while next_ack < len(acks) and (acks[next_ack].answered or 0.0) < op.began:
            if (seq := acks[next_ack].seq or 0) > highest:
                highest, before = seq, acks[next_ack].text
            next_ack += 1
        if (op.seq or 0) < highest:
            found.append(f"{op.text} ({op.seq}) stands before {before} ({highest})")
    return found


def _astray(
    stored: Sequence[Row], memories: Mapping[str, tuple[int, Sequence[tuple[int, str]]]]
) -> list[str]:
    found = []
    truth = sorted((row.seq, row.text) for row in stored)
    for client, (after, listing) in memories.items():
        want = [one for one in truth if one[0] > after]
        have = [one for one in listing if one[0] > after]
        if have != want:
            missing, extra = len(set(want) - set(have)), len(set(have) - set(want))
            found.append(f"{client}: {missing} missing, {extra} too many of {len(want)}")
    return found
