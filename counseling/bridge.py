"""つなぎ from whoever asked, to the person, to a first visit: who agrees to what, who may move it.

Pure; no Django. Printed in docs/bridge.md, which a test compares.
"""

from collections.abc import Mapping
from enum import StrEnum


class Side(StrEnum):
    """Who moves it: whoever asked (a mother, a teacher), the person it is about, the counselor."""

    CALLER = "caller"
    PERSON = "person"
    COUNSELOR = "counselor"


# Who gives a consent of their own.
GIVERS = (Side.CALLER, Side.PERSON)


class BridgeState(StrEnum):
    """Where it stands, as the counselor knows it. Neither of the two sees this word."""

    PROPOSED = "proposed"  # whoever asked looks at it
    CALLER_AGREED = "caller_agreed"  # the person may be told, and doesn't know yet
    REACHED = "reached"  # the person was told
    PERSON_AGREED = "person_agreed"
    MET = "met"  # the first visit: the person was there
    LINKED = "linked"  # the person came somewhere themselves
    STOPPED = "stopped"


BRIDGE_MOVES: Mapping[tuple[BridgeState, BridgeState], frozenset[Side]] = {
    # The counselor's are yeses by telephone, of somebody who has no page here.
    (BridgeState.PROPOSED, BridgeState.CALLER_AGREED): frozenset({Side.CALLER, Side.COUNSELOR}),
    (BridgeState.CALLER_AGREED, BridgeState.REACHED): frozenset({Side.COUNSELOR}),
    (BridgeState.REACHED, BridgeState.PERSON_AGREED): frozenset({Side.PERSON, Side.COUNSELOR}),
    (BridgeState.PERSON_AGREED, BridgeState.MET): frozenset({Side.COUNSELOR}),
    (BridgeState.PERSON_AGREED, BridgeState.LINKED): frozenset({Side.COUNSELOR}),
    (BridgeState.MET, BridgeState.LINKED): frozenset({Side.COUNSELOR}),
    # Recorded by mistake.
    (BridgeState.MET, BridgeState.PERSON_AGREED): frozenset({Side.COUNSELOR}),
    (BridgeState.LINKED, BridgeState.MET): frozenset({Side.COUNSELOR}),
    (BridgeState.LINKED, BridgeState.PERSON_AGREED): frozenset({Side.COUNSELOR}),
    # やめます, at any point at which one knows of it.
    (BridgeState.PROPOSED, BridgeState.STOPPED): frozenset({Side.CALLER, Side.COUNSELOR}),
    (BridgeState.CALLER_AGREED, BridgeState.STOPPED): frozenset({Side.CALLER, Side.COUNSELOR}),
    (BridgeState.REACHED, BridgeState.STOPPED): frozenset(Side),
    (BridgeState.PERSON_AGREED, BridgeState.STOPPED): frozenset(Side),
    (BridgeState.MET, BridgeState.STOPPED): frozenset(Side),
    (BridgeState.LINKED, BridgeState.STOPPED): frozenset(Side),
}
# The person doesn't know of it yet, and finds nothing of it anywhere.
BEFORE_THEM = (BridgeState.PROPOSED, BridgeState.CALLER_AGREED)


def bridge_before(wanted: BridgeState, side: Side) -> list[str]:
    """The states from which this one may be reached by whoever moves it."""
    return sorted(
        start.value for (start, to), by in BRIDGE_MOVES.items() if to == wanted and side in by
    )


class Tells(StrEnum):
    """What the one agrees that the other may be told."""

    ASKED = "asked"  # the person: that somebody close to them asked
    TALKS = "talks"  # the caller: that the person talks with us
    DAY = "day"  # the caller: on which day somebody comes, or they meet
    WENT = "went"  # the caller: that they have met, that the person arrived somewhere


# What may be asked for; what isn't ticked isn't told.
SCOPES: Mapping[Side, tuple[Tells, ...]] = {
    Side.CALLER: (Tells.ASKED,),
    Side.PERSON: (Tells.TALKS, Tells.DAY, Tells.WENT),
}
# Without it there would be nothing to say to the person.
NEEDED: Mapping[Side, tuple[Tells, ...]] = {Side.CALLER: (Tells.ASKED,), Side.PERSON: ()}


def missing(state: BridgeState, wanted: BridgeState) -> str:
    """Which refusal says why it can't come from the one to the other."""
    if state == BridgeState.STOPPED:
        return "bridge_over"
    if state == BridgeState.PROPOSED and wanted != BridgeState.CALLER_AGREED:
        return "caller_first"
    if state == BridgeState.CALLER_AGREED and wanted != BridgeState.CALLER_AGREED:
        return "not_told_yet"
    if state == BridgeState.REACHED and wanted in (BridgeState.MET, BridgeState.LINKED):
        return "person_first"
    return "moved_on"
