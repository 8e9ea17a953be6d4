"""The lines of counseling in the grid: the person's own pages, the desk, the coordinator's list.

`{own}` is aoi's case, with kaede, the counselor of `program`.
"""

from datetime import datetime
from uuid import uuid4

from accounts.models import Participant, Staff
from chat.models import Room
from counseling.actions import asking, talk
from counseling.actions.moves import make_case
from counseling.models import Invitation
from tests.cast import staff_viewer
from tests.chat.deeds import seat_of
from tests.counseling.voices import taken
from tests.house.everyone import Row, anyone, entered, staff

OWN = entered(404) | {"participant": 200}
SENT = anyone(405)
DESK = staff("counselor", everywhere=True)
DESK_SENT = staff("counselor", code=405, everywhere=True)

COUNSELING: dict[str, tuple[str, Row]] = {
    "counseling-ask": ("/counseling/ask/", entered()),
    "counseling-passphrase": ("/counseling/ask/passphrase/", SENT),
    "counseling-mine": ("/counseling/mine/", entered()),
    "counseling-own": ("/counseling/mine/{own}/", OWN),
    "counseling-say": ("/counseling/mine/{own}/say/", SENT),
    "counseling-report": ("/counseling/mine/{own}/report/", SENT),
    "counseling-deposit": ("/counseling/mine/{own}/deposit/", SENT),
    "counseling-take-back": ("/counseling/mine/{own}/take-back/", SENT),
    "counseling-withdraw": ("/counseling/mine/{own}/withdraw/", SENT),
    "counseling-invitation": ("/counseling/invitations/{card}/", OWN),
    "counseling-invite": (
        "/counseling/invitations/",
        staff("supporter", "coordinator", code=405, everywhere=True),
    ),
    "counseling-talk": ("/counseling/desk/{own}/talk/", staff("counselor")),
    "counseling-ask-in": ("/counseling/desk/{own}/ask-in/", DESK_SENT),
    "counseling-let-go": ("/counseling/desk/{own}/let-go/", DESK_SENT),
    "counseling-desk": ("/counseling/desk/", DESK),
    "counseling-occasion": ("/counseling/desk/occasions/", DESK),
    "counseling-bring": ("/counseling/desk/occasions/import/", DESK),
    "counseling-bring-apply": ("/counseling/desk/occasions/import/{bringing}/apply/", DESK_SENT),
    "counseling-bring-drop": ("/counseling/desk/occasions/import/{bringing}/drop/", DESK_SENT),
    "counseling-absences": (
        "/counseling/desk/absences/",
        staff("coordinator", everywhere=True),
    ),
    "days-ahead": ("/calendar/", anyone()),
    "counseling-hours": ("/counseling/desk/hours/", staff("coordinator", everywhere=True)),
    "counseling-hours-remove": (
        "/counseling/desk/hours/{sitting}/remove/",
        staff("coordinator", code=405, everywhere=True),
    ),
    "counseling-gatherings": (
        "/counseling/desk/gatherings/",
        staff("coordinator", everywhere=True),
    ),
    "counseling-gathering-remove": (
        "/counseling/desk/gatherings/{gathering}/remove/",
        staff("coordinator", code=405, everywhere=True),
    ),
    "counseling-accept": ("/counseling/desk/hand-overs/{offered}/accept/", DESK_SENT),
    "counseling-decline": ("/counseling/desk/hand-overs/{offered}/decline/", DESK_SENT),
    "counseling-case": ("/counseling/desk/{own}/", staff("counselor")),
    "counseling-take": ("/counseling/desk/{own}/take/", DESK_SENT),
    "counseling-answer": ("/counseling/desk/{own}/answer/", DESK_SENT),
    "counseling-seen": ("/counseling/desk/{own}/seen/", DESK_SENT),
    "counseling-describe": ("/counseling/desk/{own}/describe/", DESK_SENT),
    "counseling-close": ("/counseling/desk/{own}/close/", DESK_SENT),
    "counseling-reopen": ("/counseling/desk/{own}/reopen/", DESK_SENT),
    "counseling-note": ("/counseling/desk/{own}/notes/", DESK_SENT),
    "counseling-note-erase": ("/counseling/desk/{own}/notes/{note}/erase/", DESK_SENT),
    "counseling-step": ("/counseling/desk/{own}/steps/", DESK_SENT),
    "counseling-step-done": ("/counseling/desk/{own}/steps/{step}/done/", DESK_SENT),
    "counseling-confirm": ("/counseling/desk/{own}/occasions/{occasion}/confirm/", DESK_SENT),
    "counseling-void": ("/counseling/desk/{own}/occasions/{occasion}/void/", DESK_SENT),
    "counseling-offer": ("/counseling/desk/{own}/hand-over/", DESK_SENT),
    "counseling-offer-withdraw": (
        "/counseling/desk/{own}/hand-over/{offered}/withdraw/",
        DESK_SENT,
    ),
    "counseling-merge": ("/counseling/desk/{own}/merge/", DESK_SENT),
    "counseling-unmerge": ("/counseling/desk/{own}/unmerge/", DESK_SENT),
    # The way back from the proof; nothing is opened by looking.
    "counseling-details": ("/counseling/desk/{own}/details/", staff("counselor")),
}


def counseling_things(
    aoi: Participant, counselor: Staff, supporter: Staff, room: Room, now: datetime
) -> dict[str, int | str]:
    """aoi's case, with the counselor, and aoi's invitation."""
    seat = seat_of(aoi, room)
    asking.invite(staff_viewer(supporter), seat=seat.pk, now=now)
    # Not by asking: a 合言葉 made here would end the seat of aoi's browser.
    case = make_case(program=room.program, participant=aoi, relation="self", opened_at=now)
    taken(case, counselor, now=now)
    talk.answer(staff_viewer(counselor), code=case.code, text="よみました", nonce=uuid4(), now=now)
    return {"own": case.code, "card": Invitation.objects.get().pk}
