"""Inviting someone, and accepting: the only way to become a member of staff."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import policies, queries
from accounts.actions import links, second_factors, sessions
from accounts.actions.noting import about_account
from accounts.actions.people import open_grant
from accounts.models import Invitation, Staff
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from foundation.refusals import Refused

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered: a role in a program (None for an admin), until its last day."""

    role: Role
    program: int | None
    rooms: Sequence[int] = ()
    display_name: str = ""
    trained_on: date | None = None
    expires_on: date | None = None


def invite(viewer: Viewer, *, terms: Terms, now: datetime) -> str:
    """Invite somebody new; the token of their link, which is kept nowhere.

    Raises what `policies.may_give` and `policies.may_be_a_colleague` raise.
    """
    acting = policies.may_give(viewer, terms.role, program=terms.program)
    policies.may_be_a_colleague(
        terms.display_name,
        colleagues=queries.colleagues_names(terms.program, besides=0, now=now),
    )
    return _invite(viewer.staff, acting=acting, terms=terms, now=now)


def invite_first_admin(*, now: datetime) -> str:
    """For the command on the machine itself: nobody is there yet who could invite."""
    return _invite(None, acting=Role.ADMIN, terms=Terms(role=Role.ADMIN, program=None), now=now)


def _invite(by: int | None, *, acting: Role, terms: Terms, now: datetime) -> str:
    with transaction.atomic():
        token, made = _make(
            by,
            now=now,
            role=terms.role.value,
            program_id=terms.program,
            rooms=list(terms.rooms),
            display_name=terms.display_name,
            trained_on=terms.trained_on,
            expires_on=terms.expires_on,
        )
        record(
            by, role=acting, verb="invited", object_type="invitation", object_id=made.pk,
            program=terms.program, values={"role": terms.role.value}, now=now,
        )  # fmt: skip
    return token


def invite_again(
    viewer: Viewer, *, staff: int, drops_factors: bool, reason: str = "", now: datetime
) -> str:
    """A new link for an account whose password, or telephone too, was lost; its token.

    One that was sent before is good no longer: it may have gone to a wrong address.
    Raises what `policies.may_keep` raises.
    """
    acting = policies.may_keep(viewer, staff, held=queries.held_by(staff))
    with transaction.atomic():
        links.withdraw_to(staff, now=now)
        token, _ = _make(viewer.staff, now=now, staff_id=staff, drops_factors=drops_factors)
        about_account(
            viewer.staff, role=acting, verb="invited_again", staff=staff, reason=reason,
            fields=["password", *(["second_factors"] if drops_factors else [])], now=now,
        )  # fmt: skip
    return token


def _make(by: int | None, *, now: datetime, **columns: object) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        key=queries.key_of(token),
        invited_by_id=by,
        invited_at=now,
        expires_at=now + GOOD_FOR,
        **columns,
    )
    return token, made


def withdraw(viewer: Viewer, *, invitation: int, now: datetime) -> None:
    """Take an invitation back. Raises `Refused("not_found")` for one used or not one's to take."""
    with transaction.atomic():
        found = Invitation.objects.filter(pk=invitation).first()
        if found is None:
            raise Refused("not_found")
        acting = (
            policies.may_keep(viewer, found.staff_id, held=queries.held_by(found.staff_id))
            if found.staff_id is not None
            else policies.may_give(viewer, Role(found.role), program=found.program_id)
        )
        still_open = Invitation.objects.filter(
            pk=invitation, used_at__isnull=True, withdrawn_at__isnull=True
        )
        if not still_open.update(withdrawn_at=now):
            raise Refused("not_found")
        record(
            viewer.staff, role=acting, verb="withdrawn", object_type="invitation",
            object_id=invitation, program=found.program_id,
            values={"staff": found.staff_id} if found.staff_id else {"role": found.role}, now=now,
        )  # fmt: skip


def accept(*, token: str, username: str, display_name: str, password: str, now: datetime) -> Staff:
    """Become a member of staff, or come back as one; the account.

    Raises `Refused`: what `queries.invitation` raises, also where whoever invited might do so no
    longer; `username_taken`, `name_alike` (a colleague's), or `weak_password` (its sentences are
    `validate_password`'s: the door asks for them).
    """
    with transaction.atomic():
        found = queries.invitation(token, now=now)
        _use(found, now=now)
        if found.staff is not None:
            return _come_back(found, password=password, now=now)
        return _become(
            found, username=username, display_name=display_name, password=password, now=now
        )


def join(viewer: Viewer, *, token: str, now: datetime) -> None:
    """Take the offered role into the account that one is signed in to.

    Raises `Refused`: what `policies.must_be_staff` and `queries.invitation` raise, also where
    whoever invited might do so no longer; `not_oneself`; `role_held`; `name_alike_there` for whom
    nobody there could tell from a colleague. Only who holds the link learns any of it.
    """
    staff = policies.must_be_staff(viewer)
    with transaction.atomic():
        found = queries.invitation(token, now=now)
        if found.staff_id is not None:  # to come back; it offers no role
            raise Refused("not_found")
        if found.invited_by_id == staff:
            raise Refused("not_oneself")
        role, program = Role(found.role), found.program_id
        if (role, program) in queries.held_by(staff):
            raise Refused("role_held")
        name = Staff.objects.values_list("display_name", flat=True).get(pk=staff)
        try:
            there = queries.colleagues_names(program, besides=staff, now=now)
            policies.may_be_a_colleague(name, colleagues=there)
        except Refused:
            raise Refused("name_alike_there") from None
        _use(found, now=now)
        _open_what_is_offered(found, staff, now=now)


def _use(found: Invitation, *, now: datetime) -> None:
    """Compare and swap: of two who hold the same link, one comes in."""
    free = Invitation.objects.filter(
        pk=found.pk, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    )
    if not free.update(used_at=now):
        raise Refused("invitation_used")
    _must_still_be_theirs_to_give(found, now=now)


def _must_still_be_theirs_to_give(found: Invitation, *, now: datetime) -> None:
    """Whoever invited may do so on the day that the link is used, too; roles end by their date."""
    by = found.invited_by_id
    if by is None:
        return
    inviter = Viewer(staff=by, grants=queries.grants_of(by, now=now), verified=True)
    try:
        if found.staff_id is None:
            policies.may_give(inviter, Role(found.role), program=found.program_id)
        else:
            held = queries.held_by(found.staff_id)
            policies.may_keep(inviter, found.staff_id, held=held)
    except Refused:
        raise Refused("invitation_withdrawn") from None


def _become(
    found: Invitation, *, username: str, display_name: str, password: str, now: datetime
) -> Staff:
    staff = Staff(username=username, display_name=display_name or found.display_name)
    _must_be_strong(password, staff)
    policies.may_be_a_colleague(
        staff.display_name,
        colleagues=queries.colleagues_names(found.program_id, besides=0, now=now),
    )
    staff.password = make_password(password)
    try:
        with transaction.atomic():
            if Staff.objects.filter(username__iexact=username).exists():
                raise Refused("username_taken")
            staff.save()
    except IntegrityError:
        raise Refused("username_taken") from None
    _open_what_is_offered(found, staff.pk, now=now)
    return staff


def _open_what_is_offered(found: Invitation, staff: int, *, now: datetime) -> None:
    Invitation.objects.filter(pk=found.pk).update(staff_id=staff)
    grant = open_grant(
        staff,
        role=Role(found.role),
        program=found.program_id,
        rooms=found.rooms,
        trained_on=found.trained_on,
        expires_on=found.expires_on,
        by=found.invited_by_id,
        now=now,
    )
    record(
        staff, role="own", verb="accepted", object_type="grant", object_id=grant,
        program=found.program_id, values={"staff": staff, "role": found.role}, now=now,
    )  # fmt: skip


def _come_back(found: Invitation, *, password: str, now: datetime) -> Staff:
    staff = found.staff
    assert staff is not None
    if not staff.is_active:
        raise Refused("invitation_withdrawn")
    _must_be_strong(password, staff)
    Staff.objects.filter(pk=staff.pk).update(password=make_password(password))
    if found.drops_factors:
        second_factors.drop(staff.pk)
    links.withdraw_to(staff.pk, now=now)
    sessions.end_all(staff.pk)
    about_account(
        staff.pk, role="own", verb="accepted_again", staff=staff.pk, fields=["password"], now=now
    )
    staff.refresh_from_db()
    return staff


def _must_be_strong(password: str, staff: Staff) -> None:
    try:
        validate_password(password, staff)
    except ValidationError:
        raise Refused("weak_password") from None
