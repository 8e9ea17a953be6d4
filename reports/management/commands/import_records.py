"""`manage.py import_records FILE [--by USER] [--preview] [--take-back REASON]`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Staff
from foundation import clock
from foundation.refusals import Refused
from foundation.workbook import NotATable
from ledger.states import Reason
from reports.actions.imports import (
    BY_COMMAND,
    Laid,
    import_by_command,
    take_back_by_command,
)
from reports.record_rows import COLUMNS


class Command(BaseCommand):
    """A door: file in; what is wrong in it, or what it came to, out."""

    help = "記録(CSV・.xlsx)を帳簿に取り込みます。読めない行があれば、何も取り込みません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, who confirms it, and whether it is only tried."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", help="たしかめた職員の利用者名(なければ「import」)")
        parser.add_argument("--preview", action="store_true", help="ためすだけで、取り込みません")
        parser.add_argument(
            "--skip-standing", action="store_true",
            help="ほかのファイルからすでに入っている行と同じ行を、のぞきます",
        )  # fmt: skip
        parser.add_argument(
            "--take-back", choices=list(Reason), metavar="REASON",
            help="このファイルの取り込みを、理由をつけて取り下げます: " + "・".join(Reason),
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, by: str | None, preview: bool, **options: Any) -> None:
        """Take it in or back as a whole, or say why not."""
        confirmed_by = BY_COMMAND if by is None else _staff(by)
        try:
            if options["take_back"]:
                self._take_back(file, by=confirmed_by, reason=Reason(options["take_back"]))
                return
            laid = import_by_command(
                data=Path(file).read_bytes(), by=confirmed_by, preview=preview,
                anew=not options["skip_standing"], now=clock.now(),
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"ファイルを開けません: {error.strerror}") from None
        except NotATable as no:
            raise CommandError(f"何も取り込みませんでした。{no.sentence}") from None
        for flag in laid.flags:
            self.stderr.write(f"{flag.line}行目: {COLUMNS[flag.column][0]}: {flag.said}")
        self._refuse(laid)
        for (program, kind, year), quantity in laid.sums.items():
            self.stdout.write(f"{program} {kind} {year}年度: {quantity}")
        tried = "(ためしただけです)" if preview else ""
        rows = laid.rows
        if laid.standing:
            left = options["skip_standing"]
            self.stderr.write(
                f"{len(laid.standing)}行は、ほかのファイルからすでに入っている行と同じです"
                + ("。のぞきました。" if left else "(のぞくには --skip-standing)。")
            )
            rows -= len(laid.standing) if left else 0
        self.stdout.write(f"{rows}行を取り込みました{tried}。")

    def _take_back(self, file: Path, *, by: str, reason: Reason) -> None:
        try:
            many = take_back_by_command(
                data=file.read_bytes(), by=by, reason=reason, now=clock.now()
            )  # fmt: skip
        except Refused:
            raise CommandError("この内容は、取り込まれていません。") from None
        self.stdout.write(f"{many}件を取り下げました。")

    def _refuse(self, laid: Laid) -> None:
        if laid.bad:
            said = "\n".join(
                f"{row.line}行目: {COLUMNS[column][0]}: {sentence}"
                for row in laid.bad
                for column, sentence in row.wrong.items()
            )
            raise CommandError(f"何も取り込みませんでした。\n{said}")
        if laid.before is not None:
            day = clock.jst_day(laid.before).isoformat()
            raise CommandError(f"何も取り込みませんでした。同じ内容が {day} に取り込まれています。")
        if not laid.rows:
            raise CommandError("何も取り込みませんでした。行がありません。")


def _staff(name: str) -> str:
    found = Staff.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"利用者名 {name} の職員はいません。")
    return str(found.pk)
