"""No contact details leave the desk, whoever writes them; whoever tries again is told of above."""

from datetime import datetime

from accounts.viewer import Viewer
from chat.actions import seats, words
from chat.models import Room
from chat.states import RoomKind
from foundation.refusals import Refused
from moderation import policies
from moderation.models import Act


def must_hold_no_contact(viewer: Viewer, text: str, *, room: Room, now: datetime) -> None:
    """Of what someone at the desk or above it writes about a room or a person there. Outside the
    deed's transaction: that it was tried stays, whatever becomes of the deed.

    Whether they may do the deed was asked before. Raises `Refused("contact")`.
    """
    try:
        policies.must_hold_no_contact(text, program=room.program_id)
    except Refused:
        # Whoever judges may have no place in the room: the try is told of by one all the same.
        seat = seats.of_staff(viewer.staff or 0, room=room)
        words.tried_at_the_desk(seat, program=room.program_id, text=text, now=now)
        raise


def must_hold_none_about(viewer: Viewer, text: str, *, act: Act, now: datetime) -> None:
    """The same of what is written about an act; of one that holds everywhere, in the room where
    its person was last. Raises `Refused("contact")`.
    """
    if (room := act.room or _where(act)) is not None:
        must_hold_no_contact(viewer, text, room=room, now=now)
    else:
        policies.must_hold_no_contact(text, program=act.program_id)


def _where(act: Act) -> Room | None:
    of = Room.objects.filter(program=act.program_id).exclude(kind=RoomKind.COUNSELING.value)
    theirs = of.filter(seats__participant=act.participant_id or 0).order_by("-seats__pk")
    return theirs.first() or of.order_by("pk").first()
