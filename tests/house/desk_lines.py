"""The desk's lines of the grid: what waits, acts, objections; and what their addresses name."""

from datetime import datetime
from uuid import uuid4

from accounts.models import Participant, Staff
from chat import protocol as p
from chat.actions import items
from chat.models import Item, Message, Murmur, Room
from chat.states import ItemKind
from duty.actions.own import make_calendar
from moderation.actions.appeals import appeal
from moderation.actions.people import act_on_person
from moderation.models import Appeal
from moderation.states import ActKind, AppealState, Reason
from tests.cast import seen_by, staff_viewer
from tests.chat.deeds import do, rest, said, seat_of
from tests.house.everyone import OTHER_ROOM, Row, anyone, entered, staff

# About somebody in a room: for those who keep it.
TEAM = staff("supporter", "coordinator") | {OTHER_ROOM: 404}
SENT = staff("supporter", "coordinator", code=405, everywhere=True)
DESK = staff("supporter", "coordinator", everywhere=True)
JUDGES = staff("coordinator", "reviewer")
# A reviewer elsewhere isn't among those who call.
ABOVE = staff("coordinator", "reviewer", everywhere=True)

DESK_LINES: dict[str, tuple[str, Row]] = {
    "desk-queue": ("/moderation/queue/", DESK),
    "desk-together": ("/moderation/queue/together/", SENT),
    "desk-choice": ("/moderation/choice/", DESK),
    "item": ("/moderation/items/{item}/", TEAM),
    "item-claim": ("/moderation/items/{item}/claim/", SENT),
    "item-let-go": ("/moderation/items/{item}/let-go/", SENT),
    "item-settle": ("/moderation/items/{item}/settle/", SENT),
    "item-answer": ("/moderation/items/{murmured}/answer/", SENT),
    "item-proposal": ("/moderation/items/{proposed}/proposal/", SENT),
    "postcard-read": ("/moderation/postcards/{murmur}/read/", SENT),
    "desk-rooms": ("/moderation/rooms/", DESK),
    "act-on-room": ("/moderation/rooms/{kept}/act/", SENT),
    "act-on-message": ("/moderation/messages/{message}/act/", SENT),
    "person": ("/moderation/people/{seat}/", TEAM),
    "act-on-person": ("/moderation/people/{seat}/act/", SENT),
    "recuse": ("/moderation/people/{seat}/recuse/", SENT),
    "recusals-end": ("/moderation/choice/show-all/", SENT),
    "propose": (
        "/moderation/people/{seat}/propose/", staff("coordinator", code=405, everywhere=True),
    ),
    "acts": ("/moderation/acts/", DESK),
    "act-undo": ("/moderation/acts/{act}/undo/", SENT),
    "review": ("/moderation/review/", ABOVE),
    "appeal": ("/moderation/review/appeals/{appeal}/", JUDGES),
    # About ren, who is the supporter: for those above the desk alone.
    "about-staff": ("/moderation/review/items/{above}/", JUDGES),
    "about-staff-claim": (
        "/moderation/review/items/{above}/claim/",
        staff("coordinator", "reviewer", code=405, everywhere=True),
    ),
    "about-staff-let-go": (
        "/moderation/review/items/{above}/let-go/",
        staff("coordinator", "reviewer", code=405, everywhere=True),
    ),
    "about-staff-settle": (
        "/moderation/review/items/{above}/settle/",
        staff("coordinator", "reviewer", code=405, everywhere=True),
    ),
    "transparency": ("/transparency/", anyone()),
    "standing": ("/standing/", entered()),
    # Done to aoi.
    "standing-one": ("/standing/{act}/", entered(404) | {"participant": 200}),
    "standing-tell": ("/standing/{act}/tell/", entered(404) | {"participant": 200}),
    "standing-answer-tell": (
        "/standing/{answered}/answer/tell/", entered(404) | {"participant": 200},
    ),
}  # fmt: skip


def desk_things(room: Room, aoi: Participant, ren: Staff, now: datetime) -> dict[str, int | str]:
    """A word and a murmur of aoi's, an item about aoi, one about ren, an act and an objection to
    it; ren's calendar.
    """
    number = said(aoi, room, "しずかな夜ですね")
    rest()
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ねむれない", aloud=True))
    seat = seat_of(aoi, room)
    items.raise_all(
        [
            items.Raised(ItemKind.FLAG, f"seat:{seat.pk}", room=room.pk, seat=seat.pk),
            items.Raised(ItemKind.REPORT, "message:0", room=room.pk, about_staff=ren.pk),
        ],
        now=now,
    )
    act = act_on_person(
        staff_viewer(ren), ActKind.MUTE, seat=seat.pk, reason=Reason.CALM, now=now,
        until=now + items.CLAIMED_FOR,
    )  # fmt: skip
    objection = appeal(seen_by(aoi), act=act.pk, text="", now=now)
    answered = act_on_person(
        staff_viewer(ren), ActKind.CHECK, seat=seat.pk, reason=Reason.CALM, now=now,
        until=now + items.CLAIMED_FOR,
    )  # fmt: skip
    Appeal.objects.create(
        act=answered, at=now, due_at=now, state=AppealState.UPHELD.value, judged_at=now,
        judged_by=ren, answer="そのままです",
    )  # fmt: skip
    return {
        "message": Message.objects.get(room=room, seq=number).pk,
        "murmur": Murmur.objects.get(room=room, aloud=True).pk,
        "item": Item.objects.get(kind=ItemKind.FLAG).pk,
        "above": Item.objects.get(kind=ItemKind.REPORT).pk,
        "seat": seat.pk,
        "kept": room.pk,
        "act": act.pk,
        "appeal": objection.pk,
        "answered": answered.pk,
        "calendar": make_calendar(staff_viewer(ren), now=now),
    }
