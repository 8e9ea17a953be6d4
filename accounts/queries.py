"""Reads of `accounts`."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user
from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet
from django.utils.crypto import constant_time_compare

from accounts import proofs, seats
from accounts.models import Invitation, Participant, RoleGrant, Staff, StaffSession
from accounts.states import Role
from accounts.viewer import SESSION_PARTICIPANT, VISITOR, Grant, Viewer
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs.models import Program

LATELY = timedelta(hours=2)  # `seen_at` moves hourly
MOST_NAMES = MOST_PROGRAMS = 500
MOST_GRANTS = MOST_SESSIONS = 100


def viewer_of(session: SessionBase, *, now: datetime) -> Viewer:
    """Who this session is. A seat whose person is gone or whose 合言葉 was renewed is nobody's.

    So is a session of staff that lasted its 12 hours, or in which nobody acted for 30 minutes.
    """
    if SESSION_PARTICIPANT in session:
        return _participant_of(session)
    found = staff_of(session, now=now)
    if found is None:
        return VISITOR
    return Viewer(
        staff=found.pk,
        session=session.session_key,
        grants=grants_of(found.pk, now=now),
        verified=proofs.verified(session),
    )


def staff_of(session: SessionBase, *, now: datetime) -> Staff | None:
    """The account that a session of staff is signed in to, while it lasts and is open."""
    if SESSION_PARTICIPANT in session or SESSION_STAFF not in session:
        return None
    if not proofs.is_good(session, now=now):
        return None
    user: Any = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
    if not user.is_authenticated or (user.is_demo and not settings.DEMO):
        return None
    return cast(Staff, user)


def holds_staff(held: Mapping[str, Any], staff: Staff, *, now: datetime) -> bool:
    """Whether a session's data is a sign-in of this account, by a second factor, that still lasts.

    The account as it is now: whoever keeps it reads it anew when its version is another one.
    """
    return (
        SESSION_PARTICIPANT not in held
        and held.get(SESSION_STAFF) == str(staff.pk)
        and staff.is_active
        and (settings.DEMO or not staff.is_demo)
        and constant_time_compare(held.get(HASH_SESSION_KEY, ""), staff.get_session_auth_hash())
        and proofs.verified(held)
        and proofs.is_good(held, now=now)
    )


def viewer_from_session(session_key: str | None, *, now: datetime) -> Viewer:
    """Who a session's key stands for; an unknown or expired one is a visitor's. Any thread."""
    if not session_key:
        return VISITOR
    return viewer_of(SessionStore(session_key), now=now)


def signed_in(session_key: str | None, participant: int) -> bool:
    """Whether this session still holds this participant: for sockets, to be asked again."""
    if not session_key:
        return False
    return _participant_of(SessionStore(session_key)).participant == participant


def _participant_of(session: SessionBase) -> Viewer:
    held = seats.held_by(session)
    if held is None or not _stands(session, held):
        return VISITOR
    return Viewer(participant=held, session=session.session_key)


def grants_of(staff: int, *, now: datetime) -> tuple[Grant, ...]:
    """The roles that a member of staff holds today; an account that was closed holds none."""
    return grants_on(staff, day=jst_day(now))


def grants_on(staff: int, *, day: date) -> tuple[Grant, ...]:
    """The same, of a day in Japan."""
    rows = _open_on(day).filter(staff=staff, staff__is_active=True)
    return tuple(
        Grant(
            role=Role(row.role),
            program=row.program_id,
            rooms=frozenset(narrowed.room for narrowed in row.rooms.all()),
            expires_on=row.expires_on,
        )
        for row in rows.prefetch_related("rooms").order_by("pk")
    )


def let_in_by(staff: int, *, by: int, since: datetime) -> bool:
    """Whether someone holds a role, or came in again, by the hand of a colleague since then."""
    given = RoleGrant.objects.filter(staff=staff, granted_by=by, granted_at__gte=since)
    link = Invitation.objects.filter(staff=staff, invited_by=by, used_at__gte=since)
    return given.exists() or link.exists()


def open_grants(*, now: datetime) -> QuerySet[RoleGrant]:
    """Grants that hold today: not ended, and not past their last day."""
    return _open_on(jst_day(now))


def _open_on(day: date) -> QuerySet[RoleGrant]:
    found = RoleGrant.objects.filter(ended_at__isnull=True).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=day)
    )
    # What a demo left behind in the database opens nothing in production.
    return found if settings.DEMO else found.filter(staff__is_demo=False)


def _stands(session: Mapping[str, Any] | SessionBase, participant: int) -> bool:
    row = Participant.objects.filter(pk=participant).values_list("passphrase_at").first()
    return row is not None and seats.is_good(session, row[0])


def handle_of(viewer: Viewer) -> str:
    """The viewer's own name; empty for who has none."""
    if viewer.participant is None:
        return ""
    return (
        Participant.objects.filter(pk=viewer.participant or 0)
        .values_list("handle", flat=True)
        .first()
        or ""
    )


def me(viewer: Viewer) -> Participant | None:
    """The viewer's own row."""
    return Participant.objects.filter(pk=viewer.participant or 0).first()


def has_passphrase(viewer: Viewer) -> bool:
    """Whether the viewer could come back from another device."""
    mine = Participant.objects.filter(pk=viewer.participant or 0)
    return mine.exclude(passphrase_key=None).exists()


def found_by(key: str) -> int | None:
    """The participant whose 合言葉 has this key. One look into a unique index, found or not."""
    return Participant.objects.filter(passphrase_key=key).values_list("pk", flat=True).first()


def supporter_names() -> list[str]:
    """Names that members of staff go by in rooms."""
    names = Staff.objects.filter(is_active=True).exclude(display_name="").order_by("pk")
    return list(names.values_list("display_name", flat=True)[:MOST_NAMES])


def colleagues_names(program: int | None, *, besides: int, now: datetime) -> list[str]:
    """Names that others who hold a role there go by; `program` None is the admins'."""
    there = open_grants(now=now).filter(program=program, staff__is_active=True)
    names = there.exclude(staff=besides).exclude(staff__display_name="").order_by("staff", "pk")
    return list(names.values_list("staff__display_name", flat=True))


def names_lately(viewer: Viewer, *, now: datetime) -> list[str]:
    """Names of others who were here a short while ago."""
    since = now - LATELY
    there = Participant.objects.filter(seen_at__gte=since).exclude(pk=viewer.participant or 0)
    return list(there.order_by("-seen_at").values_list("handle", flat=True)[:MOST_NAMES])


# --- staff ----------------------------------------------------------------------------------------


def key_of(token: str) -> str:
    """How a secret link is found; itself it is kept nowhere. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation(token: str, *, now: datetime) -> Invitation:
    """An invitation that can be accepted.

    Raises `Refused`: `invitation_unknown` (altered, or never made), `invitation_used`,
    `invitation_withdrawn`, `invitation_expired`, `invitation_role_over` (the last day of what it
    offers is past). Only who holds a link learns any of it.
    """
    found = Invitation.objects.select_related("staff", "program").filter(key=key_of(token)).first()
    if found is None:
        raise Refused("invitation_unknown")
    if found.used_at is not None:
        raise Refused("invitation_used")
    if found.withdrawn_at is not None:
        raise Refused("invitation_withdrawn")
    if found.expires_at <= now:
        raise Refused("invitation_expired")
    if found.expires_on is not None and found.expires_on < jst_day(now):
        raise Refused("invitation_role_over")
    return found


def held_by(staff: int) -> list[tuple[Role, int | None]]:
    """The roles that somebody holds, and where; also those whose last day is over.

    These open nothing, but one stroke renews them: for whoever could become this person they
    count. A role that was ended doesn't, nor does any of an account that was closed.
    """
    rows = RoleGrant.objects.filter(staff=staff, staff__is_active=True, ended_at__isnull=True)
    found = rows.order_by("pk").values_list("role", "program")
    return [(Role(role), program) for role, program in found]


def own_grants(viewer: Viewer, *, now: datetime) -> list[RoleGrant]:
    """The viewer's own roles of today, with their program, the first to expire first."""
    mine = open_grants(now=now).filter(staff=viewer.staff or 0).select_related("program")
    return list(mine.order_by(F("expires_on").asc(nulls_last=True), "pk")[:MOST_GRANTS])


def expiring(viewer: Viewer, *, within: timedelta, now: datetime) -> list[RoleGrant]:
    """Roles in the programs the viewer coordinates, for an admin in all, that end soon.

    The first to end comes first.
    """
    last = jst_day(now) + within
    theirs = open_grants(now=now).filter(expires_on__lte=last, staff__is_active=True)
    if not viewer.holds(Role.ADMIN):
        theirs = theirs.filter(program__in=viewer.programs(Role.COORDINATOR))
    found = theirs.select_related("staff", "program").order_by("expires_on", "pk")
    return list(found[:MOST_GRANTS])


def own_sessions(viewer: Viewer, *, now: datetime) -> list[StaffSession]:
    """The viewer's sign-ins that still last, the newest first."""
    mine = StaffSession.objects.filter(
        staff=viewer.staff or 0,
        began_at__gt=now - proofs.LONGEST,
        session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key"),
    )
    return list(mine.order_by("-began_at")[:MOST_SESSIONS])


def mail_of(viewer: Viewer) -> str:
    """Where one's own calls are mailed to; empty if nowhere."""
    mine = Staff.objects.filter(pk=viewer.staff or 0).values_list("email", flat=True)
    return mine.first() or ""


def names_of(numbers: Collection[int]) -> dict[int, str]:
    """The sign-in names of members of staff, for other staff alone."""
    rows = Staff.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", "username")
    return dict(rows)


def staff_versions(numbers: Sequence[int]) -> dict[int, int]:
    """The versions of members of staff, for whoever keeps their sockets; closed accounts miss."""
    rows = Staff.objects.filter(pk__in=numbers, is_active=True).values_list("pk", "version")
    return dict(rows.order_by("pk"))


def programs_of_log(viewer: Viewer) -> dict[int, str]:
    """Whose part of the log someone reads: the programs they coordinate, an admin every one.

    Their names; of a single one none, where there is nothing to choose.
    """
    found = Program.objects.order_by("pk")
    if not viewer.holds(Role.ADMIN):
        mine = viewer.programs(Role.COORDINATOR)
        if len(mine) < 2:
            return dict.fromkeys(mine, "")
        found = found.filter(pk__in=mine)
    return dict(found.values_list("pk", "name")[:MOST_PROGRAMS])
