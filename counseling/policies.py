"""Every "may I" of counseling. Whoever may not know of a case is told that it isn't there."""

from accounts.models import Participant
from accounts.policies import must_be_entered, must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Room
from chat.states import RoomKind
from chat.talks import talk_seat
from counseling.danger import EmergencyState
from counseling.models import Asking, Case, Emergency, Visit
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


def only_calls(case: Case) -> bool:
    """Whether nobody with a page ever stood behind it: it was opened by hand for a caller."""
    return case.participant_id is None and not Asking.objects.filter(case=case).exists()


def must_only_call(case: Case) -> None:
    """Whoever has a page decides there; who has left it agreed to nothing more.

    Raises `Refused`: `theirs_to_say`, `has_left`.
    """
    if case.participant_id is not None:
        raise Refused("theirs_to_say")
    if not only_calls(case):
        raise Refused("has_left")


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


def may_call_for_help(viewer: Viewer, case: Case | None) -> Role:
    """In which role someone may begin an emergency disclosure: the case's own counselor, any
    counselor while it is nobody's, a coordinator by its code and without reading it.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    program = case.program_id if case else None
    must_hold(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)
    if case is not None and viewer.holds(Role.COORDINATOR, program=program):
        return Role.COORDINATOR
    if case is None or case.counselor_id not in (None, viewer.staff):
        raise Refused("not_found")
    return Role.COUNSELOR


def may_know(viewer: Viewer, row: Emergency | None) -> Role:
    """In which role someone may see an emergency disclosure: whoever asks, whoever answers, the
    coordinators; while it waits for a second, every counselor of the program.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    program = row.case.program_id if row else None
    staff = must_hold(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)
    if row is not None and viewer.holds(Role.COORDINATOR, program=program):
        return Role.COORDINATOR
    if row is None or (row.state != EmergencyState.ASKED and staff not in _the_two(row)):
        raise Refused("not_found")
    return Role.COUNSELOR


def _the_two(row: Emergency) -> tuple[int | None, int | None]:
    return row.asked_by_id, row.second_id


def must_be_the_first(viewer: Viewer, row: Emergency) -> None:
    """Only whoever asked opens, tells, goes alone. Raises `Refused("not_found")`."""
    if row.asked_by_id != viewer.staff:
        raise Refused("not_found")


def must_be_another(viewer: Viewer, row: Emergency) -> None:
    """Nobody answers or reviews themselves. Raises `Refused("not_the_first")`."""
    if row.asked_by_id == viewer.staff:
        raise Refused("not_the_first")


def may_hear(viewer: Viewer, visit: Visit | None) -> Role:
    """In which role someone may take on the alarm of a visit of their program.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    program = visit.case.program_id if visit else None
    must_hold(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)
    if visit is None:
        raise Refused("not_found")
    return Role.COUNSELOR if viewer.holds(Role.COUNSELOR, program=program) else Role.COORDINATOR


def must_be_near_danger(viewer: Viewer, *, program: int) -> int:
    """Who may be a first or a second there. Raises `Refused`: `not_found`, `second_factor`."""
    return must_hold(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)


def must_be_near_danger_of(viewer: Viewer, case: Case | None) -> None:
    """Who may be called for the case's person. Raises `Refused`: `not_found`, `second_factor`."""
    program = case.program_id if case else None
    must_hold(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)
    if case is None:
        raise Refused("not_found")
