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


# How somebody can say yes or no where they have no page: voice to voice.
ALOUD = (Channel.TELEPHONE, Channel.IN_PERSON, Channel.VISIT)


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


class Mended(StrEnum):
    """What of a case the ledger may count anew once it was mended."""

    COHORT = "cohort"
    ORIGIN = "origin"
    MUNICIPALITY = "municipality"


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


class Gone(StrEnum):
    """Why a detail that was sent no longer lies in the vault."""

    TAKEN_BACK = "taken_back"  # by the person, alone, with everything, or as they left
    REPLACED = "replaced"  # by another of its kind
    EXPIRED = "expired"


def before(wanted: CaseState) -> list[str]:
    """The states from which a case may come to this one."""
    return sorted(state.value for state, onward in CASE_MOVES.items() if wanted in onward)


def asking_before(wanted: AskingState) -> list[str]:
    """The states from which an asking may come to this one."""
    return sorted(state.value for state, onward in ASKING_MOVES.items() if wanted in onward)


def hand_over_before(wanted: HandOverState) -> list[str]:
    """The states from which a hand-over may come to this one."""
    return sorted(state.value for state, onward in HAND_OVER_MOVES.items() if wanted in onward)


# --- from a person to a place -------------------------------------------------------------------


class ReferralState(StrEnum):
    """Where a referral stands: 提案→同意→送付→受理→つながった / 不成立 / 取り下げ."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    SENT = "sent"
    ACCEPTED = "accepted"
    LINKED = "linked"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Mover(StrEnum):
    """Who moves a referral."""

    PERSON = "person"
    COUNSELOR = "counselor"
    AGENCY = "agency"


# (from, to): who may move it. Printed in docs/referral.md, which a test compares.
REFERRAL_MOVES: Mapping[tuple[ReferralState, ReferralState], frozenset[Mover]] = {
    (ReferralState.PROPOSED, ReferralState.AGREED): frozenset({Mover.PERSON}),
    (ReferralState.PROPOSED, ReferralState.WITHDRAWN): frozenset({Mover.PERSON}),
    (ReferralState.PROPOSED, ReferralState.FAILED): frozenset({Mover.COUNSELOR}),
    # They look at it again: the consent is taken back, and nothing has left yet.
    (ReferralState.AGREED, ReferralState.PROPOSED): frozenset({Mover.PERSON}),
    (ReferralState.AGREED, ReferralState.SENT): frozenset({Mover.COUNSELOR}),
    (ReferralState.AGREED, ReferralState.WITHDRAWN): frozenset({Mover.PERSON}),
    (ReferralState.AGREED, ReferralState.FAILED): frozenset({Mover.COUNSELOR}),
    (ReferralState.SENT, ReferralState.ACCEPTED): frozenset({Mover.COUNSELOR, Mover.AGENCY}),
    (ReferralState.SENT, ReferralState.FAILED): frozenset({Mover.COUNSELOR, Mover.AGENCY}),
    (ReferralState.SENT, ReferralState.WITHDRAWN): frozenset({Mover.PERSON}),
    (ReferralState.ACCEPTED, ReferralState.LINKED): frozenset({Mover.COUNSELOR}),
    (ReferralState.ACCEPTED, ReferralState.FAILED): frozenset({Mover.COUNSELOR}),
    # Confirmed by mistake: what was counted is counted back.
    (ReferralState.LINKED, ReferralState.ACCEPTED): frozenset({Mover.COUNSELOR}),
}
# What was agreed to stands; the words may leave or have left.
CONSENTED = (
    ReferralState.AGREED,
    ReferralState.SENT,
    ReferralState.ACCEPTED,
    ReferralState.LINKED,
)


def referral_before(wanted: ReferralState, mover: Mover) -> list[str]:
    """The states from which this one may be reached by whoever moves it."""
    return sorted(
        start.value for (start, to), by in REFERRAL_MOVES.items() if to == wanted and mover in by
    )


class Goal(StrEnum):
    """What a referral leads to. Each has steps of its own behind the door."""

    AGENCY = "agency"
    PLACE = "place"
    WORK_EXPERIENCE = "work_experience"
    HOUSEHOLD = "household"
    SPECIALISTS = "specialists"
    EMPLOYMENT = "employment"
    FAMILY = "family"  # for whoever asks about someone: 家族会, CRAFT


# A family's own, whatever becomes of the person: 家族会, CRAFT, the household's money.
FAMILY_S_OWN = (Goal.FAMILY, Goal.HOUSEHOLD)


class Stage(StrEnum):
    """One step behind the door."""

    OFFERED = "offered"
    FIRST_TALK = "first_talk"
    TRIED = "tried"
    LOOKED_BACK = "looked_back"
    TEAM_MET = "team_met"
    PLANNED = "planned"
    EMPLOYED = "employed"
    AFTER_A_MONTH = "after_a_month"
    AFTER_HALF_A_YEAR = "after_half_a_year"


# In their order; a step may be left out, none is owed.
STAGES: Mapping[Goal, tuple[Stage, ...]] = {
    Goal.AGENCY: (Stage.FIRST_TALK, Stage.LOOKED_BACK),
    Goal.PLACE: (Stage.TRIED, Stage.LOOKED_BACK),
    # Tottori: consultation → assessment → work experience → looking back on it.
    Goal.WORK_EXPERIENCE: (Stage.OFFERED, Stage.FIRST_TALK, Stage.TRIED, Stage.LOOKED_BACK),
    # Kochi: a talk with a financial planner, a plan, how it went.
    Goal.HOUSEHOLD: (Stage.OFFERED, Stage.FIRST_TALK, Stage.PLANNED, Stage.LOOKED_BACK),
    # Kobe: a team of a doctor and other specialists.
    Goal.SPECIALISTS: (Stage.OFFERED, Stage.TEAM_MET, Stage.PLANNED, Stage.LOOKED_BACK),
    # Tottori: with ハローワーク and サポステ, and not over once someone works.
    Goal.EMPLOYMENT: (
        Stage.FIRST_TALK, Stage.EMPLOYED, Stage.AFTER_A_MONTH, Stage.AFTER_HALF_A_YEAR,
    ),
    Goal.FAMILY: (Stage.FIRST_TALK, Stage.TRIED, Stage.LOOKED_BACK),
}  # fmt: skip


class Heading(StrEnum):
    """A part of the packet (つなぎシート)."""

    SELF = "self"  # いまのようす
    CALLER = "caller"  # 相談した人のこと
    ABSENT = "absent"  # 本人のこと(本人は未同意)
    WISH = "wish"
    EASE = "ease"
    REACH = "reach"


# What a packet is made of: about whoever asks, and of an absent adult only what they wrote.
HEADINGS: Mapping[Relation, tuple[Heading, ...]] = {
    Relation.SELF: (Heading.SELF, Heading.WISH, Heading.EASE, Heading.REACH),
    Relation.FAMILY: (
        Heading.CALLER, Heading.ABSENT, Heading.WISH, Heading.EASE, Heading.REACH,
    ),
    Relation.SUPPORTER: (
        Heading.CALLER, Heading.ABSENT, Heading.WISH, Heading.EASE, Heading.REACH,
    ),
}  # fmt: skip


class Sent(StrEnum):
    """How a packet went out, or an answer came in."""

    LINK = "link"
    TELEPHONE = "telephone"
    FAX = "fax"
    PAPER = "paper"


class Evidence(StrEnum):
    """How it is known that someone arrived."""

    AGENCY_TOLD = "agency_told"
    PERSON_TOLD = "person_told"
    WENT_ALONG = "went_along"


class MeetingState(StrEnum):
    """Where an appointment stands. Not having come is no failure."""

    OFFERED = "offered"
    CHOSEN = "chosen"
    NONE_FITS = "none_fits"
    HELD = "held"
    NOT_THIS_TIME = "not_this_time"
    CANCELLED = "cancelled"


MEETING_MOVES: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.OFFERED: frozenset(
        {MeetingState.CHOSEN, MeetingState.NONE_FITS, MeetingState.CANCELLED}
    ),
    MeetingState.CHOSEN: frozenset(
        {MeetingState.HELD, MeetingState.NOT_THIS_TIME, MeetingState.CANCELLED}
    ),
    MeetingState.NONE_FITS: frozenset({MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.NOT_THIS_TIME: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}


def meeting_before(wanted: MeetingState) -> list[str]:
    """The states from which an appointment may come to this one."""
    return sorted(state.value for state, onward in MEETING_MOVES.items() if wanted in onward)


class DoorRule(StrEnum):
    """How a visit comes to the door; each is what the person asked for."""

    NO_BELL = "no_bell"
    NO_UNIFORM = "no_uniform"
    PARK_AWAY = "park_away"
    TELL_NOBODY = "tell_nobody"
    ONLY_THE_DOOR = "only_the_door"  # nobody comes in
    LETTER_WILL_DO = "letter_will_do"  # nobody answers: a letter, and away


class VisitState(StrEnum):
    """Where a home visit stands."""

    PLANNED = "planned"
    AGREED = "agreed"
    BEGUN = "begun"
    ENDED = "ended"
    NOT_THIS_TIME = "not_this_time"
    CANCELLED = "cancelled"


VISIT_MOVES: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.PLANNED: frozenset({VisitState.AGREED, VisitState.CANCELLED}),
    VisitState.AGREED: frozenset({VisitState.BEGUN, VisitState.CANCELLED}),
    VisitState.BEGUN: frozenset({VisitState.ENDED, VisitState.NOT_THIS_TIME}),
    VisitState.ENDED: frozenset(),
    VisitState.NOT_THIS_TIME: frozenset(),
    VisitState.CANCELLED: frozenset(),
}


def visit_before(wanted: VisitState) -> list[str]:
    """The states from which a visit may come to this one."""
    return sorted(state.value for state, onward in VISIT_MOVES.items() if wanted in onward)
