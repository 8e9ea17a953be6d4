"""Somebody tells of what staff said or did to them: in silence, to those above the desk."""

from datetime import datetime

from django.db import transaction

from accounts import letters
from accounts.policies import must_be_entered
from accounts.viewer import Viewer
from chat import in_force, promises
from chat.actions import items
from chat.actions.words import CARE_LINKS, CARE_TITLE, MOST_SCREENED, care_text
from chat.models import Murmur
from chat.protocol import MAX_NOTE
from chat.screening import Screened, screen
from chat.states import ItemKind
from foundation.clock import wire
from foundation.refusals import Refused
from foundation.tidy import clean, measured
from moderation import own_standing
from moderation.actions.hear import holds_passphrase, seat_in
from moderation.models import Told
from moderation.own_standing import Said


def tell(
    viewer: Viewer, *, act: int, reason: str, note: str, now: datetime, answer: bool = False
) -> Told:
    """「このことばがつらかった」: what was there is frozen, and whoever it is about never learns of
    it. Twice is like once. `answer`: of what was answered to their objection to that act.

    Words of crisis in the note bring the card and call those above, also where it is refused.
    Raises `Refused`: `not_entered`, `not_found` (not done to them, or by nobody), `passphrase`,
    `note_too_long`.
    """
    found = own_standing.may_tell_of(viewer, act=act, answer=answer)
    person = must_be_entered(viewer)
    note = clean(note)
    looked = screen(note[:MOST_SCREENED], more=in_force.lexicons(found.act.program_id))
    holds_phrase = holds_passphrase(note, person)
    with transaction.atomic():
        if looked.care:
            _hear(found, person, looked, now=now)
        made = None if holds_phrase or len(note) > MAX_NOTE else _keep(found, reason, note, now)
    if made is None:
        raise Refused("passphrase" if holds_phrase else "note_too_long")
    return made


def _keep(said: Said, reason: str, note: str, now: datetime) -> Told:
    told, new = Told.objects.get_or_create(
        act=said.act,
        appeal=said.appeal,
        defaults={
            "reason": reason, "note": measured(note, most=MAX_NOTE, required=False),
            "evidence": _frozen(said), "at": now,
        },
    )  # fmt: skip
    if new:
        items.raise_all([_raised(ItemKind.REPORT, said)], now=now)
    return told


def _hear(said: Said, person: int, looked: Screened, *, now: datetime) -> None:
    called = ""
    if looked.crisis:
        items.raise_all([_raised(ItemKind.CRISIS, said)], now=now)
        called = promises.called_above(
            program=said.act.program_id, about=said.by, participant=person, now=now
        )
    letters.write(
        person, kind=letters.Kind.CARE, title=str(CARE_TITLE), text=care_text(called),
        links=CARE_LINKS, now=now,
    )  # fmt: skip


def _raised(kind: ItemKind, said: Said) -> items.Raised:
    act, appeal = said.act, said.appeal
    # The teller's seat: nobody who may know them is called.
    seat = seat_in(act, act.participant_id or 0)
    return items.Raised(
        kind, f"answer:{appeal.pk}" if appeal is not None else f"act:{act.pk}", room=act.room_id,
        program=act.program_id, seat=seat.pk if seat is not None else None, about_staff=said.by,
    )  # fmt: skip


def _frozen(said: Said) -> dict[str, object]:
    """What they were told, as they read it, and what it answers. JSON-able."""
    act = said.act
    murmur = Murmur.objects.filter(pk=act.evidence.get("murmur") or 0).first()
    return {
        "kind": act.kind,
        "text": said.text,
        "murmur": murmur.text if murmur is not None and said.appeal is None else "",
        "objection": said.appeal.text if said.appeal is not None else "",
        "at": wire(said.at),
    }
