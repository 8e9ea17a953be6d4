"""The office's lines of the grid, and what its addresses name."""

from datetime import date, datetime, timedelta

from accounts.models import Invitation, Staff
from accounts.states import Role
from chat.actions import own_rules
from chat.models import Room
from programs.actions import agencies, places
from programs.models import Municipality
from tests.cast import grant, make_staff
from tests.house.everyone import Row, staff
from tests.programs.test_places import jpeg

HERE = staff("coordinator")  # about a thing of the program
DESK = staff("coordinator", everywhere=True)  # the desk of whichever program is theirs
PEOPLE = staff("coordinator", "admin", everywhere=True)
WHO = staff("coordinator", "admin")
ASKED = staff("coordinator", "admin", everywhere=True, code=405)
SENT = staff("coordinator", everywhere=True, code=405)

OFFICE: dict[str, tuple[str, Row]] = {
    "manage": ("/manage/", PEOPLE),
    "manage-program": ("/manage/program/", ASKED),
    "manage-programs": ("/manage/programs/", staff("admin")),
    "manage-readiness": ("/manage/readiness/", DESK),
    "manage-people": ("/manage/people/", PEOPLE),
    "manage-invite": ("/manage/people/invite/", PEOPLE),
    "manage-invitation-withdraw": ("/manage/people/invitations/{invited}/withdraw/", ASKED),
    "manage-person": ("/manage/people/{person}/", WHO),
    "manage-role-give": ("/manage/people/{person}/give/", ASKED),
    "manage-role-renew": ("/manage/people/{person}/roles/{given}/renew/", ASKED),
    "manage-role-end": ("/manage/people/{person}/roles/{given}/end/", ASKED),
    "manage-person-sheet": ("/manage/people/{person}/sheet/", WHO),
    "manage-person-again": ("/manage/people/{person}/again/", WHO),
    "manage-person-close": ("/manage/people/{person}/close/", ASKED),
    "manage-admins": ("/manage/admins/", staff("admin")),
    "manage-admin-invite": ("/manage/admins/invite/", staff("admin")),
    "manage-admin-withdraw": (
        "/manage/admins/invitations/{invited_admin}/withdraw/",
        staff("admin", code=405),
    ),
    "manage-admin": ("/manage/admins/{admin}/", staff("admin")),
    "manage-admin-end": (
        "/manage/admins/{admin}/roles/{admin_s}/end/",
        staff("admin", code=405),
    ),
    "manage-admin-sheet": ("/manage/admins/{admin}/sheet/", staff("admin")),
    "manage-admin-again": ("/manage/admins/{admin}/again/", staff("admin")),
    "manage-admin-close": ("/manage/admins/{admin}/close/", staff("admin", code=405)),
    "manage-alone": ("/manage/alone/", DESK),
    "manage-counting": ("/manage/counting/", DESK),
    "manage-rooms": ("/manage/rooms/", DESK),
    "manage-room-new": ("/manage/rooms/new/", DESK),
    "manage-room": ("/manage/rooms/{room}/", HERE),
    "manage-room-hours": ("/manage/rooms/{room}/hours/", HERE),
    "manage-room-hand": ("/manage/rooms/{room}/hand/", SENT),
    "manage-room-remove": ("/manage/rooms/{room}/remove/", SENT),
    "manage-agencies": ("/manage/agencies/", DESK),
    "manage-agency-new": ("/manage/agencies/new/", DESK),
    "manage-agencies-file": ("/manage/agencies/list.csv", DESK),
    "manage-agencies-template": ("/manage/agencies/template.csv", DESK),
    "manage-import": ("/manage/agencies/import/", DESK),
    "manage-import-mend": ("/manage/agencies/import/{laid}/mend/", SENT),
    "manage-import-apply": ("/manage/agencies/import/{laid}/apply/", SENT),
    "manage-import-drop": ("/manage/agencies/import/{laid}/drop/", SENT),
    "manage-agency": ("/manage/agencies/{agency}/", HERE),
    "manage-agency-remove": ("/manage/agencies/{agency}/remove/", SENT),
    "manage-places": ("/manage/places/", DESK),
    "manage-place-new": ("/manage/places/new/", DESK),
    "manage-place": ("/manage/places/{place}/", HERE),
    "manage-place-remove": ("/manage/places/{place}/remove/", SENT),
    "manage-picture-add": ("/manage/places/{place}/pictures/", SENT),
    "manage-picture-remove": ("/manage/places/{place}/pictures/{photo}/remove/", SENT),
    "manage-lines": ("/manage/lines/", DESK),
    "manage-line-new": ("/manage/lines/new/", DESK),
    "manage-line": ("/manage/lines/yorisoi/", DESK),
    "manage-line-verify": ("/manage/lines/yorisoi/verify/", SENT),
    "manage-line-remove": ("/manage/lines/yorisoi/remove/", SENT),
    "manage-rules": ("/manage/screening/", DESK),
    "manage-rule-new": ("/manage/screening/new/", DESK),
    "manage-rule": ("/manage/screening/{rule}/", HERE),
    "manage-rule-try": ("/manage/screening/{rule}/try/", SENT),
    "manage-rule-start": ("/manage/screening/{rule}/start/", SENT),
    "manage-rule-end": ("/manage/screening/{rule}/end/", SENT),
    "manage-texts": ("/manage/texts/", DESK),
    "manage-text": ("/manage/texts/rules/", DESK),
}


def office_things(room: Room, person: Staff, now: datetime) -> dict[str, int | str]:
    """The room, an agency, a place and its picture, all of the room's program."""
    Municipality.objects.create(code="282014", prefecture="兵庫県", name="姫路市", kana="ひめじし")
    shared = {"municipality_id": "282014", "source": "市", "verified_on": date(2026, 4, 1)}
    program = room.program_id
    agency = agencies.add(
        program=program, values={"name": "窓口", "kind": "town_desk", **shared}, now=now
    )
    place = places.add(
        program=program, values={"name": "居場所", "run_by": "会", **shared}, now=now
    )
    picture = places.add_picture(
        program=program, place=place.pk, data=jpeg(), words="入口", now=now
    )
    rule = own_rules.draft(
        program=program, staff=person.pk, kind="attack", term="ぽんこつ", exceptions=[], now=now
    )
    return {
        "room": room.pk, "agency": agency.pk, "place": place.pk, "picture": picture.name,
        "rule": rule.pk,
        "person": person.pk,
        **_admin(now),
    }  # fmt: skip


def _admin(now: datetime) -> dict[str, int | str]:
    """An admin besides the one who calls, and the link of one more."""
    sumire = make_staff("sumire", display_name="すみれ")
    held = grant(sumire, Role.ADMIN)
    invited = Invitation.objects.create(
        key="1" * 64, role=Role.ADMIN, invited_by=sumire, invited_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    return {"admin": sumire.pk, "admin_s": held.pk, "invited_admin": invited.pk}
