"""Contact details are stopped whoever writes them; a second try of staff is told above them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.states import Role
from chat import protocol as p
from chat.actions import seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Finding, Item, Murmur, Report, Seat
from chat.policies import FREE
from chat.states import ItemKind, ItemState
from foundation.refusals import Refused
from moderation.actions.appeals import appeal, judge
from moderation.actions.murmurs import reply
from moderation.actions.people import act_on_person, say
from moderation.actions.proposals import propose
from moderation.actions.rooms import act_on_room
from moderation.actions.undo import undo
from moderation.models import Act as Done
from moderation.states import ActKind, AppealState, Reason
from moderation.waiting import above_the_desk, queue, version_of
from tests.cast import attend, grant, make_staff, seen_by, staff_viewer
from tests.chat.deeds import do, post, rest, seat_of
from tests.moderation.evening import item_of, message, report

PHONE = "電話は090-1234-5678です"


def tries_in_room(ren, room, now, text=PHONE) -> str:
    seat = seats.take(staff_viewer(ren), room=room, standing=FREE)
    rest()
    (answer,) = carry_out([Act(room.pk, seat.pk, post(text))], now=now)
    (frame,) = answer.frames
    assert isinstance(frame, p.RefusedFrame)
    return frame.code


def tries_to(deed, **more) -> None:
    with pytest.raises(Refused, match="contact"):
        deed(text=PHONE, **more)


def test_what_a_supporter_tries_in_a_room_is_told_above_and_never_at_their_desk(
    ren, mori, room, now
):
    attend(room, ren, now=now)
    before = version_of(room.program_id)
    for _ in range(2):
        assert tries_in_room(ren, room, now) == "contact"
    item = item_of(ItemKind.FLAG)
    assert item.about_staff == ren
    assert not queue(staff_viewer(ren), program=room.program_id, now=now).lines
    assert version_of(room.program_id) == before
    (line,) = above_the_desk(staff_viewer(mori), program=room.program_id, now=now)
    assert line.about == ("contact",) and "1234" not in line.words and "電話" in line.words


def test_private_words_and_replies_count_as_what_is_tried_in_a_room(ren, mori, aoi, room, now):
    desk = staff_viewer(ren)
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ひとりごと"), now=now)
    tries_to(reply, viewer=desk, murmur=Murmur.objects.get().pk, now=now)
    assert not Finding.objects.exists(), "once is a slip"
    tries_to(say, viewer=desk, seat=seat_of(aoi, room).pk, now=now)
    found = Finding.objects.get()
    assert (found.about_staff, found.seat.staff, found.classes) == (ren, ren, ["contact"])
    assert "1234" not in found.words
    item = item_of(ItemKind.FLAG)
    assert item.about_staff == ren
    assert item.pk in [
        line.id for line in above_the_desk(staff_viewer(mori), program=room.program_id, now=now)
    ]
    assert tries_in_room(ren, room, now) == "contact"
    item.refresh_from_db()
    assert item.times == 2


def test_after_a_day_it_is_a_slip_again(ren, aoi, room, now):
    seat = seat_of(aoi, room).pk
    for hours in (0, 25):
        tries_to(say, viewer=staff_viewer(ren), seat=seat, now=now + timedelta(hours=hours))
    assert not Finding.objects.exists()


def test_a_number_that_somebody_tells_of_is_no_try_of_theirs(aoi, haha, room, now):
    for text in ("よろしく", "きこえますか"):
        report(haha, message(aoi, room, text), note=f"{PHONE}と言われました", now=now)
    assert not Item.objects.filter(kind=ItemKind.FLAG.value).exists()
    assert not Finding.objects.exists()
    assert not Seat.objects.filter(contact_tried_at__isnull=False).exists()
    for note in Report.objects.values_list("note", flat=True):
        assert "1234" not in note and note.endswith("と言われました")


@pytest.fixture
def told_above(program):
    """How often what a member of staff tried was told above them."""

    def times(staff) -> int:
        found = Item.objects.filter(kind=ItemKind.FLAG.value, about_staff=staff)
        assert version_of(program.pk) == stood
        return sum(found.values_list("times", flat=True))

    stood = version_of(program.pk)
    return times


def test_notes_on_a_room_and_on_an_undoing_are_tries_too(ren, room, now, told_above):
    desk, until = staff_viewer(ren), now + timedelta(hours=1)

    def locks(*, text: str = "", now=now) -> Done:
        return act_on_room(
            desk, ActKind.LOCK, room=room.pk, reason=Reason.CALM, until=until, note=text, now=now
        )

    tries_to(locks)
    assert told_above(ren) == 0 and not Done.objects.exists()
    locked = locks()
    tries_to(lambda text: undo(desk, act=locked.pk, note=text, now=now))
    assert told_above(ren) == 1
    locked.refresh_from_db()
    assert locked.closed_at is None


@pytest.mark.parametrize("where", ["room", "everywhere"])
def test_answers_to_objections_are_tries_also_of_whoever_has_no_place_there(
    ren, mori, aoi, room, now, told_above, where
):
    seat, reviewer = seat_of(aoi, room).pk, make_staff("hana")
    grant(reviewer, Role.REVIEWER)
    kind = ActKind.MUTE if where == "room" else ActKind.SITE_BAR
    done = act_on_person(
        staff_viewer(mori), kind, seat=seat, until=now + timedelta(days=1), reason=Reason.CALM,
        now=now,
    )  # fmt: skip
    asked = appeal(seen_by(aoi), act=done.pk, text="", now=now)
    for times in (0, 1, 2):
        tries_to(
            lambda text: judge(
                staff_viewer(reviewer), appeal=asked.pk, overturn=False, answer=text, now=now
            )
        )
        flags = Item.objects.filter(about_staff=reviewer)
        assert sum(flags.values_list("times", flat=True)) == times
    asked.refresh_from_db()
    assert asked.state == AppealState.OPEN
    (line,) = above_the_desk(staff_viewer(mori), program=room.program_id, now=now)
    assert line.about == ("contact",) and "1234" not in line.words
    assert not above_the_desk(staff_viewer(reviewer), program=room.program_id, now=now)
    with pytest.raises(Refused):
        seats.take(staff_viewer(reviewer), room=room, standing=FREE)


def test_what_a_coordinator_writes_of_somebody_to_the_others_is_a_try(
    mori, aoi, room, now, told_above
):
    seat = seat_of(aoi, room).pk
    for times in (0, 1):
        tries_to(
            lambda text: propose(
                staff_viewer(mori), seat=seat, reason=Reason.ABUSE, note=text, now=now
            )
        )
        assert told_above(mori) == times


def test_need_beside_it_is_heard_and_nothing_else(aoi, haha, room, now):
    report(haha, message(aoi, room), note=f"もう死にたい。{PHONE}と言われて", now=now)
    found = Finding.objects.get()
    assert found.classes == ["crisis"] and "1234" not in found.words
    assert item_of(ItemKind.CRISIS).state == ItemState.NEW


def test_a_try_beside_words_of_need_is_a_try(aoi, room, now):
    (no,) = do(aoi, room, post(f"もう死にたい。{PHONE}"), now=now)
    assert isinstance(no, p.RefusedFrame) and no.code == "contact"
    assert not Item.objects.filter(kind=ItemKind.FLAG.value).exists()
    rest()
    do(aoi, room, post(PHONE), now=now + timedelta(hours=1))
    assert item_of(ItemKind.FLAG).seat == seat_of(aoi, room)
