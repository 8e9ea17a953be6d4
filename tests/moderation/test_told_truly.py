"""What is said of an act is what was done; what another program did isn't said here."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from accounts.states import Role
from chat.models import Message, Room
from chat.states import MessageState
from foundation import clock
from moderation.actions.appeals import appeal, judge
from moderation.actions.messages import act_on_message
from moderation.actions.people import act_on_person
from moderation.states import ActKind, Reason
from tests.cast import (
    grant,
    make_program,
    make_room,
    make_staff,
    seen_by,
    signed_in_as,
    staff_viewer,
)
from tests.chat.deeds import do, post, seat_of
from tests.house.everyone import seated
from tests.moderation.test_queue_pages import page


@pytest.fixture
def down(ren, aoi, room):
    """aoi's words were held and not let in."""
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    do(aoi, room, post("こんばんは、はじめてです"))
    return act_on_message(
        staff_viewer(ren), ActKind.TURN_DOWN, message=Message.objects.get().pk, now=clock.now()
    )


def test_held_words_that_should_have_come_go_back_to_their_author_and_are_not_let_in_late(
    down, aoi, mori, room
):
    now = clock.now()
    made = appeal(seen_by(aoi), act=down.pk, text="", now=now)
    assert "本人にてがみで返ります" in page(
        signed_in_as(mori), f"/moderation/review/appeals/{made.pk}/"
    )
    judge(staff_viewer(mori), appeal=made.pk, overturn=True, answer="読みました", now=now)
    assert Message.objects.get().state == MessageState.REFUSED
    letter = Letter.objects.filter(participant=aoi).latest("pk")
    assert "出さないと決めたことを取り消しました" in letter.text
    assert "部屋に出すことはせず" in letter.text
    assert letter.text.endswith("読みました\n\nこんばんは、はじめてです")
    assert "部屋に出すことはせず" in page(seated(aoi), f"/standing/{down.pk}/")


def test_where_it_stays_as_it_was_nothing_goes_back(down, aoi, mori):
    now = clock.now()
    made = appeal(seen_by(aoi), act=down.pk, text="", now=now)
    judge(staff_viewer(mori), appeal=made.pk, overturn=False, answer="読みました", now=now)
    letter = Letter.objects.filter(participant=aoi).latest("pk")
    assert "そのままになります" in letter.text and "こんばんは" not in letter.text


def test_of_a_bar_by_another_program_only_that_it_holds_is_shown(ren, aoi, room):
    other, now = make_program("kochi2"), clock.now()
    far = make_room("far")
    Room.objects.filter(pk=far.pk).update(program=other)
    boss = make_staff("boss")
    grant(boss, Role.COORDINATOR, other)
    act_on_person(
        staff_viewer(boss), ActKind.SITE_BAR, seat=seat_of(aoi, far).pk,
        until=now + timedelta(days=2), reason=Reason.OTHER, note="よその事情",
        words="かえってくるときのことば", now=now,
    )  # fmt: skip
    shown = page(signed_in_as(ren), f"/moderation/people/{seat_of(aoi, room).pk}/")
    assert "入れない</span>" in shown
    assert "かえってくるとき" not in shown and "よその事情" not in shown and "boss" not in shown
