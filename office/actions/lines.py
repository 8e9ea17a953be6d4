"""Help lines. They are the whole house's and lie in a file: the log's line is written first."""

from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.clock import jst_day
from helplines import actions as helplines
from helplines.lines import Line, lines
from helplines.writing import hours_in_words
from office.actions.noting import note
from office.policies import must_coordinate_somewhere


def add_line(viewer: Viewer, *, line: Line, now: datetime) -> None:
    """One more. Raises `Refused`: `key_taken`, `bad_lines`."""
    actor = must_coordinate_somewhere(viewer)
    # The file comes last: if it can't be written, the transaction takes the entry back.
    with transaction.atomic():
        _note(actor, "create", key=line.key, changes=_changes(None, line), now=now)
        helplines.add(line)
    helplines.keep_copy(now=now)


def change_line(viewer: Viewer, *, line: Line, seen: str, now: datetime) -> None:
    """Another text. Raises `Refused`: `gone`, `changed_meanwhile`, `bad_lines`."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        if changes := _changes(_there(line.key), line):
            _note(actor, "change", key=line.key, changes=changes, now=now)
        helplines.change(line, seen=seen)
    helplines.keep_copy(now=now)


def verify_line(viewer: Viewer, *, key: str, seen: str, now: datetime) -> None:
    """Verified today. Raises `Refused` as `change_line` does."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        before = _there(key)
        after = before and replace(before, verified=True, verified_on=jst_day(now))
        _note(actor, "verify", key=key, changes=_changes(before, after), now=now)
        helplines.verify(key, seen=seen, now=now)
    helplines.keep_copy(now=now)


def remove_line(viewer: Viewer, *, key: str, seen: str, reason: str, now: datetime) -> None:
    """No longer shown. Raises `Refused` as `change_line` does."""
    actor = must_coordinate_somewhere(viewer)
    with transaction.atomic():
        changes = _changes(_there(key), None)
        _note(actor, "remove", key=key, changes=changes, now=now, reason=reason)
        helplines.remove(key, seen=seen)
    helplines.keep_copy(now=now)


def _there(key: str) -> Line | None:
    # If it is another one than was seen, the deed is refused and its entry taken back.
    return next((one for one in lines() if one.key == key), None)


def _changes(before: Line | None, after: Line | None) -> dict[str, list[object]]:
    old, new = _values(before), _values(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _values(line: Line | None) -> dict[str, object]:
    names = [column.name for column in fields(Line) if column.name != "key"]
    if line is None:
        return dict.fromkeys(names)
    return {
        **{name: getattr(line, name) for name in names},
        "hours": hours_in_words(line.hours),
        "valid": [[one.first, one.last] for one in line.valid],
    }


def _note(
    actor: int, verb: str, *, key: str, changes: dict[str, list[object]], now: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    note(
        actor, verb, what="help_line", number=key, program=None, now=now, changes=changes,
        reason=reason,
    )  # fmt: skip
