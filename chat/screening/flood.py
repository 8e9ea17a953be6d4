"""Texts that fill a room without saying much: slowed, never judged."""

import re
import unicodedata

from foundation.tidy import MAX_MARKS, PLAIN

RUN = 40  # the same character in a row
REPEATS = 8  # the same few words in a row
_RUN = re.compile(r"([^\s])\1{%d,}" % (RUN - 1))
# Bounded on both sides: at every position at most 24 lengths, each compared once.
_REPEAT = re.compile(r"(\S[^\n]{1,23}?)(?:\s?\1){%d,}" % (REPEATS - 1))


def find(text: str) -> list[tuple[str, int, int]]:
    """(rule, start, end) in the text as it was written."""
    found: list[tuple[str, int, int]] = []
    if len(text) >= REPEATS * 2 and len(set(text)) * 4 < len(text):
        if m := _RUN.search(text):
            found.append(("run", *m.span()))
        elif m := _REPEAT.search(text):
            found.append(("repeat", *m.span()))
    if not PLAIN.fullmatch(text) and (span := _zalgo(text)):
        found.append(("zalgo", *span))
    return found


def _zalgo(text: str) -> tuple[int, int] | None:
    start = None
    for at, char in enumerate(text + " "):
        if unicodedata.combining(char):
            start = at if start is None else start
        elif start is not None:
            if at - start > MAX_MARKS:
                return start, at
            start = None
    return None
