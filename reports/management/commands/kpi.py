"""`manage.py kpi SHEET --format json|csv|xlsx [--as-of DATE]`: a sheet's figures, exact."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation import clock
from reports import formats, queries
from reports.rules import shipped


class Command(BaseCommand):
    """A door: which sheet, one query, a file or text out."""

    help = "KPIシートの数字を、監査役が見るとおりに出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The sheet, the format, and the day whose knowledge is meant."""
        parser.add_argument("sheet", help=f"たとえば {', '.join(shipped())}")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--as-of", help="この日までに記録されたもの")
        parser.add_argument("--output", type=Path, help="書き出すファイル")

    def handle(
        self,
        *args: Any,
        sheet: str,
        format: str,  # noqa: A002 - the option's name
        as_of: str | None,
        output: Path | None,
        **options: Any,
    ) -> None:
        """Print the sheet, or write it into a file."""
        try:
            day = None if as_of is None else date.fromisoformat(as_of)
        except ValueError:
            raise CommandError("--as-of は 2023-03-31 のように書いてください。") from None
        found = queries.exact(sheet, as_of=day, now=clock.now())
        if found is None:
            raise CommandError(f"シート {sheet} はありません。")
        notes = queries.notes_of(found.sheet)
        if format == "xlsx":
            data = formats.as_xlsx(found.sheet, found.lines, as_of=found.as_of, notes=notes)
            self._put(data, output)
        elif format == "csv":
            text = formats.as_csv(found.sheet, found.lines, notes=notes)
            self._put(text.encode("utf-8-sig"), output) if output else self._say(text)
        else:
            text = formats.as_json(found.sheet, found.lines, as_of=found.as_of)
            self._put(text.encode(), output) if output else self._say(text)

    def _say(self, text: str) -> None:
        self.stdout.write(text.rstrip("\r\n"))

    def _put(self, data: bytes, output: Path | None) -> None:
        if output is None:
            # A workbook goes down the pipe as it is.
            pipe = getattr(self.stdout, "buffer", None)
            if pipe is None:
                raise CommandError("--output で、書き出すファイルを書いてください。")
            pipe.write(data)
            return
        try:
            output.write_bytes(data)
        except OSError as error:
            raise CommandError(f"ファイルに書けません: {error.strerror}") from None
