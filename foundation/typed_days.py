"""Days that people type: read, and held to years that the house can reckon with. No database.

A day at the calendar's own edge has no day after it and no midnight in another zone.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from foundation.clock import JST
from foundation.holidays import FIRST, LAST

EARLIEST, LATEST = date(1900, 1, 1), date(LAST, 12, 31)
# Some minutes and days may be added to it and it is still one. For whoever asks "not tomorrow"
# themselves, with a sentence of their own.
NO_EDGE = date(9998, 12, 31)
# Plans begin where holidays are known.
PLANS_FROM = date(FIRST, 1, 1)


def bounds(earliest: date = EARLIEST, latest: date = LATEST) -> list[Callable[[date], None]]:
    """What a form's field of a day asks, with the sentence."""
    return [
        MinValueValidator(earliest, _("%(limit_value)s か、それより後の日を入れてください。")),
        MaxValueValidator(latest, _("%(limit_value)s か、それより前の日を入れてください。")),
    ]


def day_of(text: str, *, latest: date = LATEST) -> date:
    """`2026-12-31`. A ValueError for what is no day, or none to reckon with."""
    found = date.fromisoformat(text)
    if not EARLIEST <= found <= latest:
        raise ValueError("a day out of reach")
    return found


def jst_instant(text: str) -> datetime:
    """`2026-12-31T20:00` on a clock in Japan. A ValueError, as `day_of`."""
    found = datetime.fromisoformat(text).replace(tzinfo=JST)
    if not EARLIEST <= found.date() <= NO_EDGE:
        raise ValueError("a day out of reach")
    return found
