"""Who may set what up."""

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer


def must_coordinate(viewer: Viewer, *, program: int) -> int:
    """The number of a coordinator of this program. Raises what `must_hold` raises."""
    return must_hold(viewer, Role.COORDINATOR, program=program)


def must_admin(viewer: Viewer) -> int:
    """The number of an admin. Raises what `must_hold` raises."""
    return must_hold(viewer, Role.ADMIN)


def must_coordinate_somewhere(viewer: Viewer) -> int:
    """The number of a coordinator of any program: the help lines are everybody's."""
    return must_hold(viewer, Role.COORDINATOR)


def must_know_people(viewer: Viewer, *, program: int) -> int:
    """The number of a coordinator of this program, or of an admin, who is of none."""
    return must_hold(viewer, Role.COORDINATOR, Role.ADMIN, program=program)
