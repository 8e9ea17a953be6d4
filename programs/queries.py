"""Reads of `programs`. Public facts: nobody's standing matters here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Q, Subquery

from programs.counting import Period, periods
from programs.forms import paragraphs
from programs.models import (
    Agency,
    AgencyImport,
    CountingRule,
    Municipality,
    Picture,
    Place,
    Program,
    Text,
)
from programs.municipalities import shipped_codes
from programs.states import TextKey

MOST = 200  # the largest prefecture (北海道) has 179
PAGE = 50
# A body's telephone and hours are looked after once a year; a help line's every 90 days.
LOOKED_AFTER = timedelta(days=365)


def municipality(code: str) -> Municipality | None:
    """The municipality of a 6-digit code, never of a name: names repeat."""
    return Municipality.objects.filter(code=code).first()


def municipalities_of(prefecture_code: str) -> list[Municipality]:
    """All of a prefecture (2-digit code), in the order of their codes."""
    return list(
        Municipality.objects.filter(code__startswith=prefecture_code).order_by("code")[:MOST]
    )


def known_codes() -> frozenset[str]:
    """Every code there is or was: of the list that comes with the house, and of those loaded.

    A municipality that is gone from a newer list stood there when older records were made.
    """
    return shipped_codes().union(Municipality.objects.order_by().values_list("code", flat=True))


def program(slug: str) -> Program | None:
    """The program of that slug."""
    return Program.objects.filter(slug=slug).first()


def the_program(slug: str | None) -> Program | None:
    """The program of that slug; without one, the only program there is."""
    if slug is not None:
        return program(slug)
    found = list(Program.objects.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


# --- agencies ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """At most `PAGE` agencies, and where the list goes on (None: it doesn't)."""

    agencies: Sequence[Agency]
    total: int
    earlier: int | None
    later: int | None


def agencies(program: int, *, words: str = "", town: str = "", page: int = 1) -> Page:
    """Agencies that stand, by municipality and name; `words` are looked for in name and address."""
    found = Agency.objects.standing().filter(program_id=program)
    if town:
        found = found.filter(municipality_id=town)
    for word in words.split()[:5]:
        found = found.filter(Q(name__contains=word) | Q(address__contains=word))
    total = found.count()
    start = (max(1, page) - 1) * PAGE
    rows = found.select_related("municipality").order_by("municipality_id", "name", "pk")
    return Page(
        agencies=list(rows[start : start + PAGE]),
        total=total,
        earlier=page - 1 if page > 1 else None,
        later=page + 1 if start + PAGE < total else None,
    )


def agency(program: int, *, pk: int) -> Agency | None:
    """One agency that stands."""
    rows = Agency.objects.standing().filter(program_id=program, pk=pk)
    return rows.select_related("municipality").first()


@dataclass(frozen=True, slots=True)
class Here:
    """What there is in a municipality."""

    agencies: Sequence[Agency]
    places: Sequence[Place]


def here(town: Municipality) -> Here:
    """Agencies and real places of a municipality, whichever program entered them."""
    agencies = Agency.objects.standing().filter(municipality=town).order_by("kind", "name", "pk")
    places = Place.objects.filter(municipality=town, removed_at__isnull=True)
    return Here(list(agencies[:MOST]), list(places.order_by("name", "pk")[:MOST]))


def every_agency(program: int) -> Iterator[Agency]:
    """All that stand, one after the other, for a file."""
    rows = Agency.objects.standing().filter(program_id=program)
    return rows.order_by("municipality_id", "name", "pk").iterator(chunk_size=500)


def unverified_agencies(program: int, *, today: date) -> int:
    """How many nobody looked after for a year."""
    rows = Agency.objects.standing().filter(program_id=program)
    return rows.filter(verified_on__lt=today - LOOKED_AFTER).count()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list that was laid ready: what would be added and changed, what is wrong, what to know."""

    imported: AgencyImport
    added: int
    changed: int
    bad: Sequence[dict[str, object]]
    more_bad: int
    sample: Sequence[Agency]


def waiting_import(program: int, *, bad: int, sample: int) -> Waiting | None:
    """The list that waits, with its first `bad` rows to mend and a `sample` of the good ones."""
    rows = AgencyImport.objects.filter(
        program_id=program, applied_at__isnull=True, dropped_at__isnull=True,
        staged_at__isnull=False,
    )  # fmt: skip
    row = rows.first()
    if row is None:
        return None
    brought = Agency.objects.filter(brought_by=row)
    changed = Agency.objects.filter(leaves_with=row).count()
    return Waiting(
        imported=row,
        added=brought.count() - changed,
        changed=changed,
        bad=row.bad[:bad],
        more_bad=max(0, len(row.bad) - bad),
        sample=list(brought.select_related("municipality").order_by("pk")[:sample]),
    )


# --- places --------------------------------------------------------------------------------------


def places(program: int) -> list[Place]:
    """A program's real places, with their pictures; all of them, entered one by one."""
    rows = Place.objects.filter(program_id=program, removed_at__isnull=True)
    return list(
        rows.select_related("municipality")
        .prefetch_related("pictures")
        .order_by("municipality_id", "name", "pk")
    )


def place(program: int, *, pk: int) -> Place | None:
    """One real place."""
    rows = Place.objects.filter(program_id=program, removed_at__isnull=True, pk=pk)
    return rows.select_related("municipality").first()


def pictures_of(place: int) -> list[Picture]:
    """A place's pictures, oldest first."""
    return list(Picture.objects.filter(place_id=place).order_by("pk"))


def picture(name: str) -> Picture | None:
    """A picture by its random name, while its place is on the list."""
    return Picture.objects.filter(name=name, place__removed_at__isnull=True).first()


# --- texts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A program's text as people read it."""

    program: str
    paragraphs: list[str]


def texts_shown(key: TextKey) -> list[Shown]:
    """The newest version of every program that wrote this text; empty when none did."""
    versions = Text.objects.filter(program=OuterRef("program"), key=key).order_by("-version")
    rows = Text.objects.filter(key=key, version=Subquery(versions.values("version")[:1]))
    return [
        Shown(row.program.name, paragraphs(row.body))
        for row in rows.select_related("program").order_by("program_id")
    ]


def text_versions(program: int, *, key: TextKey) -> list[Text]:
    """A program's versions of a text, newest first."""
    return list(Text.objects.filter(program_id=program, key=key).order_by("-version")[:20])


# --- how consultations are counted ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counting:
    """A program's rules in their order, and the number of its newest decision (0: none yet)."""

    number: int
    periods: list[Period]


def counting(program: int) -> Counting:
    """How a program counts consultations, and since when."""
    rows = list(CountingRule.objects.filter(program_id=program).order_by("number"))
    return Counting(rows[-1].number if rows else 0, periods(rows))


def counting_of(slug: str) -> list[Period]:
    """The same by a program's slug, also of one that isn't here."""
    return periods(CountingRule.objects.filter(program__slug=slug).order_by("number"))
