"""What whoever reported is told of how it ended is true, whatever was done."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from chat.states import ItemKind, ItemState
from foundation import clock
from moderation.actions.many import do_many
from moderation.actions.people import act_on_person
from moderation.actions.proposals import confirm, propose
from moderation.actions.undo import undo
from moderation.models import Act
from moderation.states import ActKind, Many, Outcome, Reason
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.chat.deeds import seat_of
from tests.moderation.evening import item_of, message, report
from tests.moderation.test_queue_pages import page, sent

ACTED, LEFT = "手をうちました", "そのままにしています"
END_ACTED, END_LEFT = 'name="outcome" value="acted"', 'name="outcome" value="nothing"'


@pytest.fixture
def told(aoi, haha, room):
    """haha told of aoi's words."""
    report(haha, message(aoi, room))
    return item_of(ItemKind.REPORT)


def heard(person) -> str:
    (letter,) = Letter.objects.filter(participant=person)
    return letter.text


def mute(by, told, **more) -> Act:
    now = clock.now()
    return act_on_person(
        staff_viewer(by), ActKind.MUTE, seat=told.seat_id, until=now + timedelta(hours=2),
        reason=Reason.ABUSE, now=now, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "words"), [("mute", ""), ("pause", "あしたまた"), ("check", ""), ("room_bar", ""),
    ("word", "ゆっくりで大丈夫です")],
)  # fmt: skip
def test_what_is_done_to_its_author_answers_the_report_that_led_to_their_page(
    ren, haha, told, deed, words
):
    desk, at = signed_in_as(ren), f"/moderation/items/{told.pk}/"
    person = f"/moderation/people/{told.seat_id}/"
    assert f"{person}?item={told.pk}" in page(desk, at)
    hidden = f'<input type="hidden" name="item" value="{told.pk}">'
    assert page(desk, f"{person}?item={told.pk}").count(hidden) == 2
    answer = sent(
        desk, f"{person}act/", seat=told.seat_id, item=told.pk, deed=deed, words=words,
        minutes=60, reason="abuse",
    )  # fmt: skip
    assert answer["Location"] == at
    assert Act.objects.get().item == told
    looked = page(desk, at)
    assert END_ACTED in looked and END_LEFT not in looked
    sent(desk, f"{at}settle/", outcome="nothing")
    assert ACTED in heard(haha)
    told.refresh_from_db()
    assert (told.state, told.outcome) == (ItemState.DONE, Outcome.ACTED)


def test_what_was_refused_on_someone_s_page_stays_there_with_what_led_to_it(ren, told):
    desk = signed_in_as(ren)
    answer = desk.post(
        f"/moderation/people/{told.seat_id}/act/",
        {"seat": told.seat_id, "item": told.pk, "deed": "pause", "minutes": 60, "reason": "calm"},
    )
    assert answer.status_code == 422
    assert "もどってくるときのこと" in answer.content.decode()
    assert f'name="item" value="{told.pk}"' in answer.content.decode()


def test_many_at_once_tell_the_same_truth(ren, haha, yoso, aoi, room, told):
    report(yoso, message(aoi, room, "べつのことば"))
    mute(ren, told, item=told.pk)
    both = list(type(told).objects.filter(kind=ItemKind.REPORT.value).values_list("pk", flat=True))
    do_many(
        staff_viewer(ren), Many.NOTHING, program=room.program_id, items=both,
        reason=Reason.OTHER, now=clock.now(),
    )  # fmt: skip
    assert ACTED in heard(haha)
    assert LEFT in heard(yoso)


def test_what_was_taken_back_again_is_nothing_done(ren, haha, told):
    act = mute(ren, told, item=told.pk)
    undo(staff_viewer(ren), act=act.pk, now=clock.now())
    desk, at = signed_in_as(ren), f"/moderation/items/{told.pk}/"
    assert END_ACTED not in page(desk, at)
    sent(desk, f"{at}settle/", outcome="nothing")
    assert LEFT in heard(haha)


def test_of_what_was_done_to_its_author_for_no_report_the_reader_says_whether_it_was_for_this(
    ren, told
):
    mute(ren, told)
    looked = page(signed_in_as(ren), f"/moderation/items/{told.pk}/")
    assert END_ACTED in looked and END_LEFT in looked


def test_an_act_answers_nothing_that_is_about_somebody_else(ren, haha, room, told):
    now = clock.now()
    act = act_on_person(
        staff_viewer(ren), ActKind.MUTE, seat=seat_of(haha, room).pk,
        until=now + timedelta(hours=2), reason=Reason.CALM, item=told.pk, now=now,
    )  # fmt: skip
    assert act.item is None


def test_a_bar_for_good_answers_what_led_to_its_proposal(mori, haha, room, told):
    now = clock.now()
    asked = propose(
        staff_viewer(mori), seat=told.seat_id, reason=Reason.ABUSE, note="くりかえし",
        item=told.pk, now=now,
    )  # fmt: skip
    other = make_staff("hana", display_name="はな")
    grant(other, "coordinator", room.program)
    confirm(staff_viewer(other), proposal=asked.pk, now=now)
    desk = signed_in_as(other)
    sent(desk, f"/moderation/items/{told.pk}/settle/", outcome="nothing")
    assert ACTED in heard(haha)
