"""How a program counts consultations, from a day that is still to come."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from foundation.clock import jst_day
from foundation.refusals import Refused
from programs import queries
from programs.models import CountingRule
from programs.states import CountedAs

# Who plans further ahead has mistyped a year.
FURTHEST = timedelta(days=731)
# Column: [before, after].
Changes = dict[str, list[object]]


def decide(
    *, program: int, counted_as: CountedAs, since: date, after: int, now: datetime
) -> tuple[CountingRule, Changes]:
    """The next decision, made after number `after` (0: the first), and what it replaces.

    Raises `Refused`: `not_ahead`, `too_far`, `changed_meanwhile`, `counted_so` where nothing would
    be different.
    """
    today = jst_day(now)
    if since <= today:
        raise Refused("not_ahead")
    if since > today + FURTHEST:
        raise Refused("too_far")
    before = queries.counting(program)
    if before.number != after:
        raise Refused("changed_meanwhile")
    last = before.periods[-1]
    planned = last.since if last.since is not None and last.since > today else None
    if last.counted_as == counted_as and planned in (None, since):
        raise Refused("counted_so")
    try:
        with transaction.atomic():
            row = CountingRule.objects.create(
                program_id=program, number=after + 1, counted_as=counted_as.value,
                decided_on=today, since=since, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("changed_meanwhile") from None
    return row, {
        "counted_as": [last.counted_as.value, counted_as.value],
        "since": [planned, since],
    }
