"""The lines of danger to life: the list, one disclosure, and its moves.

`{emergency}` is of aoi's own case, asked by its counselor, and waits for a second.
"""

from datetime import datetime

from accounts.models import Staff
from counseling.actions import emergencies
from counseling.danger import Ground, Recipient
from tests.cast import staff_viewer
from tests.house.everyone import UNASSIGNED, Row, staff

NEAR = staff("counselor", "coordinator", everywhere=True)
# While it waits, for every counselor of the program.
KNOWN = staff("counselor", "coordinator") | {UNASSIGNED: 200}
SENT = staff("counselor", "coordinator", code=405, everywhere=True)
_ONE = "/counseling/desk/emergencies/{emergency}/"

EMERGENCIES: dict[str, tuple[str, Row]] = {
    "counseling-emergencies": ("/counseling/desk/emergencies/", NEAR),
    "counseling-emergency": (_ONE, KNOWN),
    "counseling-emergency-agree": (f"{_ONE}agree/", SENT),
    "counseling-emergency-decline": (f"{_ONE}decline/", SENT),
    "counseling-emergency-alone": (f"{_ONE}alone/", SENT),
    "counseling-emergency-withdraw": (f"{_ONE}withdraw/", SENT),
    # The way back from the proof; nothing is opened by looking.
    "counseling-emergency-open": (f"{_ONE}open/", KNOWN),
    "counseling-emergency-told": (f"{_ONE}told/", SENT),
    "counseling-emergency-review": (f"{_ONE}review/", SENT),
    "counseling-emergency-release": (f"{_ONE}release/", SENT),
    "counseling-needs": (
        "/counseling/desk/needs/",
        staff("counselor", "coordinator", everywhere=True),
    ),
    "counseling-needs-hear": (
        "/counseling/desk/needs/{own}/hear/",
        staff("counselor", "coordinator", code=405, everywhere=True),
    ),
}


def emergency_things(code: str, counselor: Staff, now: datetime) -> dict[str, int | str]:
    """One asked for a second."""
    made = emergencies.begin(
        staff_viewer(counselor), code=code, ground=Ground.DYING, recipient=Recipient.FIRE,
        seen="くすりをのんだと書いた", now=now,
    )  # fmt: skip
    return {"emergency": made.pk}
