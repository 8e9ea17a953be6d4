"""The lines of what leads on from a case: the person's way across, the counselor's, the agency's.

`{onward}` is a referral of aoi's own case, `{meeting}` an appointment that aoi has chosen.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.models import Staff
from counseling.models import Case, Meeting, Referral, Visit
from tests.counseling.places import make_agency
from tests.house.bridge_lines import BRIDGES, bridge_things
from tests.house.everyone import Row, anyone, entered, staff

OWN = entered(404) | {"participant": 200}
SENT = anyone(405)
COUNSELOR = staff("counselor")
DESK_SENT = staff("counselor", code=405, everywhere=True)
VISITORS = staff("supporter", "counselor", everywhere=True)
VISITORS_SENT = staff("supporter", "counselor", code=405, everywhere=True)
_MINE = "/counseling/mine/{own}/onward/"
_DESK = "/counseling/desk/{own}/onward/"

ONWARD: dict[str, tuple[str, Row]] = {
    **BRIDGES,
    "steps": ("/steps/", entered()),
    # The fixture's agency stands there.
    "town": ("/m/281000/", anyone()),
    "counseling-onward": (_MINE, OWN),
    "counseling-where": (f"{_MINE}where/", OWN),
    "counseling-choose": (f"{_MINE}choose/", SENT),
    "counseling-onward-one": (f"{_MINE}{{onward}}/", OWN),
    "counseling-words": (f"{_MINE}{{onward}}/words/", SENT),
    "counseling-agree": (f"{_MINE}{{onward}}/agree/", SENT),
    "counseling-think-again": (f"{_MINE}{{onward}}/again/", SENT),
    "counseling-take-away": (f"{_MINE}{{onward}}/withdraw/", SENT),
    "counseling-own-sheet": (f"{_MINE}{{onward}}/sheet.pdf", OWN),
    "counseling-choose-time": ("/counseling/mine/{own}/meetings/{meeting}/choose/", SENT),
    "counseling-call-off": ("/counseling/mine/{own}/meetings/{meeting}/call-off/", SENT),
    "counseling-calendar-file": ("/counseling/mine/{own}/meetings/{meeting}.ics", OWN),
    "counseling-desk-onward": (_DESK, COUNSELOR),
    "counseling-arrived": (f"{_DESK}arrived/", DESK_SENT),
    "counseling-desk-onward-one": (f"{_DESK}{{onward}}/", COUNSELOR),
    # aoi has a page: nobody writes for them, and the referral itself is shown.
    "counseling-aloud": (f"{_DESK}{{onward}}/aloud/", COUNSELOR),
    "counseling-aloud-words": (f"{_DESK}{{onward}}/aloud/words/", DESK_SENT),
    "counseling-aloud-agree": (f"{_DESK}{{onward}}/aloud/agree/", DESK_SENT),
    "counseling-aloud-again": (f"{_DESK}{{onward}}/aloud/again/", DESK_SENT),
    "counseling-aloud-withdraw": (f"{_DESK}{{onward}}/aloud/withdraw/", DESK_SENT),
    "counseling-aloud-keep": (f"{_DESK}{{onward}}/aloud/keep/", DESK_SENT),
    "counseling-send": (f"{_DESK}{{onward}}/send/", DESK_SENT),
    "counseling-new-link": (f"{_DESK}{{onward}}/link/", DESK_SENT),
    "counseling-sheet": (f"{_DESK}{{onward}}/sheet.pdf", DESK_SENT),
    "counseling-accepted": (f"{_DESK}{{onward}}/accept/", DESK_SENT),
    "counseling-failed": (f"{_DESK}{{onward}}/fail/", DESK_SENT),
    "counseling-told": (f"{_DESK}{{onward}}/told/", DESK_SENT),
    "counseling-linked": (f"{_DESK}{{onward}}/linked/", DESK_SENT),
    "counseling-undo-linked": (f"{_DESK}{{onward}}/undo/", DESK_SENT),
    "counseling-stage": (f"{_DESK}{{onward}}/stage/", DESK_SENT),
    "counseling-offer-times": ("/counseling/desk/{own}/meetings/", DESK_SENT),
    "counseling-settle": ("/counseling/desk/{own}/meetings/{meeting}/", DESK_SENT),
    "counseling-visit-own": ("/counseling/mine/{own}/visits/{visit}/", OWN),
    "counseling-visit-agree": ("/counseling/mine/{own}/visits/{visit}/agree/", SENT),
    "counseling-visit-call-off": ("/counseling/mine/{own}/visits/{visit}/call-off/", SENT),
    "counseling-visit-plan": ("/counseling/desk/{own}/visits/", DESK_SENT),
    "counseling-visit-take-off": ("/counseling/desk/{own}/visits/{visit}/take-off/", DESK_SENT),
    "counseling-visit-leave-out": ("/counseling/desk/{own}/visits/{visit}/leave-out/", DESK_SENT),
    "counseling-overdue": (
        "/counseling/desk/overdue/",
        staff("counselor", "coordinator", everywhere=True),
    ),
    "counseling-overdue-hear": (
        "/counseling/desk/overdue/{visit}/hear/",
        staff("counselor", "coordinator", code=405, everywhere=True),
    ),
    "counseling-visits": ("/counseling/visits/", VISITORS),
    "counseling-visit-look": ("/counseling/visits/{visit}/address/", VISITORS_SENT),
    "counseling-visit-check-in": ("/counseling/visits/{visit}/check-in/", VISITORS_SENT),
    "counseling-visit-check-out": ("/counseling/visits/{visit}/check-out/", VISITORS_SENT),
    # A link that is none looks like one that is: nothing is asked of the database.
    "packet": ("/packet/no-such-link/", anyone()),
    "packet-sheet": ("/packet/no-such-link/sheet/", anyone(422)),
    "packet-pdf": ("/packet/no-such-link/sheet.pdf", SENT),
    "packet-accept": ("/packet/no-such-link/accept/", SENT),
    "packet-decline": ("/packet/no-such-link/decline/", SENT),
}


def onward_things(code: str, counselor: Staff, now: datetime) -> dict[str, int | str]:
    """A referral that was proposed, and an appointment that was chosen."""
    case = Case.objects.select_related("program").get(code=code)
    made = Referral.objects.create(
        case=case, agency=make_agency(case.program, now=now), proposed_at=now,
        draft={"self": [{"text": "夜がいいです。", "struck": False}]}, proposed_by=counselor,
    )  # fmt: skip
    meeting = Meeting.objects.create(
        case=case, channel="in_person", state="chosen", starts_at=now + timedelta(days=3),
        made_by=counselor, at=now, changed_at=now, uid=uuid4(),
    )  # fmt: skip
    visit = Visit.objects.create(
        case=case, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, hours=1),
        made_by=counselor, at=now,
    )  # fmt: skip
    bridge_things(code, counselor, now)
    return {"onward": made.pk, "meeting": meeting.pk, "visit": visit.pk}
