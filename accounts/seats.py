"""What a session holds of a participant: who, since when, and when they last acted.

A session never holds a participant and a member of staff.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.sessions.backends.base import SessionBase

from accounts.viewer import SESSION_ACTIVE, SESSION_PARTICIPANT

SESSION_SINCE = "since"  # Unix seconds: seats taken before a 合言葉 was renewed are no longer good
IDLE = timedelta(minutes=15)
_NOTE_EVERY = 60  # seconds; a session isn't written at each act


def sit(session: SessionBase, participant: int, *, now: datetime) -> None:
    """Give this browser the seat, under a new session key: one known before is worth nothing."""
    session.flush()
    session[SESSION_PARTICIPANT] = participant
    session[SESSION_SINCE] = session[SESSION_ACTIVE] = now.timestamp()
    session.create()


def renewed(session: SessionBase, *, now: datetime) -> None:
    """The 合言葉 was made or renewed here: this seat stays, others of the same person don't."""
    session[SESSION_SINCE] = session[SESSION_ACTIVE] = now.timestamp()


def held_by(session: Mapping[str, Any] | SessionBase) -> int | None:
    """The participant this session names; None also for one that names staff besides."""
    held = session.get(SESSION_PARTICIPANT)
    return held if isinstance(held, int) and SESSION_STAFF not in session else None


def is_good(session: Mapping[str, Any] | SessionBase, passphrase_at: datetime | None) -> bool:
    """Whether the seat was taken after the 合言葉 was last made."""
    return passphrase_at is None or session.get(SESSION_SINCE, 0) >= passphrase_at.timestamp()


def awake(session: SessionBase, *, now: datetime) -> bool:
    """Whether the person acted here within the last 15 minutes."""
    idle: float = now.timestamp() - session.get(SESSION_ACTIVE, 0)
    return idle <= IDLE.total_seconds()


def acted(session: SessionBase, *, now: datetime) -> None:
    """Note an act, unless the seat has fallen asleep: only the 合言葉 wakes it."""
    if awake(session, now=now) and now.timestamp() - session[SESSION_ACTIVE] > _NOTE_EVERY:
        session[SESSION_ACTIVE] = now.timestamp()


def wake(session: SessionBase, *, now: datetime) -> None:
    """The 合言葉 was given again."""
    session[SESSION_ACTIVE] = now.timestamp()
