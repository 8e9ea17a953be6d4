"""`manage.py kpi_return`: monthly files from the houses of a prefecture to the prefecture's own.

`write PROGRAM MONTH FILE` · `key` · `join NAME KEY` · `take FILE…` · `missing MONTH`.
"""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from foundation import clock
from foundation.refusals import Refused
from reports import queries, returning
from reports.actions import returns
from reports.returning import BadReturn


class Command(BaseCommand):
    """A door: one action or one query each, a sentence out."""

    help = "月次ファイルを書きだす・取り込む・届いていない団体を出す。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is to be done, and with what."""
        what = parser.add_subparsers(dest="what", required=True)
        write = what.add_parser("write", help="署名した月次ファイルを書きだします")
        write.add_argument("program")
        write.add_argument("month", help="2026-10")
        write.add_argument("file", type=Path)
        what.add_parser("key", help="この団体の公開鍵を出します(県に、別の道で伝えます)")
        join = what.add_parser("join", help="県の側: 団体とその公開鍵を登録します")
        join.add_argument("name")
        join.add_argument("key")
        take = what.add_parser("take", help="県の側: 月次ファイルを取り込みます")
        take.add_argument("files", nargs="+", type=Path)
        missing = what.add_parser("missing", help="県の側: その月の分が届いていない団体")
        missing.add_argument("month", help="2026-10")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        """Do the one thing."""
        if "month" in options and not returning.is_month(options["month"]):
            raise CommandError("月は 2026-10 のように書いてください。")
        try:
            getattr(self, f"_{what}")(**options)
        except OSError as error:
            raise CommandError(f"ファイルを扱えません: {error.strerror}") from None

    def _write(self, program: str, month: str, file: Path, **options: Any) -> None:
        try:
            data = returns.write_return(program=program, month=month)
        except BadReturn as no:
            raise CommandError(no.sentence) from None
        file.write_bytes(data)
        self.stdout.write(f"{program} {month} を書きだしました。")

    def _key(self, **options: Any) -> None:
        self.stdout.write(returning.own_key())

    def _join(self, name: str, key: str, **options: Any) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise CommandError("公開鍵は、16進の64文字です(kpi_return key が出すもの)。")
        try:
            returns.join(name=name, public_key=key, now=clock.now())
        except BadReturn as no:
            raise CommandError(no.sentence) from None
        self.stdout.write(f"{name} を登録しました。")

    def _take(self, files: list[Path], **options: Any) -> None:
        for file in files:
            try:
                taken = returns.take_return(file.read_bytes(), now=clock.now())
            except BadReturn as no:
                raise CommandError(f"{file.name}: 取り込みませんでした。{no.sentence}") from None
            except (Refused, ValueError, DatabaseError):
                raise CommandError(
                    f"{file.name}: 取り込みませんでした。数えられない行があります。"
                ) from None
            self.stdout.write(
                f"{taken.install} {taken.month}: {taken.rows}行、新しいもの{taken.new}行。"
            )

    def _missing(self, month: str, **options: Any) -> None:
        late = queries.not_reported(month)
        self.stdout.write("、".join(late) if late else "すべての団体から届いています。")
        if queries.overlap_unknown():
            self.stdout.write(queries.OVERLAP)
