"""Alarms that really go out: `call` decides, `send_due` sends.

Whoever climbs the ladder calls, in the transaction that notes the step:

    call(staff, channel=Channel.PUSH, program=7, about="item:12", now=now)

That writes a row and returns its number; it sends nothing and never fails for want of a network.
Every process sends what is due within two seconds of the commit (`chat/rounds.py`), tries again
after 15 and 45 seconds, and notes what became of it: `calls.calls_about(["item:12"])`. The desk
needs no message: such a call is settled at once. `about` is the caller's own and in no message.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions.noting import about_account
from accounts.viewer import Viewer
from duty import channels, policies
from duty.channels import push
from duty.colleagues import DEFAULT_CHANNELS, team
from duty.models import AlertChoice, Call, PushAddress
from duty.states import CallState, Channel
from foundation import clock
from foundation.refusals import Refused

AT_ONCE = 8
AGAIN_AFTER = (timedelta(seconds=15), timedelta(seconds=45))
# Longer than a try may last: then whoever took it is gone, and another process sends it.
TAKEN_FOR = timedelta(minutes=2)
KEPT = timedelta(days=90)
BROWSERS_MOST = 5


def call(staff: int, *, channel: Channel, program: int, about: str, now: datetime) -> int:
    """Call a member of staff over a channel, once this transaction is committed; the call's number.

    Who may be called when, and over which channel, is `alerts.next_call`'s; ask it first.
    """
    at_once = channel == Channel.DESK
    made = Call.objects.create(
        staff_id=staff,
        program_id=program,
        channel=channel.value,
        about=about,
        at=now,
        due_at=now,
        state=(CallState.SENT if at_once else CallState.WAITING).value,
        settled_at=now if at_once else None,
    )
    return made.pk


def send_due(*, now: datetime) -> int:
    """Send what is due, eight at once; how many arrived. Not inside a transaction."""
    taken = _take(now=now)
    if not taken:
        return 0
    ways = [(one, way) for one in taken for way in _ways(one)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="call") as pool:
        met = list(pool.map(partial(_try, now=now), [way for _, way in ways]))
    at = max(now, clock.now())
    tried = [(one.pk, way, no) for (one, way), no in zip(ways, met, strict=True)]
    return sum(
        _settle(one, [(way, no) for call, way, no in tried if call == one.pk], now=at)
        for one in taken
    )


def _take(*, now: datetime) -> list[Call]:
    """Compare and swap: of two processes, one has a call."""
    due = Call.objects.filter(state=CallState.WAITING.value, due_at__lte=now)
    taken = []
    for one in due.select_related("staff").order_by("due_at", "pk")[:AT_ONCE]:
        mine = _still(one)
        one.tries, one.due_at = one.tries + 1, now + TAKEN_FOR
        if mine.update(tries=one.tries, due_at=one.due_at):
            taken.append(one)
    return taken


def _still(one: Call) -> QuerySet[Call]:
    """The row, if nobody else had it since."""
    return Call.objects.filter(
        pk=one.pk, state=CallState.WAITING.value, tries=one.tries, due_at=one.due_at
    )


def _ways(one: Call) -> list[channels.Way]:
    if not one.staff.is_active:
        return []
    if one.channel == Channel.EMAIL:
        return [channels.Way(Channel.EMAIL, one.staff.email)] if one.staff.email else []
    browsers = PushAddress.objects.filter(staff=one.staff_id).order_by("pk")
    kept = browsers.values_list("sealed", "key")[:BROWSERS_MOST]
    return [channels.Way(Channel.PUSH, sealed, key) for sealed, key in kept]


def _try(way: channels.Way, *, now: datetime) -> channels.Undelivered | None:
    try:
        channels.deliver(way, now=now)
    except channels.Undelivered as no:
        return no
    return None


def _settle(
    one: Call,
    tried: Sequence[tuple[channels.Way, channels.Undelivered | None]],
    *,
    now: datetime,
) -> bool:
    """Whether it arrived: one browser of several is enough."""
    for way, no in tried:
        _remember(way, no, now=now)
    troubles = [no for _, no in tried if no is not None]
    if len(troubles) < len(tried):
        _still(one).update(state=CallState.SENT.value, settled_at=now, trouble="")
        return True
    trouble = troubles[-1].trouble if troubles else channels.Trouble.NO_WAY
    if one.tries > len(AGAIN_AFTER) or all(no.final for no in troubles):
        _still(one).update(state=CallState.FAILED.value, settled_at=now, trouble=trouble.value)
    else:
        _still(one).update(due_at=now + AGAIN_AFTER[one.tries - 1], trouble=trouble.value)
    return False


def _remember(way: channels.Way, no: channels.Undelivered | None, *, now: datetime) -> None:
    browser = PushAddress.objects.filter(key=way.key)
    if way.channel != Channel.PUSH:
        return
    if no is not None and no.trouble is channels.Trouble.GONE:
        browser.delete()
    else:
        browser.update(failed_at=now if no is not None else None)


def call_the_team(program: int, *, about: str, now: datetime) -> list[int]:
    """A test alarm: everyone who may be called at this hour, over every channel they chose.

    Who said nothing of this hour, isn't on duty and doesn't coordinate is let sleep.
    """
    return [
        call(one.staff, channel=channel, program=program, about=about, now=now)
        for one in team(program, now=now)
        if one.on_duty or one.willing or one.coordinator
        for channel in one.channels
        if channel in one.open and channel != Channel.DESK
    ]


def add_push(viewer: Viewer, *, told: push.Subscription, now: datetime) -> int:
    """This browser may be called; its number. The same one again is the same row.

    A browser that somebody else used to sign in is from now on this person's.
    Raises `Refused`: `not_found`, `too_many_browsers`.
    """
    staff, key = policies.must_be_callable(viewer), push.key_of(told)
    with transaction.atomic():
        others = PushAddress.objects.filter(staff=staff).exclude(key=key)
        if others.count() >= BROWSERS_MOST:
            raise Refused("too_many_browsers")
        row, _ = PushAddress.objects.update_or_create(
            key=key,
            defaults={
                "staff_id": staff, "sealed": push.sealed(told), "made_at": now, "failed_at": None,
            },
        )  # fmt: skip
        _choose_push(staff)
        _note(viewer, "push_added", now=now)
    return row.pk


def _choose_push(staff: int) -> None:
    """Whoever adds a browser wants to be called there: after what they chose, if not among it."""
    row = AlertChoice.objects.filter(staff=staff).first()
    chosen = list(row.channels) if row else [channel.value for channel in DEFAULT_CHANNELS]
    if Channel.PUSH not in chosen:
        AlertChoice.objects.update_or_create(
            staff_id=staff, defaults={"channels": [*chosen, Channel.PUSH.value]}
        )


def remove_push(viewer: Viewer, *, number: int, now: datetime) -> None:
    """One's own browser is called no more. Raises `Refused("not_found")`."""
    staff = policies.must_be_callable(viewer)
    with transaction.atomic():
        if not PushAddress.objects.filter(pk=number, staff=staff).delete()[0]:
            raise Refused("not_found")
        _note(viewer, "push_removed", now=now)


def _note(viewer: Viewer, verb: str, *, now: datetime) -> None:
    staff = policies.must_be_callable(viewer)
    about_account(
        staff, role=policies.role_called_in(viewer), verb=f"duty.{verb}", staff=staff, now=now
    )


def purge(*, now: datetime) -> int:
    """Calls of more than 90 days ago go, and browsers of accounts that were closed; how many."""
    left = PushAddress.objects.filter(staff__is_active=False)
    return Call.objects.filter(at__lt=now - KEPT).delete()[0] + left.delete()[0]
