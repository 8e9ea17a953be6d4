"""Texts that fill a room without saying much: slowed, never judged."""

import re
import unicodedata

from foundation.tidy import MAX_MARKS, PLAIN

RUN = 40  # the same character in a row
REPEATS = 8  # the same few words in a row
_RUN = re.compile(rf"([^\s])\1{{{RUN - 1},}}")
# Bounded on both sides: at every position at most 24 lengths, each compared once.
_REPEAT = re.compile(rf"(\S[^\n]{{1,23}}?)(?:\s?\1){{{REPEATS - 1},}}")


def find(text: str) -> list[tuple[str, int, int]]:
    """(rule, start, end) in the text as it was written."""
    found: list[tuple[str, int, int]] = []
    if len(text) >= REPEATS * 2 and _few_signs(text):
        if m := _RUN.search(text):
            found.append(("run", *m.span()))
        elif m := _REPEAT.search(text):
            found.append(("repeat", *m.span()))
    if not PLAIN.fullmatch(text) and (span := _zalgo(text)):
        found.append(("zalgo", *span))
    return found


def _few_signs(text: str) -> bool:
    """Whether less than a quarter of the text are characters of their own kind."""
    few = (len(text) - 1) // 4
    # As a rule the beginning has more of them already.
    return len(set(text[: few + 4])) <= few and len(set(text)) <= few


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
