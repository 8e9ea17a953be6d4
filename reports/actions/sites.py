"""Consultation windows and ibasho by municipality: opened, closed, taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger.entries import Fact, counter_all, counter_enter, enter, lock_programs
from ledger.models import Entry
from ledger.states import Kind, Reason
from programs.models import Municipality, Program
from reports.actions.noting import note
from reports.models import Site
from reports.policies import must_keep_registers
from reports.states import CLOSED, OPENED, SiteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What the register says of a site."""

    kind: SiteKind
    municipality: str
    name: str
    opened_on: date
    evidence: str
    operator: str = ""
    online: bool = False


def open_site(viewer: Viewer, *, program: int, sign: Sign, now: datetime) -> Site:
    """Enter a site and its opening. Raises `Refused`: `no_such_place` (not of this prefecture),
    `no_evidence`, `too_early`.
    """
    actor = must_keep_registers(viewer, program=program)
    if not sign.evidence.strip():
        raise Refused("no_evidence")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        _must_be_here(house, sign.municipality)
        # The entry names the row: its own number follows within the same transaction.
        site = Site.objects.create(
            program=house, kind=sign.kind, municipality_id=sign.municipality, name=sign.name,
            operator=sign.operator, online=sign.online, opened_on=sign.opened_on,
            evidence=sign.evidence, changed_at=now, opened_seq=0,
        )  # fmt: skip
        entry = enter(
            Fact(
                program=house.slug,
                kind=OPENED[sign.kind],
                occurred_on=sign.opened_on,
                municipality_code=sign.municipality,
                evidence=f"site:{site.pk}",
            ),
            confirmed_by=actor,
            now=now,
        )
        site.opened_seq = entry.seq
        site.save(update_fields=["opened_seq"])
        note(viewer, "open", what="site", number=site.pk, program=program, now=now)
    return site


def close_site(viewer: Viewer, *, program: int, site: int, on: date, now: datetime) -> None:
    """Enter that a site was closed. Raises `Refused`: `not_found`, `already`, `too_early`."""
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        row = _locked(program, site)
        if row.closed_on is not None:
            raise Refused("already")
        if on < row.opened_on:
            raise Refused("too_early")
        entry = enter(
            Fact(
                program=row.program.slug,
                kind=CLOSED[SiteKind(row.kind)],
                occurred_on=on,
                municipality_code=row.municipality_id,
                evidence=f"site:{row.pk}",
            ),
            confirmed_by=actor,
            now=now,
        )
        row.closed_on, row.closed_seq, row.changed_at = on, entry.seq, now
        row.save(update_fields=["closed_on", "closed_seq", "changed_at"])
        note(viewer, "close", what="site", number=row.pk, program=program, now=now)


def withdraw_site(
    viewer: Viewer, *, program: int, site: int, reason: Reason, now: datetime
) -> None:
    """Take a site back that was entered by mistake: its entries are countered."""
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        row = _locked(program, site)
        for seq in (row.closed_seq, row.opened_seq):
            if seq is not None:
                counter_enter(row.program.slug, seq=seq, reason=reason, confirmed_by=actor, now=now)
        row.withdrawn_at = row.changed_at = now
        row.save(update_fields=["withdrawn_at", "changed_at"])
        note(
            viewer, "withdraw", what="site", number=row.pk, program=program, reason=reason, now=now
        )


def list_baseline(
    viewer: Viewer, *, program: int, kind: SiteKind, municipality: str, on: date, now: datetime
) -> int:
    """Name a municipality that a sheet's 事業開始前 counts. Returns the evidence number.

    Raises `Refused`: `no_such_place`, `listed_already`.
    """
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        _must_be_here(house, municipality)
        # Two who list the same town at once: the second sees the first's entry.
        lock_programs([house.slug])
        if _listed(house.slug, kind, municipality):
            raise Refused("listed_already")
        entry = enter(
            Fact(
                program=house.slug,
                kind=Kind.BASELINE_LISTED,
                occurred_on=on,
                municipality_code=municipality,
                destination=OPENED[kind],
                # No row of a register stands behind it: the place on the list is its reference.
                evidence=f"baseline:{municipality}",
            ),
            confirmed_by=actor,
            now=now,
        )
        note(viewer, "list", what="baseline", number=entry.seq, program=program, now=now)
    return entry.seq


def withdraw_baseline(
    viewer: Viewer, *, program: int, kind: SiteKind, municipality: str, reason: Reason,
    now: datetime,
) -> None:  # fmt: skip
    """Take a municipality back that was listed by mistake, by hand or by a file; the cell that
    counts on it is provisional again. Raises `Refused("not_found")`.
    """
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        lock_programs([house.slug])
        seqs = _listed(house.slug, kind, municipality)
        if not seqs:
            raise Refused("not_found")
        counter_all(house.slug, seqs=seqs, reason=reason, confirmed_by=actor, now=now)
        note(
            viewer, "withdraw", what="baseline", number=seqs[0], program=program, reason=reason,
            now=now,
        )  # fmt: skip


def _listed(slug: str, kind: SiteKind, municipality: str) -> list[int]:
    """The numbers of the entries that list a municipality and stand."""
    rows = Entry.objects.filter(
        program=slug, kind=Kind.BASELINE_LISTED, destination=OPENED[kind],
        municipality_code=municipality,
    )  # fmt: skip
    back = rows.filter(counters__isnull=False).values("counters")
    standing = rows.filter(counters=None).exclude(seq__in=back)
    return list(standing.order_by("seq").values_list("seq", flat=True))


def _must_be_here(house: Program, municipality: str) -> None:
    there = Municipality.objects.filter(pk=municipality).exists()
    if not there or not municipality.startswith(house.prefecture_code):
        raise Refused("no_such_place")


def _locked(program: int, site: int) -> Site:
    row = (
        Site.objects.select_for_update(of=["self"])
        .select_related("program")
        .filter(pk=site, program=program, withdrawn_at=None)
        .first()
    )
    if row is None:
        raise Refused("not_found")
    return row
