"""Who is asking. Frozen, built once per request or socket, passed first to every deed."""

from dataclasses import dataclass

SESSION_PARTICIPANT = "participant"
SESSION_ACTIVE = "active_at"  # last act as a person, Unix seconds; for asking the 合言葉 again


@dataclass(frozen=True, slots=True)
class Viewer:
    """A visitor (nothing set), a participant or a member of staff; never both.

    `session` is the session's key: a sign-out ends exactly the sockets that came in by it.
    """

    participant: int | None = None
    staff: int | None = None
    session: str | None = None

    @property
    def entered(self) -> bool:
        """Whether this is a participant."""
        return self.participant is not None


VISITOR = Viewer()
