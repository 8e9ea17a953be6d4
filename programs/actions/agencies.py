"""Agencies (支援機関), one at a time."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from foundation.refusals import Refused
from programs.actions import changing
from programs.actions.changing import Changes
from programs.agency_rows import key
from programs.models import Agency, Program

# What the log tells of one that goes.
_TOLD = ("name", "kind", "municipality_id", "telephone")


def add(*, program: int, values: Mapping[str, object], now: datetime) -> Agency:
    """A new agency. Raises `Refused("already_there")` for a name its municipality has."""
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        _must_be_new(program, values)
        return Agency.objects.create(program_id=program, changed_at=now, **values)


def change(
    *, program: int, agency: int, version: int, values: Mapping[str, object], now: datetime
) -> Changes:
    """Change one; what was different. Raises `Refused`: see `changing.change`, `already_there`."""
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        _must_stand(program, agency)
        _must_be_new(program, values, but=agency)
        return changing.change(
            Agency, program=program, pk=agency, version=version, values=values, now=now
        )


def take_away(*, program: int, agency: int, version: int, now: datetime) -> Changes:
    """Off every list; what stood there. Raises `Refused`: `gone`, `changed_meanwhile`."""
    with transaction.atomic():
        _must_stand(program, agency)
        return changing.take_away(
            Agency, program=program, pk=agency, version=version, names=_TOLD, now=now
        )


def _must_stand(program: int, agency: int) -> None:
    if not Agency.objects.standing().filter(program_id=program, pk=agency).exists():
        raise Refused("gone")


def _must_be_new(program: int, values: Mapping[str, object], *, but: int = 0) -> None:
    town = values["municipality_id"]
    there = Agency.objects.standing().filter(program_id=program, municipality_id=town)
    names = there.exclude(pk=but).order_by("pk").values_list("name", flat=True)
    if key(values["name"], town) in {key(name, town) for name in names}:
        raise Refused("already_there")
