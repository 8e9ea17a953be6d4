"""Paper: what was sent, read and bounded. No database."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid4

from django.http import QueryDict

from counseling.states import (
    Channel,
    Cohort,
    Detail,
    Ease,
    Origin,
    Relation,
    Times,
    Urgency,
    Wish,
)
from foundation.refusals import Refused
from foundation.tidy import tidy
from foundation.typed_days import day_of

MAX_WORDS = 2000
MAX_LINE = 200
MAX_NOTE = 4000
MOST_MINUTES = 1440

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """POST /counseling/ask/."""

    nonce: UUID
    relation: Relation
    wishes: tuple[Wish, ...]
    times: tuple[Times, ...]
    eases: tuple[Ease, ...]
    cohort: Cohort
    words: str
    # About somebody else than in the case of theirs that goes on; never about oneself.
    another: bool = False


def asked(posted: QueryDict) -> Asked:
    """What someone asks for. Raises `Refused`: `no_relation`, `no_wish`, and what `tidy` raises."""
    relation = one_of(Relation, posted.get("relation", ""))
    wishes = several(Wish, posted.getlist("wish"))
    if relation is None:
        raise Refused("no_relation")
    if not wishes:
        raise Refused("no_wish")
    return Asked(
        nonce=nonce(posted),
        relation=relation,
        wishes=wishes,
        times=several(Times, posted.getlist("time")),
        eases=several(Ease, posted.getlist("ease")),
        cohort=one_of(Cohort, posted.get("cohort", "")) or Cohort.UNKNOWN,
        words=tidy(posted.get("words", ""), most=MAX_WORDS, required=False),
        another=posted.get("about") == "another" and relation is not Relation.SELF,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An occasion as a counselor enters it; `code` is empty for a new case, `relation` None for
    whoever speaks in the case that has the code.
    """

    nonce: UUID
    code: str
    on: date
    minutes: int
    channel: Channel
    relation: Relation | None
    line: str
    psychological: bool
    # Another one on the same day: added to the first (`add`), or counted apart with a reason.
    add: bool
    split: str
    # For a new case.
    origin: Origin
    cohort: Cohort
    confirmed: bool


def told(posted: QueryDict, *, today: date) -> Told:
    """An occasion. Raises `Refused`: `no_minutes`, `no_channel`, `no_relation`, `no_day`, `future`,
    and what `tidy` raises.
    """
    on = day(posted.get("on", "")) if posted.get("on") else today
    if on is None:
        raise Refused("no_day")
    if on > today:
        raise Refused("future")
    code, spoke = posted.get("code", "").strip(), posted.get("relation", "")
    return Told(
        nonce=nonce(posted),
        code=code,
        on=on,
        minutes=minutes(posted.get("minutes", "")),
        channel=needed(Channel, posted.get("channel", ""), "no_channel"),
        relation=needed(Relation, spoke, "no_relation") if spoke or not code else None,
        line=tidy(posted.get("line", ""), most=MAX_LINE, required=False),
        psychological=posted.get("psychological") == "on",
        add=posted.get("same_day") == "add",
        split=tidy(posted.get("split", ""), most=MAX_LINE, required=False),
        origin=one_of(Origin, posted.get("origin", "")) or Origin.UNKNOWN,
        cohort=one_of(Cohort, posted.get("cohort", "")) or Cohort.UNKNOWN,
        confirmed=posted.get("later") != "on",
    )


def minutes(text: str) -> int:
    """A length in minutes: `45`, `４５`, `1:10`, `1時間10分`. Raises `Refused("no_minutes")`."""
    plain = unicodedata.normalize("NFKC", text[:12]).strip().removesuffix("分")
    hours, colon, rest = plain.replace("時間", ":").partition(":")
    parts = (hours, rest or "0") if colon else ("0", hours)
    if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        raise Refused("no_minutes")
    found = int(parts[0]) * 60 + int(parts[1])
    if not 1 <= found <= MOST_MINUTES:
        raise Refused("no_minutes")
    return found


def day(text: str) -> date | None:
    """A day as a browser sends it; None for anything else."""
    try:
        return day_of(text, latest=date.max) if len(text) == 10 else None
    except ValueError:
        return None


def due(posted: QueryDict, *, today: date) -> date:
    """A day that isn't over, within two years. Raises `Refused`: `no_day`, `past`."""
    found = day(posted.get("due_on", ""))
    if found is None or found.year > today.year + 2:
        raise Refused("no_day")
    if found < today:
        raise Refused("past")
    return found


def text(posted: QueryDict, name: str, *, most: int = MAX_NOTE) -> str:
    """Words that are needed. Raises what `tidy` raises."""
    return tidy(posted.get(name, ""), most=most)


def line(posted: QueryDict, name: str, *, most: int = MAX_LINE) -> str:
    """Words that may be missing. Raises what `tidy` raises."""
    return tidy(posted.get(name, ""), most=most, required=False)


def reason(posted: QueryDict) -> str:
    """Why. Raises `Refused("no_reason")` where nobody says."""
    found = tidy(posted.get("reason", ""), most=MAX_LINE, required=False)
    if not found:
        raise Refused("no_reason")
    return found


def urgency(posted: QueryDict) -> Urgency:
    """How soon. Raises `Refused("malformed")`."""
    return needed(Urgency, posted.get("urgency", ""), "malformed")


def detail(posted: QueryDict) -> Detail:
    """What kind of contact detail. Raises `Refused("no_kind")`."""
    return needed(Detail, posted.get("kind", ""), "no_kind")


def nonce(posted: QueryDict) -> UUID:
    """The form's own number; one that was lost is made anew, and the form counts as a new one."""
    try:
        return UUID(posted.get("nonce", ""))
    except ValueError:
        return uuid4()


def one_of(kind: type[E], value: str) -> E | None:
    """A member by its value; None for anything else."""
    return next((one for one in kind if one.value == value), None)


def needed(kind: type[E], value: str, code: str) -> E:
    """A member by its value. Raises `Refused(code)`."""
    found = one_of(kind, value)
    if found is None:
        raise Refused(code)
    return found


def several(kind: type[E], values: Iterable[str]) -> tuple[E, ...]:
    """Members by their values, each once, in the enum's order."""
    sent = set(values)
    return tuple(one for one in kind if one.value in sent)


def number(posted: QueryDict, name: str) -> int:
    """A row's number; 0, which is none, for anything else."""
    sent = posted.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= 18 else 0
