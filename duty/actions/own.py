"""What members of staff set for themselves: how they are called, their calendar; a test alarm."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions.noting import about_account
from accounts.policies import must_hold
from accounts.queries import key_of
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from duty import policies
from duty.actions import alarms
from duty.actions.moves import news
from duty.calls import about_test, may_be_anew
from duty.models import AlarmTest, AlertChoice, AlertHour, CalendarAddress
from duty.states import Channel
from foundation.refusals import Refused

TOKEN_BYTES = 32


def choose_alerts(
    viewer: Viewer, *, channels: Sequence[Channel], hours: Collection[int], now: datetime
) -> None:
    """Over which channels, in this order, and in which hours of the week (0–167) one may be called.

    Raises `Refused`: `not_found`, `no_channel`, `out_of_range`.
    """
    staff = policies.must_be_callable(viewer)
    chosen = list(dict.fromkeys(channels))
    if not chosen:
        raise Refused("no_channel")
    if not all(0 <= hour < 168 for hour in hours):
        raise Refused("out_of_range")
    with transaction.atomic():
        AlertChoice.objects.update_or_create(
            staff_id=staff, defaults={"channels": [channel.value for channel in chosen]}
        )
        AlertHour.objects.filter(staff=staff).exclude(hour__in=hours).delete()
        AlertHour.objects.bulk_create(
            [AlertHour(staff_id=staff, hour=hour) for hour in sorted(set(hours))],
            ignore_conflicts=True,
        )
        about_account(
            staff, role=policies.role_called_in(viewer), verb="duty.alerts_chosen", staff=staff,
            fields=["channels", "hours"], now=now,
        )  # fmt: skip


def make_calendar(viewer: Viewer, *, now: datetime) -> str:
    """A new secret token for one's calendar; the old address stops at once.

    This answer is the only place where it ever stands. Raises `Refused("not_found")`.
    """
    staff = must_hold(viewer, Role.SUPPORTER)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        CalendarAddress.objects.update_or_create(
            staff_id=staff, defaults={"token_key": key_of(token), "made_at": now}
        )
        _note_calendar(staff, "made", now=now)
    return token


def revoke_calendar(viewer: Viewer, *, now: datetime) -> None:
    """The address stops working. Raises `Refused("not_found")`."""
    staff = must_hold(viewer, Role.SUPPORTER)
    with transaction.atomic():
        if CalendarAddress.objects.filter(staff=staff).delete()[0]:
            _note_calendar(staff, "revoked", now=now)


def _note_calendar(staff: int, verb: str, *, now: datetime) -> None:
    about_account(staff, role=Role.SUPPORTER, verb=f"duty.calendar_{verb}", staff=staff, now=now)


def try_alarm(viewer: Viewer, *, program: int, now: datetime) -> AlarmTest:
    """ためしのよびだし: on every desk, and over the channels that people chose, for real.

    One that waits is the same one: after an hour without an answer, or where it reached nobody,
    calls go out again. Raises `Refused("not_found")`.
    """
    staff = policies.must_plan(viewer, program=program)
    with transaction.atomic():
        test, made = AlarmTest.objects.get_or_create(
            program_id=program,
            acknowledged_at=None,
            defaults={"asked_by_id": staff, "asked_at": now},
        )
        if made or _asked_anew(test, staff, now=now):
            alarms.call_the_team(program, about=about_test(test), now=now)
            _note_test(test, "asked", staff, Role.COORDINATOR, now=now)
    return test


def _asked_anew(test: AlarmTest, staff: int, *, now: datetime) -> bool:
    if not may_be_anew(test, now=now):
        return False
    # Of two who press at once, one calls.
    same = AlarmTest.objects.filter(pk=test.pk, acknowledged_at=None, asked_at=test.asked_at)
    if not same.update(asked_by=staff, asked_at=now):
        return False
    test.asked_by_id, test.asked_at = staff, now
    return True


def acknowledge_test(viewer: Viewer, *, test: int, now: datetime) -> None:
    """「うけとりました」, by somebody else than who called: else it shows nothing.

    Raises `Refused`: `not_found`, `own_test`.
    """
    with transaction.atomic():
        row = AlarmTest.objects.filter(pk=test).first()
        if row is None:
            raise Refused("not_found")
        staff = policies.must_be_of_the_team(viewer, program=row.program_id)
        if staff == row.asked_by_id:
            raise Refused("own_test")
        waiting = AlarmTest.objects.filter(pk=test, acknowledged_at=None)
        if waiting.update(acknowledged_by=staff, acknowledged_at=now):
            _note_test(row, "acknowledged", staff, policies.role_called_in(viewer), now=now)


def _note_test(row: AlarmTest, verb: str, staff: int, role: Role, *, now: datetime) -> None:
    record(
        staff, role=role, verb=f"duty.alarm_test_{verb}", object_type="program",
        object_id=row.program_id, program=row.program_id, now=now,
    )  # fmt: skip
    news(row.program_id)
