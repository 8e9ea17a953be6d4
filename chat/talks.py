"""Who sits in a talk of two: whoever was given a seat there, until it is taken away."""

from accounts.viewer import Viewer
from chat.models import Room, Seat
from chat.policies import sits_in_talk
from chat.states import COUNSELOR


def talk_seat(viewer: Viewer, *, room: Room) -> Seat | None:
    """The viewer's seat there; None for everybody who has none, or lost it."""
    given = Seat.objects.filter(room=room, ended_at__isnull=True)
    if viewer.participant is not None:
        return given.filter(participant_id=viewer.participant).first()
    if viewer.staff is None or not viewer.verified:
        return None
    if not sits_in_talk(viewer.grants, program=room.program_id):
        return None
    return given.filter(staff_id=viewer.staff, role=COUNSELOR).first()
