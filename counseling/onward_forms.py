"""Paper of what leads on: the packet's words, consent, answers of an agency. No database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from counseling.forms import MAX_LINE, needed, several
from counseling.packet import MOST_CHARACTERS, MOST_LINES, Line
from counseling.states import ALOUD, HEADINGS, Channel, Detail, Heading, Relation, Sent
from foundation.refusals import Refused
from foundation.tidy import tidy
from foundation.typed_days import jst_instant

MOST_ADDED = 1000
MOST_CHOICES = 3
MOST_WHO = 80


@dataclass(frozen=True, slots=True)
class Edited:
    """The words as the person left them: sentences that were there, and what they added."""

    lines: Mapping[Heading, tuple[Line, ...]]
    added: Mapping[Heading, str]


def edited(posted: QueryDict, relation: Relation) -> Edited:
    """`line-<heading>-<n>`, `strike` = `<heading>-<n>`, `add-<heading>`. Raises `Refused`."""
    struck = set(posted.getlist("strike"))
    lines, added = {}, {}
    for heading in HEADINGS[relation]:
        said = []
        for n in range(MOST_LINES):
            sent = posted.get(f"line-{heading.value}-{n}")
            if sent is None:
                break
            text = tidy(sent, most=MOST_CHARACTERS, required=False)
            said.append(Line(text, f"{heading.value}-{n}" in struck))
        lines[heading] = tuple(said)
        added[heading] = tidy(posted.get(f"add-{heading.value}", ""), most=MOST_ADDED,
                              required=False)  # fmt: skip
    return Edited(lines, added)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What someone said yes to, and that they did."""

    digest: str
    details: tuple[Detail, ...]
    along: bool
    sure: bool
    # Looked at again: nobody's name stands there.
    unnamed: bool = False


def agreed(posted: QueryDict) -> Agreed:
    """The consent as it was sent."""
    return Agreed(
        digest=posted.get("digest", "")[:64],
        details=several(Detail, posted.getlist("detail")),
        along=posted.get("along") == "on",
        sure=posted.get("sure") == "on",
        unnamed=posted.get("unnamed") == "on",
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said aloud: over which channel, when, and who spoke."""

    channel: Channel
    at: datetime
    spoke: Relation


def spoken(posted: QueryDict) -> Spoken:
    """`at` in Japan's clock. Raises `Refused`: `no_channel`, `no_relation`, `no_time_said`."""
    channel = needed(Channel, posted.get("channel", ""), "no_channel")
    if channel not in ALOUD:
        raise Refused("no_channel")
    try:
        at = jst_instant(posted.get("at", "")[:16])
    except ValueError:
        raise Refused("no_time_said") from None
    return Spoken(channel, at, needed(Relation, posted.get("spoke", ""), "no_relation"))


def written(posted: QueryDict, relation: Relation) -> dict[Heading, str]:
    """A counselor's first draft. Raises what `tidy` raises."""
    return {
        heading: tidy(posted.get(f"add-{heading.value}", ""), most=MOST_ADDED, required=False)
        for heading in HEADINGS[relation]
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agency said, when, and how it came."""

    who: str
    by: Sent
    at: datetime
    line: str


def answer(posted: QueryDict) -> Answer:
    """At the counselor's desk; `at` in Japan's clock. Raises `Refused`: `no_who`, `no_way`,
    `no_answer_time`.
    """
    try:
        at = jst_instant(posted.get("at", "")[:16])
    except ValueError:
        raise Refused("no_answer_time") from None
    by = needed(Sent, posted.get("by", ""), "no_way")
    if by is Sent.LINK:  # there the agency answers itself
        raise Refused("no_way")
    return Answer(
        who=who(posted),
        by=by,
        at=at,
        line=tidy(posted.get("line", ""), most=MAX_LINE, required=False),
    )


def who(posted: QueryDict) -> str:
    """Who at the agency; a position is enough. Raises `Refused("no_who")`."""
    found = tidy(posted.get("who", ""), most=MOST_WHO, required=False)
    if not found:
        raise Refused("no_who")
    return found


def choices(posted: QueryDict) -> list[datetime]:
    """Up to three times, as a browser's date and time fields send them, in Japan's clock.

    Raises `Refused("no_time")`.
    """
    found = []
    for sent in posted.getlist("choice")[:MOST_CHOICES]:
        if not sent:
            continue
        try:
            found.append(jst_instant(sent[:16]))
        except ValueError:
            raise Refused("no_time") from None
    if not found:
        raise Refused("no_time")
    return sorted(set(found))
