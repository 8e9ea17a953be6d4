"""Sign-ins of staff: noted, listed elsewhere, ended one by one."""

from contextlib import suppress
from datetime import datetime

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import proofs
from accounts.actions.noting import about_account
from accounts.models import StaffSession
from accounts.standing import bump_staff
from accounts.viewer import Viewer
from foundation.refusals import Refused


def begin(*, staff: int, session_key: str | None, now: datetime) -> None:
    """Note a sign-in, so that it can be ended from elsewhere."""
    StaffSession.objects.update_or_create(
        session_key=session_key, defaults={"staff_id": staff, "began_at": now}
    )


def left(*, staff: int, session_key: str | None) -> None:
    """A sign-out: what came in by this session ends."""
    StaffSession.objects.filter(session_key=session_key).delete()
    bump_staff(staff)


def end(viewer: Viewer, *, number: int, now: datetime) -> None:
    """End one of one's own sign-ins. Raises `Refused("not_found")`."""
    with transaction.atomic():
        found = StaffSession.objects.filter(pk=number, staff=viewer.staff).first()
        if viewer.staff is None or found is None:
            raise Refused("not_found")
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()
        bump_staff(viewer.staff)
        about_account(viewer.staff, role="own", verb="session_ended", staff=viewer.staff, now=now)


def keep_only(*, staff: int, was: str | None, session_key: str | None) -> None:
    """A new password: this sign-in goes on under its new key, every other one ends.

    What came in by the old key ends too: it was handed out before.
    """
    with transaction.atomic():
        StaffSession.objects.filter(staff=staff, session_key=was).update(session_key=session_key)
        others = StaffSession.objects.filter(staff=staff).exclude(session_key=session_key)
        Session.objects.filter(session_key__in=others.values("session_key")).delete()
        others.delete()
        bump_staff(staff)


def end_all(staff: int) -> None:
    """Every sign-in of an account ends, and what came in by them."""
    mine = StaffSession.objects.filter(staff=staff)
    Session.objects.filter(session_key__in=mine.values("session_key")).delete()
    mine.delete()
    bump_staff(staff)


def acted(session_key: str, *, now: datetime) -> None:
    """A deed that came in by a socket: as a page's, it keeps the sign-in from falling asleep."""
    session = SessionStore(session_key)
    proofs.acted(session, now=now)
    if session.modified:
        # Ended meanwhile: nothing to keep awake.
        with suppress(UpdateError):
            session.save()


def forget_old(*, now: datetime) -> int:
    """Notes of sign-ins that can't last any more; how many went."""
    gone, _ = StaffSession.objects.filter(began_at__lt=now - proofs.LONGEST).delete()
    return gone
