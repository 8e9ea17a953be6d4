"""`manage.py load_municipalities [FILE]`: take in the list of municipalities."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programs.actions.municipalities import load_municipalities
from programs.municipalities import SHIPPED, BadFile


class Command(BaseCommand):
    """A door: file in, one action, a sentence out."""

    help = "市区町村の一覧を取り込みます(ファイルを書かなければ、同梱のもの)。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file; without it the one that comes with the house."""
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load, or say which lines are wrong and change nothing."""
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                loaded = load_municipalities(lines)
        except OSError as error:
            raise CommandError(f"ファイルを開けません: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CommandError("ファイルの文字コードを UTF-8 にしてください。") from None
        except BadFile as error:
            raise CommandError(f"何も取り込みませんでした。\n{error}") from None
        self.stdout.write(
            f"市区町村: 追加 {loaded.added}、変更 {loaded.changed}、変わらず {loaded.same}"
        )
