"""How an indicator may be counted. Pure."""

from enum import StrEnum

from ledger.states import Kind


class Counting(StrEnum):
    """The rule of a figure. Years are fiscal years of `occurred_on`."""

    # 延べ: quantities added.
    SUM = "sum"
    # 実: distinct codes in the year.
    PEOPLE = "people"
    # Distinct codes, or codes and destinations, each in the year of its first entry.
    ONCE = "once"
    # Distinct municipalities, each in the year it first opened; the baseline is left out.
    PLACES = "places"


class Split(StrEnum):
    """What is told apart under a figure."""

    WEB = "web"  # うちWeb
    IBASHO = "ibasho"  # うち電子居場所から


class Along(StrEnum):
    """Along what a figure is broken down (内訳)."""

    MUNICIPALITY = "municipality"
    RELATION = "relation"


class SiteKind(StrEnum):
    """What the register of municipalities holds."""

    WINDOW = "window"  # 相談窓口
    IBASHO = "ibasho"  # 居場所


class ClosingState(StrEnum):
    """Where a 締め stands."""

    WAITING = "waiting"  # made, and nobody else has confirmed it
    SENT_BACK = "sent_back"  # to the 作成者, with a reason; the year is closed anew
    CONFIRMED = "confirmed"
    PUBLISHED = "published"


CLOSING_MOVES: dict[ClosingState, frozenset[ClosingState]] = {
    ClosingState.WAITING: frozenset({ClosingState.CONFIRMED, ClosingState.SENT_BACK}),
    ClosingState.SENT_BACK: frozenset(),
    ClosingState.CONFIRMED: frozenset({ClosingState.PUBLISHED}),
    ClosingState.PUBLISHED: frozenset(),
}


def closing_state(*, checked: bool, sent_back: bool, published: bool) -> ClosingState:
    """The state that a closing's marks say."""
    if sent_back:
        return ClosingState.SENT_BACK
    if published:
        return ClosingState.PUBLISHED
    return ClosingState.CONFIRMED if checked else ClosingState.WAITING


OPENED = {SiteKind.WINDOW: Kind.WINDOW_OPENED, SiteKind.IBASHO: Kind.IBASHO_OPENED}
CLOSED = {SiteKind.WINDOW: Kind.WINDOW_CLOSED, SiteKind.IBASHO: Kind.IBASHO_CLOSED}
# What is done for municipalities and with other bodies.
SUPPORTS = frozenset({Kind.ADVISER_SENT, Kind.MUNICIPALITY_SUPPORTED, Kind.NETWORK_MEETING})


class Stage(StrEnum):
    """How far a municipality has come with its window."""

    NOT_YET = "not_yet"
    PLANNING = "planning"
    PREPARING = "preparing"
    OPEN = "open"
    STEADY = "steady"


class Point(StrEnum):
    """When a family's record is taken in a run of the family program."""

    BEFORE = "before"
    AFTER = "after"
    LATER = "three_months"


# What is asked where a program has set nothing else: two scales of their own naming.
INSTRUMENT = {
    "burden": {"name": "家族の負担感", "lowest": 0, "highest": 10},
    "relation": {"name": "本人との関係", "lowest": 0, "highest": 10},
}
