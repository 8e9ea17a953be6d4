"""No contact details leave the desk, whoever writes them; whoever tries again is told of above."""

from datetime import datetime

from accounts.viewer import Viewer
from chat.actions import seats, words
from chat.models import Room
from chat.policies import FREE
from foundation.refusals import Refused
from moderation import policies


def must_hold_no_contact(viewer: Viewer, text: str, *, room: Room, now: datetime) -> None:
    """Of what someone who keeps a room writes to a person there. Outside the deed's transaction:
    that it was tried stays, whatever becomes of the deed. Raises `Refused("contact")`.
    """
    try:
        policies.must_hold_no_contact(text, program=room.program_id)
    except Refused:
        seat = seats.take(viewer, room=room, standing=FREE)
        words.tried_at_the_desk(seat, program=room.program_id, text=text, now=now)
        raise
