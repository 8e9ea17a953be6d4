"""What the ledger counts, and the few words in which it may say so. Pure."""

from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What happened and was confirmed. The values are what files carry."""

    CONSULTATION = "consultation"
    NEW_CASE = "new_case"
    LINKED = "linked"
    OUTREACH_VISIT = "outreach_visit"
    COUNSELING_SESSION = "counseling_session"
    OFFICE_VISIT = "office_visit"
    WINDOW_OPENED = "window_opened"
    WINDOW_CLOSED = "window_closed"
    IBASHO_OPENED = "ibasho_opened"
    IBASHO_CLOSED = "ibasho_closed"
    TRAINING_ATTENDED = "training_attended"
    TRAINING_HELD = "training_held"
    ADVISER_SENT = "adviser_sent"
    MUNICIPALITY_SUPPORTED = "municipality_supported"
    WORK_EXPERIENCE = "work_experience"
    EMPLOYMENT = "employment"
    NETWORK_MEETING = "network_meeting"
    # A municipality that a sheet's 事業開始前 counts; `destination` is the kind it is listed for.
    BASELINE_LISTED = "baseline_listed"
    # Two codes turned out to be one person's; `merged_into` is the one that stays.
    SUBJECT_MERGED = "subject_merged"


class Channel(StrEnum):
    """Over what it happened; empty where that means nothing."""

    WEB = "web"
    PHONE = "phone"
    IN_PERSON = "in_person"
    VISIT = "visit"
    MAIL = "mail"


class Cohort(StrEnum):
    """Whether the person it is about is of 就職氷河期世代."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


# 34 to 49 years old on 1 April 2020, as the grant's document says: a span of births, which doesn't
# move with the years.
BORN_FIRST, BORN_LAST = date(1970, 4, 2), date(1986, 4, 1)


def cohort_of(born: date) -> Cohort:
    """Whether somebody born on a day is of 就職氷河期世代."""
    return Cohort.YES if BORN_FIRST <= born <= BORN_LAST else Cohort.NO


class Relation(StrEnum):
    """Who spoke; empty where nobody did."""

    SELF = "self"
    FAMILY = "family"
    SUPPORTER = "supporter"
    OTHER = "other"


class Reason(StrEnum):
    """Why an entry is countered. Words about it go into a note, which can be erased."""

    MISTYPED = "mistyped"
    TWICE = "twice"
    WRONG_SUBJECT = "wrong_subject"
    WRONG_DAY = "wrong_day"
    NOT_CONFIRMED = "not_confirmed"
    REPLACED = "replaced"


# Our own room: as an `origin`, where someone came from (「うち電子居場所から」) …
IBASHO = "ibasho"
# … and as a `destination`, where someone was led, which is no 居場所等 unless a sheet says so.
OWN_ROOM = "own_room"

# Only of these kinds is a person counted once; without a code they can't be told apart.
PEOPLE = frozenset({Kind.NEW_CASE, Kind.LINKED, Kind.OUTREACH_VISIT, Kind.OFFICE_VISIT})
# These are about a municipality, and mean nothing without one.
PLACES = frozenset(
    {
        Kind.WINDOW_OPENED,
        Kind.WINDOW_CLOSED,
        Kind.IBASHO_OPENED,
        Kind.IBASHO_CLOSED,
        Kind.ADVISER_SENT,
        Kind.MUNICIPALITY_SUPPORTED,
        Kind.BASELINE_LISTED,
    }
)
# The course, the agency or place, the kind that a baseline is listed for.
TOLD_WHERE = frozenset(
    {Kind.LINKED, Kind.TRAINING_ATTENDED, Kind.TRAINING_HELD, Kind.BASELINE_LISTED}
)
# The house writes these itself; no file may bring them.
OWN = frozenset({Kind.SUBJECT_MERGED})
