"""What was done to a participant, as their own page tells it: never who did it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.policies import must_be_entered
from accounts.viewer import Viewer
from duty.colleagues import above
from foundation.refusals import Refused
from moderation import policies, telling
from moderation.models import Act, Appeal
from moderation.recusals import recused_from
from moderation.states import ActKind, AppealState

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Told:
    """An act as its person reads it."""

    id: int
    at: datetime
    text: str
    holds: bool
    may_appeal: bool
    appeal: Appeal | None
    judged: str  # what became of it, where somebody judged it


def own(viewer: Viewer, *, now: datetime) -> list[Told]:
    """Theirs, the newest first."""
    participant = must_be_entered(viewer)
    rows = Act.objects.filter(participant=participant, kind__in=_kinds())
    return [
        _told(row, now=now) for row in rows.select_related("appeal").order_by("-at", "-pk")[:SHOWN]
    ]


def one(viewer: Viewer, *, act: int, now: datetime) -> Told:
    """One of theirs. Raises `Refused("not_found")`."""
    participant = must_be_entered(viewer)
    rows = Act.objects.filter(pk=act, participant=participant, kind__in=_kinds())
    row = rows.select_related("appeal").first()
    if row is None:
        raise Refused("not_found")
    return _told(row, now=now)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody of ours said to them: by an act, or (`appeal`) in answer to an objection."""

    act: Act
    appeal: Appeal | None
    by: int
    at: datetime
    text: str
    told: bool


def may_tell_of(viewer: Viewer, *, act: int, answer: bool = False) -> Said:
    """Of theirs one that somebody of ours did, said or answered: of it they may tell. With `answer`
    it is what was answered to their objection to it.

    Raises `Refused`: `not_entered`, `not_found`.
    """
    participant = must_be_entered(viewer)
    kinds = [*_kinds(), ActKind.WORD.value, ActKind.REPLY.value]
    row = Act.objects.filter(pk=act, participant=participant, kind__in=kinds).first()
    if row is None:
        raise Refused("not_found")
    if answer:
        return _answered(row)
    if row.by_id is None:
        raise Refused("not_found")
    told = row.told.filter(appeal__isnull=True).exists()
    return Said(row, None, by=row.by_id, at=row.at, text=telling.said_in(row), told=told)


def _answered(row: Act) -> Said:
    found = Appeal.objects.filter(act=row, judged_by__isnull=False).first()
    if found is None or found.judged_by_id is None or found.judged_at is None:
        raise Refused("not_found")
    return Said(
        row, found, by=found.judged_by_id, at=found.judged_at, text=telling.answered_in(found),
        told=row.told.filter(appeal=found).exists(),
    )  # fmt: skip


def is_read(said: Said, *, now: datetime) -> bool:
    """Whether there is somebody above, besides whoever said it, to read what is told of it."""
    besides = {said.by, *recused_from(said.act.participant_id)}
    return any(one.staff not in besides for one in above(said.act.program_id, now=now))


def _kinds() -> list[str]:
    return [kind.value for kind in telling.WHAT]


def _told(row: Act, *, now: datetime) -> Told:
    appeal = getattr(row, "appeal", None)
    try:
        policies.may_appeal(row, now=now)
        may = appeal is None
    except Refused:
        may = False
    lasting = ActKind(row.kind) != ActKind.TURN_DOWN
    over = row.closed_at is not None or (row.until is not None and row.until <= now)
    return Told(
        id=row.pk, at=row.at, text=telling.of_act(row), holds=lasting and not over,
        may_appeal=may, appeal=appeal, judged=_judged(row, appeal),
    )  # fmt: skip


def _judged(row: Act, appeal: Appeal | None) -> str:
    if appeal is None or appeal.state == AppealState.OPEN:
        return ""
    return telling.judged(row, overturned=appeal.state == AppealState.OVERTURNED)
