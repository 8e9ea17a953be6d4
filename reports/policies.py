"""Who may read figures, bring records, close sheets, and keep registers."""

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from foundation.refusals import Refused

READERS = (Role.ANALYST, Role.COORDINATOR, Role.AUDITOR)


def must_read(viewer: Viewer, *, program: int) -> int:
    """The number of a reader of this program's figures. Raises what `must_hold` raises."""
    return must_hold(viewer, *READERS, program=program)


def must_audit(viewer: Viewer, *, program: int) -> int:
    """The number of an auditor of this program. Raises what `must_hold` raises."""
    return must_hold(viewer, Role.AUDITOR, program=program)


def must_erase_notes(viewer: Viewer, *, program: int) -> int:
    """The number of a coordinator or an auditor of this program. Raises as `must_hold`."""
    return must_hold(viewer, Role.COORDINATOR, Role.AUDITOR, program=program)


def must_import(viewer: Viewer) -> frozenset[int]:
    """The programs whose records they may bring; there is at least one."""
    programs = viewer.programs(Role.COORDINATOR, Role.COUNSELOR)
    if viewer.staff is None or not programs:
        raise Refused("not_found")
    return programs


def must_keep_registers(viewer: Viewer, *, program: int) -> int:
    """The number of a coordinator or counselor of the program."""
    if viewer.staff is None or program not in must_import(viewer):
        raise Refused("not_found")
    return viewer.staff


def must_coordinate(viewer: Viewer, *, program: int) -> int:
    """The number of a coordinator of the program."""
    if viewer.staff is None or not viewer.holds(Role.COORDINATOR, program=program):
        raise Refused("not_found")
    return viewer.staff
