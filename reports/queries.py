"""Reads of figures."""

from dataclasses import dataclass
from datetime import date, datetime

from foundation import clock
from reports import rules
from reports.indicators import end_of, figures
from reports.rules import Figures, Sheet


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet, its figures and the day whose knowledge they are."""

    sheet: Sheet
    as_of: date
    lines: list[Figures]


def sheet(slug: str) -> Sheet | None:
    """The sheet of that name."""
    return rules.shipped().get(slug)


def exact(slug: str, *, as_of: date | None, now: datetime) -> Reading | None:
    """A sheet's figures to the last one; None where there is no such sheet.

    Who may read them so is decided before: the command, and an auditor with a reason.
    """
    found = sheet(slug)
    if found is None:
        return None
    upto = None if as_of is None else end_of(as_of)
    return Reading(found, as_of or clock.jst_day(now), figures(found, upto=upto))
