"""Who is asking. Frozen, built once per request or socket, passed first to every deed."""

from dataclasses import dataclass
from datetime import date

from accounts.states import Role

SESSION_PARTICIPANT = "participant"
SESSION_ACTIVE = "active_at"  # last act as a person, Unix seconds; for asking the 合言葉 again


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held today. `program` is None for an admin alone; no `rooms` are all of them."""

    role: Role
    program: int | None
    rooms: frozenset[int] = frozenset()
    expires_on: date | None = None  # the last day on which it holds, in Japan

    def covers(self, program: int | None, room: int | None) -> bool:
        """Whether it reaches there; None asks for nothing in particular."""
        here = program is None or self.program is None or self.program == program
        return here and (room is None or not self.rooms or room in self.rooms)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A visitor (nothing set), a participant or a member of staff; never both.

    `session` is the session's key: a sign-out ends exactly the sockets that came in by it.
    `verified`: signed in with a second factor. Without it a role opens nothing.
    """

    participant: int | None = None
    staff: int | None = None
    session: str | None = None
    grants: tuple[Grant, ...] = ()
    verified: bool = False

    @property
    def entered(self) -> bool:
        """Whether this is a participant."""
        return self.participant is not None

    def holds(self, role: Role, *, program: int | None = None, room: int | None = None) -> bool:
        """Whether they hold a role today: anywhere, in a program, in a room of it.

        Rooms are numbers; whoever asks about a room names its program too.
        """
        return self.verified and any(
            grant.role == role and grant.covers(program, room) for grant in self.grants
        )

    def programs(self, *roles: Role) -> frozenset[int]:
        """The programs in which they hold one of the roles today."""
        return frozenset(
            grant.program
            for grant in self.grants
            if self.verified and grant.role in roles and grant.program is not None
        )


VISITOR = Viewer()
