"""Who may read figures, and how far down."""

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer

READERS = (Role.ANALYST, Role.COORDINATOR, Role.AUDITOR)


def must_read(viewer: Viewer, *, program: int) -> int:
    """The number of a reader of this program's figures. Raises what `must_hold` raises."""
    return must_hold(viewer, *READERS, program=program)


def must_audit(viewer: Viewer, *, program: int) -> int:
    """The number of an auditor of this program. Raises what `must_hold` raises."""
    return must_hold(viewer, Role.AUDITOR, program=program)
