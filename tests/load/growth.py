"""How reports grow: what is written, what is measured; `tools/growth.py` runs it.

The rows are written by the database itself, their hashes made up.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import RequestFactory

from accounts.states import Role
from accounts.viewer import Grant, Viewer
from chat.actions.counts import STATISTICS
from chat.models import Room, Visit
from foundation import clock
from ledger.entries import Fact, enter
from ledger.models import MonthSum
from ledger.states import Kind
from ledger.subjects import subject_of
from programs.models import Program
from reports import breakdown, evidence, guarded, indicators, paper, rounds, usage
from reports.doors import pdf_file
from reports.models import Past, Remembered
from reports.rules import Sheet, shipped
from reports.views import sheets

SHEET = shipped()["kochi-2020"]
LITE = connection.vendor == "sqlite"
DAYS = 3 * 365


def run(*statements: str) -> None:
    """One transaction, however long it takes."""
    if LITE:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -500000")
    with transaction.atomic(), connection.cursor() as cursor:
        if not LITE:
            cursor.execute("SET LOCAL statement_timeout = 0")
        for statement in statements:
            cursor.execute(statement)


def numbers(count: int) -> str:
    """A table `s` of 1 … count, to be named after WITH."""
    if LITE:
        more = f"SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}"
        return f"WITH RECURSIVE s(n) AS ({more})"
    return f"WITH s AS (SELECT CAST(n AS BIGINT) AS n FROM generate_series(1, {count}) AS g(n))"


def one_of(number: str, *words: str) -> str:
    """The word that a number says."""
    which = " ".join(f"WHEN {at} THEN '{word}'" for at, word in enumerate(words))
    return f"CASE ({number}) % {len(words)} {which} END"


def write_entries(program: str, count: int) -> None:
    """A consultation service's three years, as `manage.py generate_records` mixes them."""
    day = f"(n * {DAYS - 1} / {count})"
    mix = "(n * 7919) % 100"
    kind = (
        f"CASE WHEN {mix} < 84 THEN 'consultation'"
        f" WHEN {mix} < 90 THEN 'new_case' ELSE 'linked' END"
    )
    hexed, zeros = ("printf('%032x', {0})", "printf('%064x', {0})") if LITE else (
        "lpad(to_hex({0}), 32, '0')", "lpad(to_hex({0}), 64, '0')")  # fmt: skip
    on = (
        f"date('2020-04-01', '+' || {day} || ' days')"
        if LITE
        else f"(DATE '2020-04-01' + CAST({day} AS INTEGER))"
    )
    at = f"{on} || ' 14:59:00'" if LITE else f"({on} + TIME '14:59') AT TIME ZONE 'UTC'"
    where = one_of("n / 7", "サポステ", "福祉事務所", "居場所", "ハローワーク")
    columns = {
        "program": f"'{program}'",
        "seq": "n",
        "kind": kind,
        "occurred_on": on,
        "recorded_at": at,
        "subject": hexed.format(f"(n * 48271) % {max(1, count // 16)}"),
        "municipality_code": f"{'printf' if LITE else 'concat'}("
        + ("'%d', " if LITE else "")
        + "392010 + (n / 3) % 34)",
        "channel": one_of("n / 11", "web", "phone", "in_person", "visit", "mail"),
        "cohort": one_of("n / 5", "yes", "no", "unknown"),
        "relation": one_of("n / 13", "self", "family", "supporter", "other"),
        "destination": f"CASE WHEN {mix} >= 90 THEN {where} ELSE '' END",
        "origin": one_of("n / 17", "ibasho", "", "", "", ""),
        "quantity": "1",
        "evidence": "'generated'",
        "confirmed_by": "'generator'",
        "reason": "''",
        "merged_into": "''",
        "previous": zeros.format("n - 1"),
        "hash": zeros.format("n"),
    }
    if LITE:
        year = (
            "(CAST(strftime('%Y', occurred_on) AS INTEGER) - (strftime('%m', occurred_on) < '04'))"
        )
        month = "CAST(strftime('%m', occurred_on) AS INTEGER)"
    else:
        month = "CAST(EXTRACT(MONTH FROM occurred_on) AS INTEGER)"
        year = "CAST(EXTRACT(YEAR FROM occurred_on) AS INTEGER)"
    year = f"({year} - CASE WHEN {month} < 4 THEN 1 ELSE 0 END)"
    tally = "program, kind, cohort, destination, channel, origin, relation, municipality_code"
    heads = "program, kind, cohort, subject, destination, channel, origin"
    mine = f"FROM ledger_entry WHERE program = '{program}'"
    run(
        f"INSERT INTO ledger_entry ({', '.join(columns)}) {numbers(count)}"
        f" SELECT {', '.join(columns.values())} FROM s",
        f"INSERT INTO ledger_head (program, seq, hash)"
        f" SELECT program, seq, hash {mine} AND seq = {count}",
        f"INSERT INTO ledger_tally ({tally}, quarter, quantity)"
        f" SELECT {tally}, {year} * 4 + (({month} + 8) % 12) / 3 AS quarter, SUM(quantity) {mine}"
        f" GROUP BY {tally}, {year} * 4 + (({month} + 8) % 12) / 3",
        f"INSERT INTO ledger_headcount ({heads}, year, quantity)"
        f" SELECT {heads}, {year}, SUM(quantity) {mine} GROUP BY {heads}, {year}",
    )
    run("ANALYZE")


def write_visits(room: Room, had: int, count: int) -> None:
    """Visits `had` + 1 … `count`, over three years."""
    minute = f"(n * {DAYS * 1440} / {count})"
    if LITE:
        begun = f"strftime('%Y-%m-%d %H:%M:%S', '2020-04-01', '+' || {minute} || ' minutes')"
        ended = f"strftime('%Y-%m-%d %H:%M:%S', '2020-04-01', '+' || ({minute} + 20) || ' minutes')"
    else:
        begun = f"TIMESTAMPTZ '2020-04-01 00:00Z' + {minute} * INTERVAL '1 minute'"
        ended = f"{begun} + INTERVAL '20 minutes'"
    run(
        "INSERT INTO chat_visit"
        " (room_id, mode, started_at, seen_at, ended_at, posts, stamps, murmurs)"
        f" {numbers(count)} SELECT {room.pk}, 'watching', {begun}, {ended}, {ended}, 0, 0, 0"
        f" FROM s WHERE n > {had}"
    )
    run("ANALYZE")


def milliseconds(what: Callable[[], object], *, before: Callable[[], object], times: int) -> str:
    """The quickest of some turns, by the wall clock; `before` isn't counted."""
    took = []
    for _ in range(times):
        before()
        began = time.perf_counter()
        what()
        took.append(1000 * (time.perf_counter() - began))
    return f"{min(took):,.0f}"


def new_process() -> None:
    """Nothing is in memory."""
    indicators._KEPT.clear()
    guarded._known.clear()
    guarded._behind.clear()
    breakdown._known.clear()


def one_more(program: str) -> None:
    """One entry, just now, of somebody who was there before; and another process is asked."""
    with transaction.atomic():
        fact = Fact(
            program=program, kind=Kind.LINKED, occurred_on=date(2023, 3, 30), cohort="yes",
            subject=subject_of(program, "1"), destination="サポステ",
        )  # fmt: skip
        enter(fact, confirmed_by=1, now=clock.now())
    new_process()


def of_entries(count: int) -> str:
    """One line of the first table."""
    program = Program.objects.create(slug=f"size-{count}", name="x", prefecture_code="39")
    write_entries(program.slug, count)
    sheet: Sheet = replace(SHEET, slug=program.slug, program=program.slug)
    shipped()[sheet.slug] = sheet
    viewer = Viewer(staff=1, grants=(Grant(Role.COORDINATOR, program.pk),), verified=True)

    def figures() -> object:
        return indicators.figures(sheet)

    def page() -> guarded.Reading:
        return guarded.read(viewer, sheet.slug, as_of=None, now=clock.now())

    def forget() -> None:
        Remembered.objects.all().delete()
        Past.objects.all().delete()
        new_process()

    def apart() -> object:
        return breakdown.read(viewer, sheet.slug, now=clock.now())

    def cell() -> object:
        return evidence.opened(
            viewer, sheet.slug, code="kochi.consultations", year=2021, as_of=None, after=0,
            now=clock.now(),
        )  # fmt: skip

    def printed() -> object:
        request = RequestFactory().get("/")
        request.viewer = viewer  # type: ignore[attr-defined]
        context = sheets.context_of(page(), request)
        return pdf_file("sheet_paper", context, "sheet.pdf", back="/")

    def entered() -> None:
        one_more(program.slug)

    cells = [f"{count:,}", milliseconds(figures, before=forget, times=3)]
    cells.append(milliseconds(figures, before=entered, times=9))
    cells.append(milliseconds(figures, before=int, times=9))
    forget()
    cells.append(milliseconds(rounds.turn, before=int, times=1))
    cells.append(milliseconds(page, before=entered, times=5))
    cells.append(milliseconds(cell, before=int, times=1))
    cells.append(milliseconds(cell, before=entered, times=5))
    cells.append(milliseconds(apart, before=entered, times=5))
    cells.append(milliseconds(lambda: paper.as_csv(page()), before=entered, times=3))
    cells.append(milliseconds(lambda: paper.as_xlsx(page()), before=entered, times=3))
    cells.append(milliseconds(printed, before=entered, times=1))
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "return.json")
        cells.append(
            milliseconds(
                lambda: call_command("kpi_return", "write", program.slug, "2022-12", file),
                before=int,
                times=1,
            )
        )
    return "| " + " | ".join(cells) + " |"


def of_visits(room: Room, had: int, count: int) -> str:
    """One line of the second table."""
    write_visits(room, had, count)
    program = room.program
    viewer = Viewer(staff=1, grants=(Grant(Role.COORDINATOR, program.pk),), verified=True)
    hour = Visit.objects.order_by("-pk").values_list("ended_at", flat=True)[0]

    def page() -> object:
        used = usage.read(viewer, program, year=2022, month=None, now=clock.now())
        return usage.sections(used), used.parts("week"), used.visits()

    def fill() -> None:
        for statistic in STATISTICS:
            statistic.count(hour.replace(minute=0))

    cells = [f"{count:,}", milliseconds(page, before=int, times=9)]
    cells.append(milliseconds(fill, before=int, times=3))
    return "| " + " | ".join(cells) + " |"


def write_sums(room: Room) -> None:
    """Three years of summed months, every part of every statistic."""
    parts = {**usage.GUARDED, **usage.OPEN, "room": (room.slug,)}
    MonthSum.objects.bulk_create(
        MonthSum(
            program=room.program.slug, month=date(2020 + at // 12, at % 12 + 1, 1),
            statistic=statistic, split=split, number=5000 + at, people=300 + at,
        )
        for at in range(3, 39)
        for statistic, splits in parts.items()
        for split in splits
    )  # fmt: skip


def main() -> int:
    """Fill, measure, print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--entries", nargs="*", type=int, default=[10**4, 10**5, 10**6])
    asked.add_argument("--visits", nargs="*", type=int, default=[10**4, 10**5, 10**6, 10**7])
    told = asked.parse_args()
    if not settings.DEMO:
        print("本番では測れません。")
        return 2
    print(connection.vendor)
    for count in told.entries:
        print(of_entries(count), flush=True)
    program = Program.objects.create(slug="size-visits", name="x", prefecture_code="39")
    room = Room.objects.create(slug="size", name="x", kind="chat", program=program)
    write_sums(room)
    had = 0
    for count in told.visits:
        print(of_visits(room, had, count), flush=True)
        had = count
    return 0
