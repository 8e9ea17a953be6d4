"""What the living room keeps of a participant: shown on /me/, exported, erased."""

from datetime import datetime

from chat.actions.erase import erase as erase_all
from chat.models import (
    Finding,
    Message,
    Murmur,
    Mute,
    Report,
    Restriction,
    Seat,
    StampGiven,
    Visit,
)
from chat.states import MessageState
from foundation.clock import wire

TEMPLATE = "chat/_kept.html"
TITLE = "部屋のこと"


def shown(participant: int) -> dict[str, object]:
    """Everything, JSON-able; times are ISO 8601 UTC."""
    seats = list(Seat.objects.filter(participant_id=participant).select_related("room"))
    ids = [seat.pk for seat in seats]
    messages = Message.objects.filter(seat__in=ids).select_related("room").order_by("at", "pk")
    murmurs = (
        Murmur.objects.filter(seat__in=ids).select_related("room", "postcard").order_by("at", "pk")
    )
    muted = Mute.objects.filter(seat__in=ids).select_related("muted", "seat__room").order_by("pk")
    visits = Visit.objects.filter(seat__in=ids).select_related("room").order_by("started_at", "pk")
    reports = Report.objects.filter(seat__in=ids).select_related("message__room").order_by("at")
    findings = Finding.objects.filter(seat__in=ids).select_related("room").order_by("at", "pk")
    restrictions = (
        Restriction.objects.filter(participant_id=participant)
        .select_related("room")
        .order_by("starts_at", "pk")
    )
    return {
        "rooms": [{"room_name": s.room.name, "handle": s.handle, "mark": s.mark} for s in seats],
        "messages": [
            {
                "room_name": m.room.name,
                "at": wire(m.at),
                # What is kept of words that were taken back would tell that somebody told of them.
                "text": "" if m.state == MessageState.WITHDRAWN else m.text,
                "veil": "" if m.state == MessageState.WITHDRAWN else m.veil,
                "state": m.state,
            }
            for m in messages
        ],
        "murmurs": [
            {
                "room_name": m.room.name,
                "at": wire(m.at),
                "text": m.text,
                "aloud": m.aloud,
                "read_aloud_at": wire(m.postcard.read_at) if hasattr(m, "postcard") else None,
            }
            for m in murmurs
        ],
        "muted": [
            {
                "slug": m.seat.room.slug,
                "room_name": m.seat.room.name,
                "id": m.muted.key,
                "handle": m.muted.handle,
                "mark": m.muted.mark,
            }
            for m in muted
        ],
        "reports": [
            {"room_name": r.message.room.name, "at": wire(r.at), "reason": r.reason, "note": r.note}
            for r in reports
        ],
        "findings": [
            {"room_name": f.room.name, "at": wire(f.at), "classes": f.classes, "words": f.words}
            for f in findings
        ],
        "restrictions": [
            {
                "room_name": r.room.name if r.room else None,
                "kind": r.kind,
                "reason": r.reason,
                "at": wire(r.starts_at),
                "until": wire(r.until) if r.until else None,
                "lifted_at": wire(r.lifted_at) if r.lifted_at else None,
            }
            for r in restrictions
        ],
        "visits": [
            {
                "room_name": v.room.name,
                "started_at": wire(v.started_at),
                "minutes": int(((v.ended_at or v.seen_at) - v.started_at).total_seconds() // 60),
            }
            for v in visits
        ],
        "stamps": StampGiven.objects.filter(seat__in=ids).count(),
    }


def erase(participant: int, *, now: datetime) -> None:
    """Texts go; the rooms' numbering stays whole."""
    erase_all(participant, now=now)
