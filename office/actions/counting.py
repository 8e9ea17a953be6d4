"""How a program counts consultations."""

from datetime import date, datetime

from django.db import transaction

from accounts.viewer import Viewer
from office.actions.noting import note
from office.policies import must_coordinate
from programs.actions import counting
from programs.states import CountedAs


def decide_counting(
    viewer: Viewer, *, program: int, counted_as: CountedAs, since: date, after: int, now: datetime
) -> None:
    """From `since` on, a day that is still to come; it is decided after number `after`.

    Raises what `programs.actions.counting.decide` raises.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row, changes = counting.decide(
            program=program, counted_as=counted_as, since=since, after=after, now=now
        )
        note(
            actor, "decide_counting", what="counting_rule", number=row.pk, program=program,
            now=now, changes=changes,
        )  # fmt: skip
