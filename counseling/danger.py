"""Danger to life: what may be told to whom without consent, and by how many. Pure; no Django.

個人情報の保護に関する法律 §27 I 2: without consent where it is needed to protect a person's life
and consent is hard to get. 児童虐待の防止等に関する法律 §6: whoever finds a child abused tells the
child-protection office, and no duty of secrecy stands against it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from counseling.states import Relation

# After this long without an answer one may go alone, to 110 and 119.
ANSWER_WITHIN = timedelta(minutes=5)
# So long after a yes, or after going alone, the details may be opened.
STANDS_FOR = timedelta(hours=24)
REVIEW_WITHIN = timedelta(hours=72)


class Ground(StrEnum):
    """What threatens whom."""

    DYING = "dying"  # someone is about to take their life
    HURT = "hurt"  # badly hurt or ill, and cannot call
    THREATENED = "threatened"  # by somebody, in their life
    OTHERS = "others"  # the life of somebody else
    CHILD = "child"  # a child is being abused


class Recipient(StrEnum):
    """Nobody else is ever told."""

    POLICE = "police"  # 110
    FIRE = "fire"  # fire and ambulance, 119
    CHILD_OFFICE = "child_office"  # 児童相談所, 189


# Printed in docs/emergency.md, which a test compares.
RECIPIENTS: Mapping[Ground, frozenset[Recipient]] = {
    Ground.DYING: frozenset({Recipient.POLICE, Recipient.FIRE}),
    Ground.HURT: frozenset({Recipient.POLICE, Recipient.FIRE}),
    Ground.THREATENED: frozenset({Recipient.POLICE, Recipient.FIRE}),
    Ground.OTHERS: frozenset({Recipient.POLICE, Recipient.FIRE}),
    Ground.CHILD: frozenset(Recipient),
}
ALONE = frozenset({Recipient.POLICE, Recipient.FIRE})


# Somebody near may be the danger.
_NEAR = frozenset({Ground.THREATENED, Ground.OTHERS, Ground.CHILD})


class EmergencyState(StrEnum):
    """Where an emergency disclosure stands."""

    ASKED = "asked"  # one waits for the second
    AGREED = "agreed"  # two are of one mind
    ALONE = "alone"  # 単独: nobody answered in time
    TOLD = "told"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Hand(StrEnum):
    """Who moves it."""

    FIRST = "first"
    SECOND = "second"
    COORDINATOR = "coordinator"


# (from, to): who may move it. Printed in docs/emergency.md, which a test compares.
MOVES: Mapping[tuple[EmergencyState, EmergencyState], frozenset[Hand]] = {
    (EmergencyState.ASKED, EmergencyState.AGREED): frozenset({Hand.SECOND}),
    (EmergencyState.ASKED, EmergencyState.DECLINED): frozenset({Hand.SECOND}),
    (EmergencyState.ASKED, EmergencyState.ALONE): frozenset({Hand.FIRST}),
    (EmergencyState.ASKED, EmergencyState.WITHDRAWN): frozenset({Hand.FIRST, Hand.COORDINATOR}),
    (EmergencyState.AGREED, EmergencyState.TOLD): frozenset({Hand.FIRST}),
    (EmergencyState.AGREED, EmergencyState.WITHDRAWN): frozenset({Hand.FIRST, Hand.COORDINATOR}),
    (EmergencyState.ALONE, EmergencyState.TOLD): frozenset({Hand.FIRST}),
    (EmergencyState.ALONE, EmergencyState.WITHDRAWN): frozenset({Hand.FIRST, Hand.COORDINATOR}),
}
GOING_ON = (EmergencyState.ASKED, EmergencyState.AGREED, EmergencyState.ALONE)
ALLOWED = (EmergencyState.AGREED, EmergencyState.ALONE)


class Finding(StrEnum):
    """What a review came to."""

    RIGHT = "right"
    NOT_RIGHT = "not_right"


def before(wanted: EmergencyState, hand: Hand) -> list[str]:
    """The states from which this hand may bring it to this one."""
    return sorted(start.value for (start, to), by in MOVES.items() if to == wanted and hand in by)


def may_tell(ground: Ground, recipient: Recipient) -> bool:
    """Whether this ground is one for telling them."""
    return recipient in RECIPIENTS[ground]


def may_warn(ground: Ground, relation: Relation) -> bool:
    """Whether telling who speaks in the case could warn the one whom others are in danger from."""
    return ground in _NEAR and relation is not Relation.SELF


def alone_from(asked_at: datetime) -> datetime:
    """From when on one may go alone."""
    return asked_at + ANSWER_WITHIN
