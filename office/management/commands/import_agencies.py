"""`manage.py import_agencies FILE [--program SLUG] [--apply]`: take in a list of agencies."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation import clock, tables
from foundation.refusals import Refused
from foundation.workbook import NotATable
from office.actions.agencies import apply_by_command
from programs import queries
from programs.actions import imports
from programs.agency_rows import HEADERS


class Command(BaseCommand):
    """A door: file in; what it would do, or did, out."""

    help = "支援機関の一覧(CSV・.xlsx)を取り込みます。--apply がなければ、ためすだけです。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whose list it is, and whether it is meant."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", help="事業のスラッグ(ひとつしかなければ、いりません)")
        parser.add_argument(
            "--replace", action="store_true", help="待っている一覧があれば、入れかえます"
        )
        parser.add_argument("--apply", action="store_true", help="ほんとうに取り込みます")

    def handle(
        self, *args: Any, file: Path, program: str | None, replace: bool, apply: bool,
        **options: Any,
    ) -> None:  # fmt: skip
        """Lay it ready, say what is in it, and apply it or let it go."""
        house = queries.the_program(program)
        if house is None:
            raise CommandError("どの事業の一覧か、--program でえらんでください。")
        now = clock.now()
        try:
            table = tables.read(file.read_bytes())
            held = queries.waiting_import(house.pk, bad=0, sample=0) if replace else None
            laid = imports.stage(
                program=house.pk, table=table, file_name=file.name,
                instead_of=held.imported.pk if held else None, now=now,
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"ファイルを開けません: {error.strerror}") from None
        except NotATable as no:
            raise CommandError(f"何も取り込みませんでした。{no.sentence}") from None
        except Refused:
            raise CommandError(
                "準備ができた一覧が、もう待っています。入れかえるときは --replace です。"
            ) from None
        waiting = queries.waiting_import(house.pk, bad=len(laid.bad), sample=0)
        assert waiting is not None
        for note in laid.notes:
            self.stdout.write(f"{note['line']}行目: {note['said']}")
        if laid.bad:
            imports.drop(program=house.pk, imported=laid.pk, now=now)
            said = "\n".join(
                f"{row['line']}行目: {HEADERS.get(column, column)}: {sentence}"
                for row in laid.bad
                for column, sentence in row["wrong"].items()
            )
            raise CommandError(f"何も取り込みませんでした。\n{said}")
        counts = f"追加 {waiting.added}、変更 {waiting.changed}、変わらず {laid.same}"
        if not apply:
            imports.drop(program=house.pk, imported=laid.pk, now=now)
            self.stdout.write(f"支援機関: {counts}(ためしただけです。取り込むには --apply)")
            return
        try:
            overtaken = apply_by_command(program=house.pk, imported=laid.pk, now=now).asked
        except Refused:  # somebody let it go, or put another in its place
            raise CommandError(
                "何も取り込みませんでした。取り込むあいだに、この一覧がほかで動かされました。"
            ) from None
        if overtaken:
            imports.drop(program=house.pk, imported=laid.pk, now=now)
            raise CommandError(
                "何も取り込みませんでした。取り込むあいだに、支援機関がほかで変えられました。"
            )
        self.stdout.write(f"支援機関: {counts}")
