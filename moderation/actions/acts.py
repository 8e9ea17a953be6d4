"""An act's row: with what was there at that moment, frozen, and its line in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.models import Finding, Message, Report, Seat
from chat.queries import written_by
from chat.states import MessageState
from duty.actions.attending import acted
from foundation.clock import wire
from moderation.models import Act, Quoted
from moderation.states import ActKind
from moderation.waiting import without_taken_back

CONTEXT = 10  # messages before the one that it is about
ERASED = MessageState.ERASED.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was there: the words, what stood before them, what was told and seen. JSON-able."""

    words: dict[str, Any]
    # Where in it the words of which participant stand.
    places: dict[int, list[str]]


def evidence_of(message: Message) -> Evidence:
    """What an act on a message freezes."""
    before = Message.objects.filter(room=message.room_id, at__lte=message.at, seq__isnull=False)
    before = before.exclude(pk=message.pk).select_related("seat").order_by("-at", "-pk")
    around = list(before[:CONTEXT])[::-1]
    reports = list(
        Report.objects.filter(message=message).select_related("seat").order_by("at")[:CONTEXT]
    )
    findings = Finding.objects.filter(message=message).order_by("at")[:CONTEXT]
    places: dict[int, list[str]] = {}
    for place, seat in (
        # What was read to the room for somebody is theirs.
        ("text", written_by(message)),
        *((f"context.{number}", written_by(one)) for number, one in enumerate(around)),
        *((f"reports.{number}", one.seat) for number, one in enumerate(reports)),
    ):
        if seat is not None and seat.participant_id is not None:
            places.setdefault(seat.participant_id, []).append(place)
    words = {
        **_said(message),
        "seq": message.seq,
        "context": [_said(without_taken_back(one)) for one in around],
        # Not who: only what they said.
        "reports": [{"reason": one.reason, "note": one.note} for one in reports],
        "findings": [{"classes": one.classes, "rules": one.rules} for one in findings],
    }
    return Evidence(words, places)


def attribute(act: Act, evidence: Evidence) -> None:
    """Whose words, besides those of its own person, an act keeps: they go when these people go."""
    others = sorted(set(evidence.places) - {act.participant_id})
    Quoted.objects.bulk_create(
        [Quoted(act=act, participant_id=one, places=evidence.places[one]) for one in others]
    )


def forget_quotes(participant: int) -> None:
    """Somebody's words and name go from what was kept of acts on others; that a line stood there
    stays. Safe to run again.
    """
    acts = Quoted.objects.filter(participant=participant).order_by("act")
    for act in list(acts.values_list("act", flat=True)):
        with transaction.atomic():
            row = Act.objects.select_for_update(of=("self",), no_key=True).get(pk=act)
            quoted = Quoted.objects.filter(act=row, participant=participant)
            for place in [place for one in quoted for place in one.places]:
                _empty(row.evidence, place)
            row.save(update_fields=["evidence"])
            quoted.delete()


def _empty(evidence: dict[str, Any], place: str) -> None:
    where, _, number = place.partition(".")
    if where == "text":
        evidence |= {"text": "", "veil": "", "handle": "", "mark": "", "state": ERASED}
    elif where == "reports":
        evidence[where][int(number)] |= {"note": ""}
    else:
        evidence[where][int(number)] |= {
            "text": "", "veil": "", "handle": "", "mark": "", "state": ERASED,
        }  # fmt: skip


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
