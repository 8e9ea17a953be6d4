"""`manage.py verify_ledger`: whether any entry, or a count that is remembered, was changed.

Exit code 1 if so.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.queries import verify
from reports.queries import noted_heads
from reports.remembered import differing


class Command(BaseCommand):
    """A door: one query, a sentence per program out."""

    help = "帳簿の記録がどれも書かれたときのままか、たしかめます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Heads that were noted elsewhere."""
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="PROGRAM:NUMBER:HASH",
            help="控えておいた鎖の終わり(締めの表や月次ファイルにあります)",
        )

    def handle(self, *args: Any, head: list[str], **options: Any) -> None:
        """Look through every chain; say which holds."""
        noted = noted_heads()
        for text in head:
            program, _, rest = text.partition(":")
            seq, _, hash_ = rest.partition(":")
            if not (seq.isascii() and seq.isdigit() and hash_):
                raise CommandError("--head は 事業:番号:ハッシュ と書いてください。")
            noted[program, int(seq)] = hash_
        broken = 0
        for verdict in verify(noted=noted):
            wrong = [] if verdict.broken else differing(verdict.program)
            if verdict.broken or wrong:
                broken += 1
                said = verdict.broken or f"おぼえた数が、数えなおしとあいません({wrong[0]})。"
                self.stderr.write(f"{verdict.program}: {said}")
            else:
                end = f"、終わり {verdict.head}" if verdict.entries else ""
                self.stdout.write(f"{verdict.program}: {verdict.entries}件、変わりなし{end}")
        if broken:
            raise CommandError("帳簿が、書かれたときのままではありません。")
