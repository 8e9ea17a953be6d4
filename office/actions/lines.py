"""Help lines. They are the whole house's and lie in a file: the log's line is written first."""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from helplines import actions as helplines
from helplines.lines import Line
from office.actions.noting import note
from office.policies import must_coordinate_somewhere


def add_line(viewer: Viewer, *, line: Line, now: datetime) -> None:
    """One more. Raises `Refused`: `key_taken`, `bad_lines`."""
    actor = must_coordinate_somewhere(viewer)
    # The file comes last: if it can't be written, the transaction takes the entry back.
    with transaction.atomic():
        note(actor, "create", what="help_line", number=line.key, program=None, now=now)
        helplines.add(line)
    helplines.keep_copy(now=now)


def change_line(viewer: Viewer, *, line: Line, seen: str, now: datetime) -> None:
    """Another text. Raises `Refused`: `gone`, `changed_meanwhile`, `bad_lines`."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        note(
            actor, "change", what="help_line", number=line.key, program=None, now=now,
            changes={"number": line.number, "url": line.url, "verified_on": line.verified_on},
        )  # fmt: skip
        helplines.change(line, seen=seen)
    helplines.keep_copy(now=now)


def verify_line(viewer: Viewer, *, key: str, seen: str, now: datetime) -> None:
    """Verified today. Raises `Refused` as `change_line` does."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        note(actor, "verify", what="help_line", number=key, program=None, now=now)
        helplines.verify(key, seen=seen, now=now)
    helplines.keep_copy(now=now)


def remove_line(viewer: Viewer, *, key: str, seen: str, reason: str, now: datetime) -> None:
    """No longer shown. Raises `Refused` as `change_line` does."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        note(actor, "remove", what="help_line", number=key, program=None, now=now, reason=reason)
        helplines.remove(key, seen=seen)
    helplines.keep_copy(now=now)
