"""An act's row: with what was there at that moment, frozen, and its line in the log."""

from datetime import datetime
from typing import Any

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.models import Finding, Message, Report, Seat
from duty.actions.attending import acted
from foundation.clock import wire
from moderation.models import Act
from moderation.states import ActKind
from moderation.waiting import without_taken_back

CONTEXT = 10  # messages before the one that it is about


def evidence_of(message: Message) -> dict[str, Any]:
    """What was there: the words, what stood before them, what was told and seen. JSON-able."""
    before = Message.objects.filter(room=message.room_id, at__lte=message.at, seq__isnull=False)
    around = before.exclude(pk=message.pk).select_related("seat").order_by("-at", "-pk")
    reports = Report.objects.filter(message=message).order_by("at")[:CONTEXT]
    findings = Finding.objects.filter(message=message).order_by("at")[:CONTEXT]
    return {
        **_said(message),
        "seq": message.seq,
        "context": [_said(without_taken_back(one)) for one in reversed(around[:CONTEXT])],
        # Not who: only what they said.
        "reports": [{"reason": one.reason, "note": one.note} for one in reports],
        "findings": [{"classes": one.classes, "rules": one.rules} for one in findings],
    }


def _said(message: Message) -> dict[str, Any]:
    return {
        "handle": message.handle,
        "mark": message.seat.mark if message.seat else "",
        "text": message.text,
        "veil": message.veil,
        "state": str(message.state),
        "at": wire(message.at),
    }


def evidence_about(seat: Seat) -> dict[str, Any]:
    """Their last messages in the room, for an act that is about no single one."""
    rows = Message.objects.filter(seat=seat).select_related("seat").order_by("-at", "-pk")
    return {
        "handle": seat.handle,
        "mark": seat.mark,
        "context": [_said(one) for one in reversed(rows[:CONTEXT])],
    }


def keep(viewer: Viewer, kind: ActKind, *, role: Role, now: datetime, **columns: Any) -> Act:
    """Store an act and note it in the log: never words, only what kind and which row."""
    if role is Role.SUPPORTER and (room := columns.get("room_id")) is not None:
        # A deed at the desk is an act there.
        acted(viewer.staff or 0, program=columns["program_id"], room=room, now=now)
    act = Act.objects.create(
        kind=kind.value, by_id=viewer.staff, role=role.value, at=now, **columns
    )
    record(
        viewer.staff, role=role, verb=f"moderation.{kind.value}", object_type="act",
        object_id=act.pk, program=act.program_id, reason=act.reason, now=now,
    )  # fmt: skip
    return act
