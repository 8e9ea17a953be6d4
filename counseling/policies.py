"""Every "may I" of counseling. Whoever may not know of a case is told that it isn't there."""

from accounts.models import Participant
from accounts.policies import must_be_entered, must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Room
from chat.states import RoomKind
from chat.talks import talk_seat
from counseling.models import Case
from counseling.states import CaseState
from foundation.refusals import Refused


def must_be_counselor(viewer: Viewer, *, program: int | None = None) -> int:
    """The number of a counselor there. Raises `Refused`: `not_found`, `second_factor`."""
    return must_hold(viewer, Role.COUNSELOR, program=program)


def must_be_assigned(viewer: Viewer, case: Case | None) -> Case:
    """The case, for its own counselor and nobody else: no colleague, no coordinator, no admin.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = must_be_counselor(viewer, program=case.program_id if case else None)
    if case is None or case.counselor_id != staff:
        raise Refused("not_found")
    return case


def must_be_of_the_team(viewer: Viewer, case: Case | None) -> Case:
    """A case that waits, for every counselor of its program: what was asked, not more.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    must_be_counselor(viewer, program=case.program_id if case else None)
    if case is None or case.state != CaseState.WAITING:
        raise Refused("not_found")
    return case


def must_be_own(viewer: Viewer, case: Case | None) -> Case:
    """The participant's own case. Raises `Refused`: `not_entered`, `not_found`."""
    participant = must_be_entered(viewer)
    if case is None or case.participant_id != participant:
        raise Refused("not_found")
    return case


def must_stand(case: Case) -> None:
    """What is closed takes nothing new. Raises `Refused("case_closed")`."""
    if case.state == CaseState.CLOSED:
        raise Refused("case_closed")


def may_reassign(viewer: Viewer, case: Case | None) -> int:
    """A coordinator of the program, by the case's code and without reading it.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = must_hold(viewer, Role.COORDINATOR, program=case.program_id if case else None)
    if case is None:
        raise Refused("not_found")
    return staff


def must_have_a_way_back(person: Participant | None) -> None:
    """An answer may come days later. Raises `Refused`: `not_entered`, `no_passphrase`."""
    if person is None:
        raise Refused("not_entered")
    if person.passphrase_key is None:
        raise Refused("no_passphrase")


def may_invite(viewer: Viewer, *, room: Room | None) -> int:
    """A supporter of that room, a coordinator. Raises `Refused`: `not_found`, `second_factor`."""
    staff = must_hold(
        viewer,
        Role.SUPPORTER,
        Role.COORDINATOR,
        program=room.program_id if room else None,
        room=room.pk if room else None,
    )
    if room is None or room.kind == RoomKind.COUNSELING:
        raise Refused("not_found")
    return staff


def must_sit(viewer: Viewer, case: Case | None) -> Case:
    """Whoever of the staff sits in the case's talk: its counselor, and who was asked in.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    must_be_counselor(viewer, program=case.program_id if case else None)
    if case is None or case.room is None or talk_seat(viewer, room=case.room) is None:
        raise Refused("not_found")
    return case


def may_coordinate(viewer: Viewer, *, program: int) -> int:
    """A coordinator of the program. Raises `Refused`: `not_found`, `second_factor`."""
    return must_hold(viewer, Role.COORDINATOR, program=program)
