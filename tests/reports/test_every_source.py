"""Everything that a reader of figures sees or downloads, as one system that an attacker solves.

The sources: a sheet at every quarter's end and as it was closed (page, JSON, CSV, Excel, PDF and
the monthly report are one `Reading`), 過年度修正 beside it, a cell opened at each of these moments,
the breakdown, the published page (totals of closed years, which are exact anyhow), the map (which
municipality has a window is public) and usage (months of the rooms, which share no sum with the
ledger and are attacked in `test_usage`). Parts along different lines share nothing but the exact
totals, so each line is a block of its own; consultations and new cases bound each other in all.
Sheets that a coordinator started beside it tell the same year: consultations alone, and links with
our own room among them. And the registers' pages, whose keepers read the sheets too.
"""

import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from accounts.models import Staff
from accounts.states import Role
from ledger.entries import Fact, enter_all
from ledger.models import Entry
from ledger.states import Cohort, Kind
from ledger.subjects import evidence_number, subject_of
from programs.models import Program
from reports import breakdown, evidence, guarded, paper
from reports.actions.closings import close_sheet
from reports.actions.offices import OfficeVisit, confirm_visit
from reports.actions.own_sheets import Plan, start_sheet
from reports.actions.sites import Sign, close_site, open_site
from reports.actions.supports import Occasion, note_support
from reports.actions.trainings import Course, confirm_attendance, hold_training
from reports.models import Install, Return
from reports.states import Along, SiteKind
from reports.suppression import USUAL
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer
from tests.reports.attacker import bounds
from tests.reports.kochi import kochi_with_towns
from tests.reports.test_breakdown import ENDS, NOW, YARDS

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
SLUG = "kochi-2020"
CODES = {
    "all": "kochi.consultations", "new": "kochi.new", "linked": "kochi.linked",
    "wide": "kochi.linked",
}  # fmt: skip
ALONE, WIDE = "kochi-2019", "kochi-2018"  # consultations alone; our own room is 居場所等
# A figure, one that is part of it, and which of them and of what is left an attacker seeks.
PAIRS = (("all", "new", ("all", "new")), ("wide", "linked", ("linked", "more")))
SHEETS = {SLUG: ("all", "new", "linked"), ALONE: ("all",), WIDE: ("wide",)}
CLOSED = datetime(2021, 5, 20, 3, tzinfo=UTC)
PLACES = [("392014", "self"), ("392049", "family"), ("393860", "self"), ("394114", "other")]


@pytest.fixture
def coordinator(db):
    kochi = kochi_with_towns()
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


def link(seed: int) -> None:
    """Some are led on, by Web and otherwise; a few to our own room."""
    dice = random.Random(seed + 100)
    number = 0
    for end in ENDS[:4]:
        for town, relation in PLACES:
            told = {"municipality_code": town, "relation": relation}
            for channel, many in (("web", 24), ("phone", 30), ("web", dice.choice([1, 3]))):
                where = "own_room" if many < 10 else "ハローワーク"
                for _ in range(many):
                    number += 1
                    more = {"channel": channel, "destination": where, "origin": ""}
                    on = end - timedelta(days=20)
                    write(Kind.LINKED, 10_000 + number, on, on, told | more)


def start(coordinator) -> None:
    for slug, years, code, own in (
        (ALONE, (2019, 2020), "kochi.consultations", None),
        (WIDE, (2018, 2019, 2020), "kochi.linked", True),
    ):
        plan = Plan(
            first_year=years[0], targets={code: dict.fromkeys(years, 1)}, baselines={},
            own_room=own,
        )  # fmt: skip
        row = start_sheet(
            coordinator, program=Program.objects.get().pk, from_sheet=SLUG, plan=plan, now=CLOSED
        )
        assert row.slug == slug


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
    told, totals = [], {name: {} for name in CODES}
    readings = [guarded.read(viewer, slug, as_of=end, now=NOW) for slug in SHEETS for end in ENDS]
    readings.append(guarded.read(viewer, SLUG, as_of=None, closed=2020, now=NOW))
    moments = sorted({one.moments[-1] for one in readings})
    for reading in readings:
        at = moments.index(reading.moments[-1])
        as_json = json.loads(paper.as_json(reading))
        for name in SHEETS[reading.sheet.slug]:
            code = CODES[name]
            line = next(one for one in reading.lines if one.indicator.code == code)
            said = next(one for one in as_json["indicators"] if one["code"] == code)
            assert said["years"]["2020"]["actual"] == line.exact.actual[2020]
            totals[name][at] = line.exact.actual[2020]
            for part in line.parts:
                where = {"うちWeb": "channel", "うち電子居場所から": "origin"}.get(part.words)
                number, since = part.years[2020], part.since.get(2020)
                if since is not None and since < ENDS[0]:
                    continue  # 0, of a sheet that began before
                if where and number is not None:
                    upto = at if since is None else [jst(one) for one in moments].index(since)
                    told.append((where, name, "web" if where == "channel" else "ibasho",
                                 upto, number))  # fmt: skip
            told += spread(viewer, reading, name, at)
    for slug, names in SHEETS.items():
        for table in breakdown.read(viewer, slug, now=NOW).tables:
            name = next(one for one in names if CODES[one] == table.indicator.code)
            for row in table.rows:
                if row.years[2020] is not None:
                    at = len(moments) - 1
                    told.append((table.along, name, row.code, at, row.years[2020]))
    # The wide sheet wasn't closed; nothing was entered late for it.
    closed = moments.index(CLOSED)
    totals["wide"][closed] = totals["wide"][closed - 1]
    in_order = {name: [found[at] for at in range(len(moments))] for name, found in totals.items()}
    return moments, in_order, told


def spread(viewer, reading, name, at) -> list:
    if reading.closing is not None:
        return []
    _, cell = evidence.opened(
        viewer,
        reading.sheet.slug,
        code=CODES[name],
        year=2020,
        as_of=reading.as_of,
        after=0,
        now=NOW,
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
    link(seed)
    start(coordinator)
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
        for pair in PAIRS if line in ("channel", Along.RELATION) else PAIRS[:1]:
            hidden += attack(line, pair, places, moments, totals, told, of)
    assert hidden, "worth an attack: something is hidden"


def attack(line, pair, places, moments, totals, told, of) -> int:
    layers = range(len(moments))
    known = []
    outer, inner, wanted = pair
    for name in (outer, inner):
        steps = [b - a for a, b in pairwise((0, *totals[name]))]
        known += [({(name, at, p): 1 for p in places}, steps[at]) for at in layers]
    known += [
        ({(outer, at, p): 1, (inner, at, p): -1, ("more", at, p): -1}, 0)
        for at in layers
        for p in places
    ]
    bare = list(known)
    shown = {}
    for where, name, place, upto, number in sorted(set(told)):
        if where == line and name in (outer, inner):
            known.append(({(name, at, place): 1 for at in range(upto + 1)}, number))
            shown[name, place, upto] = number
    hidden = 0
    last = len(moments) - 1
    for name in wanted:
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


def page_of(person, address: str) -> str:
    return signed_in_as(person).get(f"/reports/{address}").content.decode()


def test_a_register_of_visits_beside_the_sheet_tells_no_visitor_s_cohort():
    """Seven of the cohort and three who aren't; the reader confirmed two of them herself."""
    house = make_program("fukuoka")
    own, other = (make_staff(name, display_name=name) for name in ("matome", "soudan"))
    grant(own, Role.COORDINATOR, house)
    grant(other, Role.COUNSELOR, house)
    reader = staff_viewer(own)
    at = datetime(2020, 5, 1, 3, tzinfo=UTC)
    mine = set()
    for number in range(10):
        by = own if number in (1, 2) else other
        visit = OfficeVisit(
            code=f"F-{number}", on=date(2020, 5, 1), office="筑後", evidence=f"受付簿 {number}",
            cohort=Cohort.NO if number % 3 == 2 else Cohort.YES, first=True,
        )  # fmt: skip
        row = confirm_visit(staff_viewer(by), program=house.pk, visit=visit, now=at)
        if by is own:
            mine.add(evidence_number("fukuoka", row.seq))
    cohort = {
        number
        for end in ENDS
        for number in evidence.opened(
            reader, "fukuoka-2020", code="fukuoka.satellite_users", year=2020, as_of=end, after=0,
            now=NOW,
        )[1].numbers
    }  # fmt: skip
    rows = re.findall(r'<tr><td class="number">.*?</tr>', page_of(own, "offices/"), re.S)
    others = [row for row in rows if not any(number in row for number in mine)]
    assert len(cohort) == 7 and len(rows) - len(others) == 2
    assert not any(number in row for row in others for number in cohort), "one of the cohort"
    assert not others or not USUAL.hides(len(others) - len(cohort - mine)), "how many aren't of it"


def test_what_registers_print_counts_nothing_that_came_in_between(coordinator):
    """Two sites, entered before and after a day's deeds: their numbers would count these."""
    person, house = Staff.objects.get(), Program.objects.get()
    live(0)
    with transaction.atomic():
        enter_what_waits()
    for _ in range(2):
        sign = Sign(
            kind=SiteKind.WINDOW, municipality="392014", name="窓口", operator="県",
            opened_on=date(2021, 5, 1), evidence="要綱",
        )  # fmt: skip
        site = open_site(coordinator, program=house.pk, sign=sign, now=NOW)
        close_site(coordinator, program=house.pk, site=site.pk, on=date(2021, 6, 1), now=NOW)
        told = Occasion(kind=Kind.NETWORK_MEETING, on=date(2021, 6, 1))
        note_support(coordinator, program=house.pk, occasion=told, now=NOW)
        held = Course(course="craft", name="研修", held_on=date(2021, 6, 1))
        row = hold_training(coordinator, program=house.pk, course=held, now=NOW)
        confirm_attendance(
            coordinator, program=house.pk, training=row.pk, day=1, typed=["a"], now=NOW
        )
        live(0)
        with transaction.atomic():
            enter_what_waits()
    came = Install.objects.create(name="東の会", public_key="k", joined_at=NOW)
    Return.objects.create(
        install=came, program="kochi", month="2021-06", first_seq=4711, last_seq=4799,
        shares_key=False, taken_at=NOW,
    )  # fmt: skip
    pages = ["sites/", "supports/", "trainings/", f"trainings/{row.pk}/"]
    cells = [
        cell
        for page in [*pages, "returns/?month=2021-06"]
        for cell in re.findall(r"<td[^>]*>([^<]+)</td>", page_of(person, page))
    ]
    assert len(cells) > 30
    printed = {int(one) for cell in cells for one in re.findall(r"\b\d+\b", cell)}
    chain = Entry.objects.exclude(kind__in=[Kind.CONSULTATION, Kind.NEW_CASE])
    seqs = {*chain.values_list("seq", flat=True), 4711, 4799}
    assert min(seqs) > 31, "no day of a month"
    assert not printed & (seqs - {2021})
