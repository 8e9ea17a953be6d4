"""`manage.py generate_records N [--program SLUG]`: made-up entries, for measuring alone.

They are written as they would have been: day after day, each known by the midnight after it.
"""

import random
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from foundation import clock
from ledger.entries import Fact, enter_all
from ledger.states import IBASHO, Channel, Cohort, Kind, Relation
from ledger.subjects import subject_of
from programs.municipalities import check_digit

AT_ONCE = 5000
FIRST, DAYS = date(2020, 4, 1), 3 * 365
WHERE = ("サポステ", "福祉事務所", "自立相談支援機関", "居場所", "ハローワーク")
# Of a hundred entries: what a consultation service writes.
MIX = [Kind.CONSULTATION] * 84 + [Kind.NEW_CASE] * 6 + [Kind.LINKED] * 10


class Command(BaseCommand):
    """A door: how many, the real way in."""

    help = "測るための、作りものの記録を帳簿に書きます。本番では動きません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, of which program."""
        parser.add_argument("count", type=int)
        parser.add_argument("--program", default="kochi")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, count: int, program: str, seed: int, **options: Any) -> None:
        """Write them, some thousands a transaction."""
        if not settings.DEMO:
            raise CommandError("本番では、作りものの記録を書けません。")
        dice = random.Random(seed)
        people = [subject_of(program, str(number)) for number in range(max(1, count // 16))]
        towns = [code + check_digit(code) for code in (f"39{number}" for number in range(201, 235))]
        days = sorted(dice.randrange(DAYS) for _ in range(count))
        for first in range(0, count, AT_ONCE):
            some = [
                _fact(dice, program, people, towns, FIRST + timedelta(days=day))
                for day in days[first : first + AT_ONCE]
            ]
            with transaction.atomic():
                for day, facts in groupby(some, key=lambda fact: fact.occurred_on):
                    known = datetime.combine(day, time(23, 59), clock.JST)
                    enter_all(list(facts), confirmed_by="generator", now=known)
        self.stdout.write(f"{count}件の作りものの記録を書きました。")


def _fact(
    dice: random.Random, program: str, people: list[str], towns: list[str], day: date
) -> Fact:
    kind = dice.choice(MIX)
    return Fact(
        program=program,
        kind=kind,
        occurred_on=day,
        subject=dice.choice(people),
        municipality_code=dice.choice(towns),
        channel=dice.choice(list(Channel)),
        cohort=dice.choice(list(Cohort)),
        relation=dice.choice(list(Relation)),
        destination=dice.choice(WHERE) if kind is Kind.LINKED else "",
        origin=IBASHO if dice.random() < 0.2 else "",
        evidence="generated",
    )
