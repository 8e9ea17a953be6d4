"""Paper at the desk: what was sent, read and bounded. No database."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict

from duty.rota import Stretch, Weekly, stretch
from duty.states import Channel
from foundation.refusals import Refused
from foundation.typed_days import day_of
from moderation.states import ActKind, Many, Reason

MAX_TEXT = 4000  # more isn't read; an honest note is shorter
_ROOMS_MOST = 50
_DIGITS = 18


def _whole(text: str) -> int | None:
    good = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    return int(text) if good else None


def number(posted: QueryDict, name: str) -> int | None:
    """A number that a database can hold; None for anything else."""
    return _whole(posted.get(name, ""))


def numbers(posted: QueryDict, name: str) -> tuple[int, ...]:
    """Several of them, each once, in their order."""
    found = (_whole(text) for text in posted.getlist(name)[:_ROOMS_MOST])
    return tuple(dict.fromkeys(one for one in found if one is not None))


def text(posted: QueryDict, name: str = "text") -> str:
    """Words as typed, cut off where no valid ones could reach."""
    return posted.get(name, "")[:MAX_TEXT]


def _day(posted: QueryDict) -> date:
    try:
        return day_of(posted.get("day", ""))
    except ValueError:
        raise Refused("no_day") from None


def _wall(posted: QueryDict, name: str) -> time:
    try:
        found = time.fromisoformat(posted.get(name, ""))
    except ValueError:
        raise Refused("no_time") from None
    if found.tzinfo is not None or found.second or found.microsecond:
        raise Refused("no_time")
    return found


def _supporter(posted: QueryDict) -> int:
    found = number(posted, "supporter")
    if found is None:
        raise Refused("no_supporter")
    return found


@dataclass(frozen=True, slots=True)
class Planned:
    """POST /moderation/rota/plan/."""

    supporter: int
    when: Stretch
    rooms: tuple[int, ...]


def planned(posted: QueryDict) -> Planned:
    """One shift. Raises `Refused`: `no_supporter`, `no_day`, `no_time`, what `stretch` raises."""
    supporter = _supporter(posted)
    when = stretch(_day(posted), _wall(posted, "begins"), _wall(posted, "ends"))
    return Planned(supporter, when, numbers(posted, "room"))


def pattern(posted: QueryDict) -> Weekly:
    """A weekly stretch. Raises `Refused`: `no_supporter`, `no_day`, `no_time`."""
    weekday = number(posted, "weekday")
    if weekday is None or weekday > 6:
        raise Refused("no_day")
    return Weekly(
        supporter=_supporter(posted),
        weekday=weekday,
        begins=_wall(posted, "begins"),
        ends=_wall(posted, "ends"),
        rooms=numbers(posted, "room"),
        rests_on_holidays=posted.get("rests_on_holidays") == "on",
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """POST /moderation/alerts/."""

    channels: tuple[Channel, ...]
    hours: frozenset[int]


def choice(posted: QueryDict) -> Choice:
    """Channels in their order (fields `first`, `second`, `third`), hours 0–167 (fields `hour`)."""
    known = {channel.value: channel for channel in Channel}
    wanted = (posted.get(name, "") for name in ("first", "second", "third"))
    hours = (text for text in posted.getlist("hour") if text.isascii() and text.isdecimal())
    return Choice(
        channels=tuple(known[name] for name in wanted if name in known),
        hours=frozenset(int(text) for text in hours if len(text) <= 3),
    )


def until(posted: QueryDict, *, now: datetime) -> datetime:
    """From now on for so many minutes (field `minutes`). Raises `Refused("no_time")`."""
    minutes = number(posted, "minutes")
    if minutes is None or minutes > 24 * 60:
        raise Refused("no_time")
    return now + timedelta(minutes=minutes)


def many(posted: QueryDict) -> tuple[Many, Reason]:
    """What is to be done with several (field `deed`), and why.

    Raises `Refused`: `not_found`, `no_reason` for a hiding without one.
    """
    deeds, reasons = {one.value: one for one in Many}, {one.value: one for one in Reason}
    wanted, reason = deeds.get(posted.get("deed", "")), reasons.get(posted.get("reason", ""))
    if wanted is None:
        raise Refused("not_found")
    if wanted is Many.HIDE and reason is None:
        raise Refused("no_reason")
    return wanted, reason or Reason.OTHER


_MOST_LASTING = 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class Deed:
    """What was chosen on one of the desk's forms: an act, its reason, its end, its words."""

    kind: ActKind
    reason: Reason
    until: datetime | None
    note: str
    words: str
    veil: str
    seconds: int | None
    item: int | None


def deed(posted: QueryDict, *, now: datetime) -> Deed:
    """An act at the desk (field `deed`). `minutes` from now is its end; none for none.

    Raises `Refused("not_found")` for a deed that there isn't, `no_reason` without a known one.
    """
    kinds, reasons = {kind.value: kind for kind in ActKind}, {one.value: one for one in Reason}
    kind, reason = kinds.get(posted.get("deed", "")), reasons.get(posted.get("reason", "other"))
    if kind is None:
        raise Refused("not_found")
    if reason is None:
        raise Refused("no_reason")
    minutes = number(posted, "minutes")
    lasts = minutes is not None and 0 < minutes <= _MOST_LASTING
    return Deed(
        kind=kind,
        reason=reason,
        until=now + timedelta(minutes=minutes or 0) if lasts else None,
        note=text(posted, "note"),
        words=text(posted, "words"),
        veil=text(posted, "veil"),
        seconds=number(posted, "seconds"),
        item=number(posted, "item"),
    )


_WHY_TOLD = frozenset({"abuse", "contact", "worry", "privacy", "other"})


def why_told(posted: QueryDict) -> str:
    """Why somebody tells of words (field `reason`), as in a room; `other` without one."""
    reason = posted.get("reason", "")
    return reason if reason in _WHY_TOLD else "other"
