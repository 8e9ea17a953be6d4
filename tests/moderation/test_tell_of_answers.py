"""A hurtful answer to an objection is told of by whoever got it: its judge learns nothing of it."""

from datetime import timedelta

import pytest

from accounts import belongings
from accounts.models import Letter
from accounts.states import Role
from chat.models import Item
from chat.states import ItemKind
from foundation import clock
from foundation.refusals import Refused
from moderation.actions import appeals, people, queue
from moderation.actions.purge import purge
from moderation.models import Act, Told
from moderation.states import ActKind, Outcome, Reason
from moderation.waiting import above_the_desk, waits_above
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import seat_of
from tests.house.everyone import seated
from tests.moderation.evening import item_of
from tests.moderation.test_queue_pages import page, without_tokens

HURTS = "なんども言わせないでください"


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def judge(program):
    made = make_staff("judge")
    grant(made, Role.REVIEWER)
    return made


@pytest.fixture
def answered(aoi, room, ren, judge, at) -> Act:
    """ren muted aoi, who objected; the judge answered."""
    act = people.act_on_person(
        staff_viewer(ren), ActKind.MUTE, seat=seat_of(aoi, room).pk, reason=Reason.CALM,
        until=at + timedelta(hours=1), now=at,
    )  # fmt: skip
    made = appeals.appeal(seen_by(aoi), act=act.pk, text="ちがいます", now=at)
    appeals.judge(staff_viewer(judge), appeal=made.pk, overturn=False, answer=HURTS, now=at)
    return act


def tells(aoi, act, *, note="", status=303, of="answer/") -> None:
    answer = seated(aoi).post(f"/standing/{act.pk}/{of}tell/", {"reason": "abuse", "note": note})
    assert answer.status_code == status, answer.content.decode()


def told_item() -> Item:
    return item_of(ItemKind.REPORT)


def test_the_letter_and_the_page_lead_there_and_someone_else_above_reads_it(
    aoi, answered, mori, judge, room, at
):
    address = f"/standing/{answered.pk}/answer/tell/"
    letter = Letter.objects.get(participant=aoi, title="読みなおしました")
    assert [one["href"] for one in letter.links] == [address]
    assert address in page(seated(aoi), f"/standing/{answered.pk}/")
    assert HURTS in page(seated(aoi), address)
    tells(aoi, answered, note="こわかったです")
    tells(aoi, answered, note="もういちど")
    item = told_item()
    assert (item.about_staff, item.times) == (judge, 1)
    shown = page(signed_in_as(mori), f"/moderation/review/items/{item.pk}/")
    assert HURTS in shown and "ちがいます" in shown and "こわかったです" in shown
    assert "受けとりました" in page(seated(aoi), address)


@pytest.mark.parametrize("note", ["", "もう死にたい"])
def test_the_judge_neither_sees_nor_claims_nor_ends_it(
    aoi, answered, judge, mori, program, at, note
):
    one, review = signed_in_as(judge), "/moderation/review/"
    before = without_tokens(page(one, review))
    tells(aoi, answered, note=note)
    assert without_tokens(page(one, review)) == before
    assert not waits_above(staff_viewer(judge), program=program.pk)
    assert not above_the_desk(staff_viewer(judge), program=program.pk, now=at)
    assert waits_above(staff_viewer(mori), program=program.pk)
    for item in Item.objects.filter(about_staff=judge):
        page(one, f"/moderation/review/items/{item.pk}/", status=404)
        for deed in (queue.claim, queue.let_go):
            with pytest.raises(Refused, match="not_found"):
                deed(staff_viewer(judge), item=item.pk, now=at)
        with pytest.raises(Refused, match="not_found"):
            queue.settle(staff_viewer(judge), item=item.pk, outcome=Outcome.NOTHING, now=at)


def test_the_act_and_its_answer_are_told_of_each_by_itself(aoi, answered, ren, judge, mori, at):
    tells(aoi, answered, of="")
    tells(aoi, answered)
    items = {one.about_staff: one for one in Item.objects.filter(kind=ItemKind.REPORT.value)}
    assert set(items) == {ren, judge}
    ends = Letter.objects.filter(participant=aoi, title="しらせてくれたこと")
    for times, staff in enumerate((judge, ren), start=1):
        queue.settle(staff_viewer(mori), item=items[staff].pk, outcome=Outcome.ACTED, now=at)
        assert ends.count() == times
        assert Told.objects.filter(answered_at__isnull=False).count() == times


def test_only_an_answer_that_they_got_can_be_told_of(aoi, yoso, answered, room, ren, at):
    tells(yoso, answered, status=404)
    unanswered = people.act_on_person(
        staff_viewer(ren), ActKind.CHECK, seat=seat_of(aoi, room).pk, reason=Reason.CALM,
        until=at + timedelta(hours=1), now=at,
    )  # fmt: skip
    tells(aoi, unanswered, status=404)
    appeals.appeal(seen_by(aoi), act=unanswered.pk, text="", now=at)
    tells(aoi, unanswered, status=404)
    assert not Told.objects.exists()


def test_it_is_theirs_to_see_and_erase_and_goes_when_it_was_read(aoi, answered, mori, at):
    tells(aoi, answered, note="こわかった")
    assert "こわかった" in str(belongings.export(aoi.pk, now=at))
    purge(now=at + timedelta(days=400))
    assert HURTS in Told.objects.get().evidence["text"], "nobody read it yet"
    item = told_item()
    queue.settle(staff_viewer(mori), item=item.pk, outcome=Outcome.NOTHING, now=at)
    purge(now=at + timedelta(days=400))
    assert Told.objects.get().evidence == {}
    belongings.erase_all(aoi.pk, now=at)
    assert Told.objects.get().note == ""
