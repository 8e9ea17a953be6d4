"""The lines of つなぎ from whoever asked to the person: one's own page, the counselor's.

aoi's own case has been reached by one that began with a call of somebody close.
"""

from datetime import datetime

from accounts.models import Staff
from counseling.actions.moves import make_case
from counseling.models import Bridge, Case
from tests.house.everyone import Row, anyone, entered, staff

OWN = entered(404) | {"participant": 200}
SENT = anyone(405)
DESK_SENT = staff("counselor", code=405, everywhere=True)
_MINE = "/counseling/mine/{own}/bridge/"
_DESK = "/counseling/desk/{own}/bridge/"

BRIDGES: dict[str, tuple[str, Row]] = {
    "counseling-bridge-own": (_MINE, OWN),
    "counseling-bridge-agree": (f"{_MINE}agree/", SENT),
    "counseling-bridge-stop-own": (f"{_MINE}stop/", SENT),
    "counseling-bridge": (_DESK, staff("counselor")),
    "counseling-bridge-hear": (f"{_DESK}hear/", DESK_SENT),
    "counseling-bridge-reach": (f"{_DESK}reach/", DESK_SENT),
    "counseling-bridge-meet": (f"{_DESK}meet/", DESK_SENT),
    "counseling-bridge-link": (f"{_DESK}link/", DESK_SENT),
    "counseling-bridge-back": (f"{_DESK}back/", DESK_SENT),
    "counseling-bridge-stop": (f"{_DESK}stop/", DESK_SENT),
    "counseling-bridge-step": (f"{_DESK}step/", DESK_SENT),
}


def bridge_things(code: str, counselor: Staff, now: datetime) -> None:
    """One that the person was told of."""
    theirs = Case.objects.get(code=code)
    caller = make_case(
        program_id=theirs.program_id, relation="family", state="open", counselor=counselor,
        assigned_at=now, opened_at=now,
    )  # fmt: skip
    Bridge.objects.create(
        caller_case=caller, person_case=theirs, state="reached", made_by=counselor, at=now,
        reached_at=now, reached_by="web",
    )  # fmt: skip
