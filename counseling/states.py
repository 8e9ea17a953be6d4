"""Who asks, what for, and where a case stands. Pure; no Django."""

from collections.abc import Mapping
from enum import StrEnum


class Relation(StrEnum):
    """Who speaks with us, as seen from the person whom it is about."""

    SELF = "self"
    FAMILY = "family"
    SUPPORTER = "supporter"  # a neighbour, a teacher, an office


class Wish(StrEnum):
    """What is asked for."""

    WEB = "web"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    VISIT = "visit"
    MONEY = "money"
    PLACE = "place"
    JUST_ASKING = "just_asking"


class Times(StrEnum):
    """When it would be good; coarse on purpose."""

    WEEKDAY_DAY = "weekday_day"
    WEEKDAY_EVENING = "weekday_evening"
    WEEKEND = "weekend"
    NIGHT = "night"
    ANY = "any"


class Ease(StrEnum):
    """What would make it easier."""

    WORDS_ONLY = "words_only"
    SAME_PERSON = "same_person"
    NOBODY_COMES = "nobody_comes"
    NO_CALLS = "no_calls"
    SLOWLY = "slowly"
    LISTEN_ONLY = "listen_only"


class Cohort(StrEnum):
    """就職氷河期世代: born 1970-04-02 … 1986-04-01, of the person whom it is about.

    Asked once, coarsely; the date itself is neither asked nor kept (`docs/kpi.md`).
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How an occasion took place."""

    WEB = "web"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    VISIT = "visit"
    MAIL = "mail"


class Origin(StrEnum):
    """Through what someone found their way, recorded when the case is confirmed as a new one."""

    ROOM = "room"
    WEB_WINDOW = "web_window"
    TELEPHONE = "telephone"
    FAMILY = "family"
    LEAFLET = "leaflet"
    SEARCH = "search"
    AGENCY = "agency"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """How soon someone should look; a counselor sets it, flags raise it."""

    USUAL = "usual"
    SOON = "soon"
    TODAY = "today"


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"  # with the program's counselors, nobody's yet
    OPEN = "open"  # with exactly one counselor
    CLOSED = "closed"


CASE_MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.WAITING: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    # Whoever asks again comes back to the same case.
    CaseState.CLOSED: frozenset({CaseState.WAITING, CaseState.OPEN}),
}


class AskingState(StrEnum):
    """Where what a participant asked for stands."""

    ASKED = "asked"
    TAKEN = "taken"  # a counselor is there
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


ASKING_MOVES: Mapping[AskingState, frozenset[AskingState]] = {
    AskingState.ASKED: frozenset({AskingState.TAKEN, AskingState.WITHDRAWN, AskingState.CLOSED}),
    AskingState.TAKEN: frozenset({AskingState.WITHDRAWN, AskingState.CLOSED}),
    AskingState.WITHDRAWN: frozenset(),
    AskingState.CLOSED: frozenset(),
}
STANDING = (AskingState.ASKED, AskingState.TAKEN)


class HandOverState(StrEnum):
    """A hand-over has two phases; until `ACCEPTED` the first counselor stays responsible."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


HAND_OVER_MOVES: Mapping[HandOverState, frozenset[HandOverState]] = {
    HandOverState.OFFERED: frozenset(
        {HandOverState.ACCEPTED, HandOverState.DECLINED, HandOverState.WITHDRAWN}
    ),
    HandOverState.ACCEPTED: frozenset(),
    HandOverState.DECLINED: frozenset(),
    HandOverState.WITHDRAWN: frozenset(),
}


class Detail(StrEnum):
    """What kind of contact detail lies in the vault."""

    NAME = "name"
    TELEPHONE = "telephone"
    MAIL = "mail"
    ADDRESS = "address"
    OTHER = "other"


def before(wanted: CaseState) -> list[str]:
    """The states from which a case may come to this one."""
    return sorted(state.value for state, onward in CASE_MOVES.items() if wanted in onward)


def asking_before(wanted: AskingState) -> list[str]:
    """The states from which an asking may come to this one."""
    return sorted(state.value for state, onward in ASKING_MOVES.items() if wanted in onward)


def hand_over_before(wanted: HandOverState) -> list[str]:
    """The states from which a hand-over may come to this one."""
    return sorted(state.value for state, onward in HAND_OVER_MOVES.items() if wanted in onward)
