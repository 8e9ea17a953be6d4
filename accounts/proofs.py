"""What a session of a member of staff tells: with what they signed in, when, and when they acted.

django-allauth notes each proof in the session as it was given; nothing else is believed. A session
lasts 12 hours from the sign-in and 30 minutes from the last act (NIST SP 800-63B, AAL2).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.sessions.backends.base import SessionBase

SESSION_PROOFS = "account_authentication_methods"  # allauth's name for them
SESSION_STAFF_SINCE = "staff_since"  # Unix seconds, set at the sign-in
SESSION_STAFF_ACTIVE = "staff_active_at"  # the same
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=30)
RECENT = timedelta(minutes=5)
_NOTE_EVERY = 60  # seconds; a session isn't written at each look

Session = Mapping[str, Any] | SessionBase


def _proofs(session: Session) -> list[dict[str, Any]]:
    found = session.get(SESSION_PROOFS)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def verified(session: Session) -> bool:
    """Whether a second factor (TOTP, passkey, recovery code) was shown in this session."""
    return any(one.get("method") == "mfa" for one in _proofs(session))


def by_code(session: Session) -> bool:
    """Whether one of the codes on a list or a printed sheet was used up in this session."""
    return any(one.get("type") == "recovery_codes" for one in _proofs(session))


def is_good(session: Session, *, now: datetime) -> bool:
    """Whether the session still lasts. One without any proof never did."""
    times = [float(one.get("at", 0)) for one in _proofs(session)]
    if not times:
        return False
    since = float(session.get(SESSION_STAFF_SINCE, min(times)))
    active = max(float(session.get(SESSION_STAFF_ACTIVE, 0)), *times)
    at = now.timestamp()
    return at - since < LONGEST.total_seconds() and at - active < IDLE.total_seconds()


def recently(session: Session, *, now: datetime) -> bool:
    """Whether a proof was given within the last five minutes."""
    newest = max((float(one.get("at", 0)) for one in _proofs(session)), default=0.0)
    return now.timestamp() - newest < RECENT.total_seconds()


def began(session: SessionBase, *, now: datetime) -> None:
    """Note a sign-in."""
    session[SESSION_STAFF_SINCE] = session[SESSION_STAFF_ACTIVE] = now.timestamp()


def acted(session: SessionBase, *, now: datetime) -> None:
    """Note that a member of staff is at work in this session."""
    if SESSION_STAFF in session:
        before = float(session.get(SESSION_STAFF_ACTIVE, 0))
        if now.timestamp() - before > _NOTE_EVERY:
            session[SESSION_STAFF_ACTIVE] = now.timestamp()
