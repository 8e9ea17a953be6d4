"""Who holds which role: given, ended, and accounts closed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import policies, queries
from accounts.actions import links, sessions
from accounts.actions.noting import about_account
from accounts.models import RoleGrant, RoleRoom, Staff
from accounts.standing import bump_staff
from accounts.states import SOON, Role
from accounts.viewer import Viewer
from audit.actions import record
from foundation.clock import jst_day
from foundation.refusals import Refused

# Nobody could invite anybody any more.
_LAST = {Role.COORDINATOR: "last_coordinator", Role.ADMIN: "last_admin"}


def give(
    viewer: Viewer,
    *,
    staff: int,
    role: Role,
    program: int | None,
    rooms: Sequence[int] = (),
    trained_on: date | None = None,
    expires_on: date | None = None,
    renewing: int | None = None,
    reason: str = "",
    now: datetime,
) -> int:
    """Give a role, or the same one anew with another expiry or other rooms; the grant's number.

    `renewing` is the grant whose place it takes, None for a role that isn't held yet. Raises what
    `policies.may_give` raises, `role_changed` where a colleague was faster, `last_coordinator`,
    `last_admin` where a nearer expiry would leave nobody who lasts; `name_alike` for whom nobody
    there could tell from a colleague.
    """
    acting = policies.may_give(viewer, role, program=program, to=staff)
    after = {"rooms": sorted(set(rooms)), "trained_on": trained_on, "expires_on": expires_on}
    with transaction.atomic():
        if not Staff.objects.filter(pk=staff, is_active=True).exists():
            raise Refused("not_found")
        held = _open_one(staff, role=role, program=program)
        if (held.pk if held else None) != renewing:
            raise Refused("role_changed")
        if held is None:
            _must_be_told_apart(staff, program=program, now=now)
        if held is not None and _shortens(held, expires_on, now=now):
            _must_leave_somebody(held, now=now)
        before = _terms(held)
        if held is not None:
            _close(held, by=viewer.staff, now=now)
        made = open_grant(
            staff, role=role, program=program, rooms=rooms, trained_on=trained_on,
            expires_on=expires_on, by=viewer.staff, now=now,
        )  # fmt: skip
        record(
            viewer.staff, role=acting, verb="given", object_type="grant", object_id=made,
            program=program, reason=reason, fields=["role", "rooms", "trained_on", "expires_on"],
            values={"staff": staff, "role": role.value}
            | {name: [_plain(before[name]), _plain(after[name])] for name in after},
            now=now,
        )  # fmt: skip
    return made


def _must_be_told_apart(staff: int, *, program: int | None, now: datetime) -> None:
    name = Staff.objects.values_list("display_name", flat=True).get(pk=staff)
    there = queries.colleagues_names(program, besides=staff, now=now)
    policies.may_be_a_colleague(name, colleagues=there)


def _open_one(staff: int, *, role: Role, program: int | None) -> RoleGrant | None:
    held = RoleGrant.objects.filter(
        staff=staff, role=role.value, program=program, ended_at__isnull=True
    )
    return held.prefetch_related("rooms").first()


def _terms(held: RoleGrant | None) -> dict[str, object]:
    """What the log says of a role before it was given anew; all of it None for a first one."""
    if held is None:
        return {"rooms": None, "trained_on": None, "expires_on": None}
    return {
        "rooms": sorted(one.room for one in held.rooms.all()),
        "trained_on": held.trained_on,
        "expires_on": held.expires_on,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _shortens(held: RoleGrant, expires_on: date | None, *, now: datetime) -> bool:
    """Whether who counted as lasting, or lasted longer, won't count with this last day."""
    if expires_on is None or expires_on > jst_day(now) + SOON:
        return False
    return held.expires_on is None or expires_on < held.expires_on


def open_grant(
    staff: int,
    *,
    role: Role,
    program: int | None,
    rooms: Sequence[int],
    trained_on: date | None,
    expires_on: date | None,
    by: int | None,
    now: datetime,
) -> int:
    """Open a grant; its callers asked first. Raises `Refused("role_changed")` where a colleague
    opened one of the same role meanwhile.
    """
    try:
        with transaction.atomic():
            made = RoleGrant.objects.create(
                staff_id=staff, role=role.value, program_id=program, trained_on=trained_on,
                expires_on=expires_on, granted_at=now, granted_by_id=by,
            )  # fmt: skip
    except IntegrityError:
        if _open_one(staff, role=role, program=program) is None:
            raise
        raise Refused("role_changed") from None
    RoleRoom.objects.bulk_create(RoleRoom(grant=made, room=room) for room in sorted(set(rooms)))
    # Who sent them had the right over less than this account may now.
    links.withdraw_to(staff, now=now)
    bump_staff(staff)
    return made.pk


def end(viewer: Viewer, *, grant: int, reason: str = "", now: datetime) -> int:
    """End a role, at once. One may leave one's own. The number of who held it.

    Raises `Refused`: `last_coordinator`, `last_admin`, `role_changed` where it was ended or
    renewed meanwhile, or what `policies.may_give` raises.
    """
    with transaction.atomic():
        found = RoleGrant.objects.filter(pk=grant, ended_at__isnull=True).first()
        if found is None:
            raise Refused("not_found")
        role = Role(found.role)
        if found.staff_id == policies.must_hold(viewer):
            acting = role
        else:
            acting = policies.may_give(viewer, role, program=found.program_id)
        _must_leave_somebody(found, now=now)
        _close(found, by=viewer.staff, now=now)
        if role in _LAST:
            links.withdraw_from(found.staff_id, now=now)
        bump_staff(found.staff_id)
        record(
            viewer.staff, role=acting, verb="ended", object_type="grant", object_id=grant,
            program=found.program_id, reason=reason,
            values={"staff": found.staff_id, "role": found.role}, now=now,
        )  # fmt: skip
    return found.staff_id


def _close(held: RoleGrant, *, by: int | None, now: datetime) -> None:
    """Compare and swap: of two who end or renew a role at once, one does."""
    still = RoleGrant.objects.filter(pk=held.pk, ended_at__isnull=True)
    if not still.update(ended_at=now, ended_by=by):
        raise Refused("role_changed")


def close_account(viewer: Viewer, *, staff: int, reason: str = "", now: datetime) -> None:
    """Close an account: its roles, sign-ins and sockets end at once.

    Raises what `policies.may_keep` and `end` raise.
    """
    acting = policies.may_keep(viewer, staff, held=queries.held_by(staff))
    with transaction.atomic():
        mine = RoleGrant.objects.filter(staff=staff, ended_at__isnull=True)
        for one in mine:
            _must_leave_somebody(one, now=now)
        about_account(viewer.staff, role=acting, verb="closed", staff=staff, reason=reason, now=now)
        mine.update(ended_at=now, ended_by=viewer.staff)
        if not Staff.objects.filter(pk=staff, is_active=True).update(is_active=False, email=""):
            raise Refused("not_found")
        links.withdraw_to(staff, now=now)
        links.withdraw_from(staff, now=now)
        sessions.end_all(staff)


def _must_leave_somebody(found: RoleGrant, *, now: datetime) -> None:
    """Locks the role's open grants, so that the last two can't leave together.

    Whose role ends within `SOON` is nobody to be left alone with a program.
    """
    code = _LAST.get(Role(found.role))
    if code is None:
        return
    lasting = Q(expires_on__isnull=True) | Q(expires_on__gt=jst_day(now) + SOON)
    same = queries.open_grants(now=now).filter(
        lasting, role=found.role, program=found.program_id, staff__is_active=True
    )
    if not {one.staff_id for one in same.select_for_update(of=("self",))} - {found.staff_id}:
        raise Refused(code)


def tell_mail(viewer: Viewer, *, address: str, now: datetime) -> None:
    """Where one's own calls are mailed to; empty takes it away. The log knows no address.

    Raises `Refused`: `not_found`, `no_mail_address`.
    """
    staff = policies.must_hold(viewer)
    kept = address.strip()
    if kept:
        try:
            validate_email(kept)
        except ValidationError:
            raise Refused("no_mail_address") from None
    with transaction.atomic():
        Staff.objects.filter(pk=staff).update(email=kept)
        about_account(staff, role="own", verb="mail_told", staff=staff, fields=["email"], now=now)
