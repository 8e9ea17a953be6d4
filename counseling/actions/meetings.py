"""Appointments: a counselor offers times, the person chooses one or none, nobody counts absence."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import locked, note, tell
from counseling.models import Case, Meeting, Referral
from counseling.states import Channel, MeetingState, meeting_before
from counseling.words import must_hold_no_contact
from foundation.clock import jst, jst_day
from foundation.refusals import Refused

REMINDED_BEFORE = timedelta(hours=24)
_AT_ONCE = 50


def offer(
    viewer: Viewer,
    *,
    code: str,
    channel: Channel,
    choices: list[datetime],
    minutes: int,
    about: str,
    referral: int | None = None,
    now: datetime,
) -> Meeting:
    """Up to three times to choose from.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `past`, `contact`.
    """
    must_hold_no_contact(about)
    if any(at <= now for at in choices):
        raise Refused("past")
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        of = None
        if referral is not None:
            of = Referral.objects.filter(case=case, pk=referral).first()
            if of is None:
                raise Refused("not_found")
        made = Meeting.objects.create(
            case=case, referral=of, channel=channel.value, about=about, minutes=minutes,
            choices=[at.isoformat() for at in choices], made_by_id=viewer.staff or 0, at=now,
            changed_at=now, uid=uuid4(),
        )  # fmt: skip
        note(viewer, case, "offer_times", now=now)
        tell(
            case,
            title=_("時間をえらべます"),
            text=_(
                "いくつか、時間のこうほがあります。どれも合わなければ、そう言ってかまいません。"
            ),
            label=_("見る"),
            now=now,
        )
    return made


def choose(viewer: Viewer, *, code: str, meeting: int, time: str, now: datetime) -> None:
    """One of the times; "none" is a good answer too.

    Raises `Refused`: `not_entered`, `not_found`, `no_time`, `past`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        found = _of(case, meeting)
        if time == "none":
            _move(found, MeetingState.NONE_FITS, now=now)
        else:
            if time not in found.choices:
                raise Refused("no_time")
            at = datetime.fromisoformat(time)
            if at <= now:
                raise Refused("past")
            _move(found, MeetingState.CHOSEN, now=now, starts_at=at)
        Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)


def call_off(viewer: Viewer, *, code: str, meeting: int, now: datetime) -> None:
    """The person won't come; no reason is asked. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        _move(_of(case, meeting), MeetingState.CANCELLED, now=now)
        Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)


def settle(
    viewer: Viewer, *, code: str, meeting: int, outcome: MeetingState, now: datetime
) -> None:
    """It took place, it didn't this time, or the counselor called it off; each is told kindly.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`, `future`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        found = _of(case, meeting)
        over = outcome in (MeetingState.HELD, MeetingState.NOT_THIS_TIME)
        if outcome not in (*_SAID, MeetingState.HELD):
            raise Refused("moved_on")
        if over and found.starts_at is not None and found.starts_at > now:
            raise Refused("future")
        _move(found, outcome, now=now)
        note(viewer, case, "settle", now=now)
        if (words := _SAID.get(outcome)) is not None:
            tell(case, title=_("予定のこと"), text=_(words), label=_("相談のようす"), now=now)


_SAID = {
    MeetingState.NOT_THIS_TIME: (
        "こんどは見おくりになりました。よくあることで、失敗ではありません。"
        "また考えたくなったら、いつでも。"
    ),
    MeetingState.CANCELLED: (
        "こちらの都合で、予定を取りやめました。ごめんなさい。またこうほを出します。"
    ),
}


def remind(*, now: datetime) -> int:
    """A letter within a day before, once; how many were written."""
    soon = Meeting.objects.filter(
        state=MeetingState.CHOSEN, reminded_at__isnull=True,
        starts_at__gt=now, starts_at__lte=now + REMINDED_BEFORE,
    )  # fmt: skip
    told, today = 0, jst_day(now)
    for found in soon.select_related("case").order_by("starts_at", "pk")[:_AT_ONCE]:
        with transaction.atomic():
            # Of two processes one writes it.
            mine = Meeting.objects.filter(pk=found.pk, reminded_at__isnull=True)
            if not mine.update(reminded_at=now):
                continue
            at = jst(found.starts_at or now)
            tell(
                found.case,
                title=_("きょうの予定") if today == at.date() else _("あしたの予定"),
                text=_("%(hour)d時%(minute)02d分からです。行けなくなっても、だいじょうぶです。")
                % {"hour": at.hour, "minute": at.minute},
                label=_("相談のようす"),
                now=now,
            )
            told += 1
    return told


def times(meeting: Meeting) -> list[tuple[str, datetime]]:
    """The choices, as they are sent back and as instants."""
    return [(one, datetime.fromisoformat(one)) for one in meeting.choices]


def ends_at(meeting: Meeting) -> datetime:
    """When a chosen one is over. Raises ValueError without a time."""
    if meeting.starts_at is None:
        raise ValueError("no time was chosen")
    return meeting.starts_at + timedelta(minutes=meeting.minutes)


def _of(case: Case, number: int) -> Meeting:
    found = Meeting.objects.select_for_update().filter(case=case, pk=number).first()
    if found is None:
        raise Refused("not_found")
    return found


def _move(meeting: Meeting, wanted: MeetingState, *, now: datetime, **columns: object) -> None:
    there = Meeting.objects.filter(pk=meeting.pk, state__in=meeting_before(wanted))
    if not there.update(state=wanted.value, changed_at=now, **columns):
        raise Refused("moved_on")
