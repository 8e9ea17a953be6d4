"""Help lines corrected and verified, without a database: one file, replaced as a whole.

Whoever changes a line says which one they saw (`writing.mark`); a file lock lets one at a time.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.template.loader import render_to_string

from foundation.clock import jst_day
from foundation.refusals import Refused
from helplines.lines import (
    EMERGENCY,
    BadLines,
    Line,
    edited_file,
    lines,
    parse,
    served,
    shown,
)
from helplines.writing import dump, mark


def add(line: Line) -> None:
    """One more, at the end. Raises `Refused`: `key_taken`, `bad_lines`."""

    def added(there: tuple[Line, ...]) -> list[Line]:
        if line.key in {one.key for one in there}:
            raise Refused("key_taken")
        return [*there, line]

    _replace(added)


def change(line: Line, *, seen: str) -> None:
    """Another text for the line of this key.

    Raises `Refused`: `gone`, `changed_meanwhile`, `bad_lines` (without it, calling or writing would
    no longer both be offered).
    """

    def other(there: tuple[Line, ...]) -> list[Line]:
        return [line if one.key == line.key else one for one in _with(there, line.key, seen)]

    _replace(other)


def verify(key: str, *, seen: str, now: datetime) -> None:
    """Someone called it, or read its own page, today. Raises `Refused` as `change` does."""

    def verified(there: tuple[Line, ...]) -> list[Line]:
        return [
            replace(one, verified=True, verified_on=jst_day(now)) if one.key == key else one
            for one in _with(there, key, seen)
        ]

    _replace(verified)


def remove(key: str, *, seen: str) -> None:
    """No longer shown. Raises `Refused` as `change` does."""
    _replace(lambda there: [one for one in _with(there, key, seen) if one.key != key])


def _with(there: tuple[Line, ...], key: str, seen: str) -> tuple[Line, ...]:
    found = next((one for one in there if one.key == key), None)
    if found is None:
        raise Refused("gone")
    if mark(found) != seen:
        raise Refused("changed_meanwhile")
    return there


def _replace(changed: Callable[[tuple[Line, ...]], list[Line]]) -> None:
    with _alone():
        text = dump(changed(lines()))
        try:
            parse(text)
        except BadLines:
            raise Refused("bad_lines") from None
        if served().broken:
            # Somebody's work, though nobody can read it: it is put aside, not written over.
            edited_file().replace(edited_file().with_suffix(".broken"))
        _write(edited_file(), text)


@contextmanager
def _alone() -> Iterator[None]:
    path = edited_file().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    # Only ever alone: the draft has one name.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# --- the copy that is there when nothing else is -------------------------------------------------


# The house writes it every hour; an older one says that the rounds have stopped.
COPY_LATE = timedelta(hours=3)


def copy_file() -> Path:
    """The page as a plain file: what the proxy shows when no house answers."""
    return edited_file().parent / "now" / "index.html"


def keep_copy(*, now: datetime) -> None:
    """Write that copy. It says nothing of the minute: nobody knows when it will be read."""
    # Alone from reading to writing: else older lines could be written over newer ones.
    with _alone():
        # Those that always answer first; then in the file's order, as far as this day goes.
        there = sorted(shown(now), key=lambda one: not one.always)
        context = {"lines": there, "emergency": EMERGENCY, "any_time": True}
        _write(copy_file(), render_to_string("helplines/now.html", context))
