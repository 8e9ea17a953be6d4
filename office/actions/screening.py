"""A program's own screening rules: drafted, tried, let act, ended. Each step is in the log."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from chat.actions import own_rules
from chat.models import OwnRule
from chat.states import RuleState
from office.actions.noting import note
from office.policies import must_coordinate


def draft_rule(
    viewer: Viewer, *, program: int, kind: str, term: str, exceptions: Sequence[str],
    spares: bool, now: datetime,
) -> OwnRule:  # fmt: skip
    """A new one, which does nothing yet.

    Raises what `chat.actions.own_rules.draft` raises.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = own_rules.draft(
            program=program, staff=actor, kind=kind, term=term, exceptions=exceptions,
            spares=spares, now=now,
        )  # fmt: skip
        changes = {
            "kind": [None, kind], "term": [None, term], "exceptions": [None, exceptions],
            "spares": [None, spares],
        }  # fmt: skip
        note(
            actor, "create", what="screening_rule", number=row.pk, program=program, now=now,
            changes=changes,
        )  # fmt: skip
    return row


def try_rule(viewer: Viewer, *, program: int, rule: int, version: int, now: datetime) -> None:
    """A dry run over the last days. Raises what `chat.actions.own_rules.keep_trial` raises."""
    actor = must_coordinate(viewer, program=program)
    # Nobody's words wait while thousands are read.
    tried = own_rules.look_back(program=program, rule=rule, now=now)
    with transaction.atomic():
        own_rules.keep_trial(program=program, rule=rule, version=version, tried=tried, now=now)
        note(actor, "try", what="screening_rule", number=rule, program=program, now=now)


def start_rule(viewer: Viewer, *, program: int, rule: int, version: int, now: datetime) -> None:
    """It acts from now on. Raises what `chat.actions.own_rules.move` raises."""
    _move(viewer, RuleState.ACTING, program=program, rule=rule, version=version, now=now)


def end_rule(viewer: Viewer, *, program: int, rule: int, version: int, now: datetime) -> None:
    """It acts no more, for good. Raises what `chat.actions.own_rules.move` raises."""
    _move(viewer, RuleState.ENDED, program=program, rule=rule, version=version, now=now)


def _move(
    viewer: Viewer, to: RuleState, *, program: int, rule: int, version: int, now: datetime
) -> None:
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        own_rules.move(program=program, rule=rule, version=version, to=to, staff=actor, now=now)
        if to is RuleState.ACTING:
            note(actor, "start", what="screening_rule", number=rule, program=program, now=now)
        else:
            note(actor, "end", what="screening_rule", number=rule, program=program, now=now)
