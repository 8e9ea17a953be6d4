"""What the desk keeps of a participant: what was done and said to them, what they objected."""

from datetime import datetime

from foundation.clock import wire
from moderation import telling
from moderation.actions.acts import forget_quotes
from moderation.models import Act, Appeal, Proposal, Quoted, Told
from moderation.states import ActKind

TEMPLATE = "moderation/_kept.html"
TITLE = "支援者がしたこと"


def shown(participant: int) -> dict[str, object]:
    """Everything, JSON-able; times are ISO 8601 UTC. Who did it isn't theirs to know."""
    acts = Act.objects.filter(participant=participant).select_related("room", "appeal")
    acts = acts.prefetch_related("told")
    return {
        "acts": [
            {
                "room_name": act.room.name if act.room else None,
                "kind": act.kind,
                "says": telling.of_act(act) if act.kind in telling.WHAT else "",
                "words": act.words,
                "evidence": act.evidence.get("text", ""),
                "at": wire(act.at),
                "until": wire(act.until) if act.until else None,
                "closed_at": wire(act.closed_at) if act.closed_at else None,
                "appeal": _appeal(getattr(act, "appeal", None)),
                "told": _told([one for one in act.told.all() if one.appeal_id is None]),
                "told_of_answer": _told([one for one in act.told.all() if one.appeal_id]),
            }
            for act in acts.order_by("at", "pk")
        ]
    }


def _appeal(row: Appeal | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {"text": row.text, "at": wire(row.at), "state": row.state, "answer": row.answer}


def _told(rows: list[Told]) -> dict[str, object] | None:
    if not rows:
        return None
    return {"reason": rows[0].reason, "note": rows[0].note, "at": wire(rows[0].at)}


def erase(participant: int, *, now: datetime) -> None:
    """Words and evidence go; that something was done, and by whom, stays without them.

    What a permanent bar leans on goes too: a person who isn't there can't be barred. So do their
    words in what is kept of acts on others.
    """
    forget_quotes(participant)
    acts = Act.objects.filter(participant=participant)
    Appeal.objects.filter(act__in=acts).update(text="")
    Told.objects.filter(act__in=acts).update(note="", evidence={})
    standing = [kind.value for kind in ActKind if kind.value in telling.WHAT]
    Quoted.objects.filter(act__in=acts).delete()
    acts.filter(closed_at__isnull=True, kind__in=standing).update(closed_at=now)
    acts.update(evidence={}, words="", note="", participant=None)
    Proposal.objects.filter(participant=participant).update(evidence={}, note="")
