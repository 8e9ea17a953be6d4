"""`manage.py verify_ledger`: whether any entry of the ledger was changed; exit code 1 if so."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.queries import verify
from reports.queries import noted_heads


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
            if verdict.broken:
                broken += 1
                self.stderr.write(f"{verdict.program}: {verdict.broken}")
            else:
                end = f"、終わり {verdict.head}" if verdict.entries else ""
                self.stdout.write(f"{verdict.program}: {verdict.entries}件、変わりなし{end}")
        if broken:
            raise CommandError("帳簿が、書かれたときのままではありません。")
