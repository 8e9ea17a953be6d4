"""Everything that a reader of figures sees or downloads, as one system that an attacker solves.

The sources: a sheet at every quarter's end and as it was closed (page, JSON, CSV, Excel, PDF and
the monthly report are one `Reading`), 過年度修正 beside it, a cell opened at each of these moments,
the breakdown, the published page (totals of closed years, which are exact anyhow), the map (which
municipality has a window is public) and usage (months of the rooms, which share no sum with the
ledger and are attacked in `test_usage`). Parts along different lines share nothing but the exact
totals, so each line is a block of its own; consultations and new cases bound each other in all.
"""

import json
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from accounts.states import Role
from ledger.entries import Fact, enter_all
from ledger.models import Entry
from ledger.states import Cohort, Kind
from ledger.subjects import subject_of
from programs.models import Municipality, Program
from reports import breakdown, evidence, guarded, paper
from reports.actions.closings import close_sheet
from reports.states import Along
from reports.suppression import USUAL
from tests.cast import grant, make_program, make_staff, staff_viewer
from tests.reports.attacker import bounds
from tests.reports.test_breakdown import ENDS, NOW, TOWNS, YARDS

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SLUG = "kochi-2020"
CODES = {"all": "kochi.consultations", "new": "kochi.new"}
CLOSED = datetime(2021, 5, 20, 3, tzinfo=UTC)
PLACES = [("392014", "self"), ("392049", "family"), ("393860", "self"), ("394114", "other")]


@pytest.fixture
def coordinator(db):
    kochi = make_program("kochi")
    kochi.prefecture_code = "39"
    kochi.save()
    Municipality.objects.bulk_create(
        Municipality(code=code, prefecture="高知県", name=name, kana="", population=people)
        for code, (name, people) in TOWNS.items()
    )
    person = make_staff("matome", display_name="まとめ")
    grant(person, Role.COORDINATOR, kochi)
    return staff_viewer(person)


def live(seed: int) -> None:
    """Quarters as the desk writes them: who is new has a first consultation; later ones follow."""
    dice = random.Random(seed)
    number = 0
    for end in ENDS[:4]:
        for town, relation in PLACES:
            few = town in ("393860", "394114")
            for _ in range(dice.choice([0, 2, 5] if few else [0, 6, 14, 30])):
                number += 1
                channel = dice.choice(["web", "phone", "phone"])
                told = {"municipality_code": town, "relation": relation, "channel": channel}
                told["origin"] = dice.choice(["ibasho", ""])
                on = end - timedelta(days=20)
                known = dice.choice([on, on, ENDS[-1] - timedelta(days=50)])
                write(Kind.NEW_CASE, number, on, known, told)
                for _ in range(dice.choice([1, 1, 3])):
                    write(Kind.CONSULTATION, number, on, known, told)


def write(kind: Kind, number: int, on: date, known: date, told: dict[str, str]) -> None:
    at = datetime.combine(max(on, known), datetime.min.time(), UTC) + timedelta(hours=3)
    waiting.append((at, kind, number, on, told))


waiting: list = []


def enter_what_waits() -> None:
    found = sorted(waiting, key=lambda one: one[0])
    waiting.clear()
    for at, kind, number, on, told in found:
        fact = Fact(
            program="kochi", kind=kind, occurred_on=on, cohort=Cohort.YES,
            subject=subject_of("kochi", str(number)), **told,
        )  # fmt: skip
        enter_all([fact], confirmed_by=1, now=at)


def seen(viewer) -> tuple[list[datetime], dict[str, list[int]], list]:
    """The moments, the exact totals at each, and what is told: (line, place, upto moment, n)."""
    told, totals = [], {name: [] for name in CODES}
    readings = [guarded.read(viewer, SLUG, as_of=end, now=NOW) for end in ENDS]
    readings.append(guarded.read(viewer, SLUG, as_of=None, closed=2020, now=NOW))
    readings.sort(key=lambda one: one.moments[-1])
    moments = [one.moments[-1] for one in readings]
    for at, reading in enumerate(readings):
        as_json = json.loads(paper.as_json(reading))
        for name, code in CODES.items():
            line = next(one for one in reading.lines if one.indicator.code == code)
            said = next(one for one in as_json["indicators"] if one["code"] == code)
            assert said["years"]["2020"]["actual"] == line.exact.actual[2020]
            totals[name].append(line.exact.actual[2020])
            for part in line.parts:
                where = {"うちWeb": "channel", "うち電子居場所から": "origin"}.get(part.words)
                number, since = part.years[2020], part.since.get(2020)
                if where and number is not None:
                    upto = at if since is None else [jst(one) for one in moments].index(since)
                    told.append((where, name, "web" if where == "channel" else "ibasho",
                                 upto, number))  # fmt: skip
            told += spread(viewer, reading, name, at)
    for table in breakdown.read(viewer, SLUG, now=NOW).tables:
        name = next((one for one, code in CODES.items() if code == table.indicator.code), None)
        for row in table.rows if name else ():
            if row.years[2020] is not None:
                at = len(moments) - 1
                told.append((table.along, name, row.code, at, row.years[2020]))
    return moments, totals, told


def spread(viewer, reading, name, at) -> list:
    if reading.closing is not None:
        return []
    _, cell = evidence.opened(
        viewer, SLUG, code=CODES[name], year=2020, as_of=reading.as_of, after=0, now=NOW
    )
    if cell.spread is None:
        return []
    web = cell.spread.cell("*", "web") if "web" in cell.spread.columns else 0
    return [("channel", name, "web", at, web)]


def jst(moment: datetime) -> date:
    return guarded.jst_day(moment - timedelta(microseconds=1))


LINES = {
    "channel": lambda one: "web" if one.channel == "web" else "-",
    "origin": lambda one: "ibasho" if one.origin == "ibasho" else "-",
    Along.MUNICIPALITY: lambda one: one.municipality_code,
    Along.RELATION: lambda one: one.relation,
}


@pytest.mark.parametrize("seed", range(2))
def test_all_that_is_told_joined_pins_down_no_hidden_cell(coordinator, seed):
    live(seed)
    closing = [one for one in waiting if one[0] < CLOSED]
    later = [one for one in waiting if one[0] >= CLOSED]
    waiting[:] = closing
    with transaction.atomic():
        enter_what_waits()
    close_sheet(coordinator, program=Program.objects.get().pk, sheet=SLUG, year=2020, now=CLOSED)
    waiting[:] = later
    with transaction.atomic():
        enter_what_waits()
    moments, totals, told = seen(coordinator)
    rows = list(Entry.objects.filter(program="kochi"))
    hidden = 0
    for line, of in LINES.items():
        places = sorted({of(row) for row in rows} | {one[2] for one in told if one[0] == line})
        hidden += attack(line, places, moments, totals, told, rows, of)
    assert hidden, "worth an attack: something is hidden"


def attack(line, places, moments, totals, told, rows, of) -> int:
    layers = range(len(moments))
    known = []
    for name in CODES:
        steps = [b - a for a, b in pairwise((0, *totals[name]))]
        known += [({(name, at, p): 1 for p in places}, steps[at]) for at in layers]
    known += [
        ({("all", at, p): 1, ("new", at, p): -1, ("more", at, p): -1}, 0)
        for at in layers
        for p in places
    ]
    bare = list(known)
    shown = {}
    for where, name, place, upto, number in told:
        if where == line:
            known.append(({(name, at, place): 1 for at in range(upto + 1)}, number))
            shown[name, place, upto] = number
    hidden = 0
    last = len(moments) - 1
    for name in CODES:
        for place in places:
            if place == "-" or (name, place, last) in shown:
                continue
            hidden += 1
            sought = ({**{(name, at, place): 1 for at in layers}, "sought": -1}, 0)
            low, high = bounds("sought", [*known, sought])
            least, most = bounds("sought", [*bare, sought])
            yard = YARDS.get(place, USUAL) if line is Along.MUNICIPALITY else USUAL
            assert high - low >= min(yard.room, most - least), (line, name, place, low, high)
    return hidden
