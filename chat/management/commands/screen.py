"""`manage.py screen`: what screening says of texts. No database is asked.

Reads texts from standard input, a line each; prints JSON, a line each:
`{"verdict": "pass|card|hold|stop", "findings": [{"class", "rule", "start", "end"}]}`. Positions are
code points of the line as it was read, without its newline. The classes are `crisis`, `contact`,
`attack` and `flood`: what is only like words of crisis is said as `crisis` by the rule `likeness`.
"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from chat.screening import screen
from chat.screening.screen import LIKENESS, Finding


def _class(one: Finding) -> str:
    return "crisis" if one.kind == LIKENESS else one.kind


class Command(BaseCommand):
    """One line in, one line out, at once: it may be used in a pipe."""

    help = "Screen texts from standard input, a line each; JSON, a line each."
    requires_system_checks: tuple[str, ...] = ()
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Until the input ends."""
        for line in iter(sys.stdin.buffer.readline, b""):
            text = line.decode("utf-8", errors="replace").removesuffix("\n").removesuffix("\r")
            seen = screen(text)
            said = {
                "verdict": seen.verdict,
                "findings": [
                    {"class": _class(one), "rule": one.rule, "start": one.start, "end": one.end}
                    for one in seen.findings
                ],
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            self.stdout.flush()
