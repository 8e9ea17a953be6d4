"""What waits: one item for a subject, claimed by one at a time, and nothing hidden out of sight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Staff
from accounts.states import Role
from chat import protocol as p
from chat.actions import items
from chat.actions.moderation import hide
from chat.models import DeskVersion, Item, Murmur, Report, Room
from chat.queries import out_of_sight
from chat.states import ItemKind, ItemState
from foundation.refusals import Refused
from moderation.actions.messages import act_on_message
from moderation.actions.queue import claim, let_go, settle
from moderation.states import ActKind, Outcome
from tests.cast import attend, grant, make_participant, make_room, make_staff, staff_viewer
from tests.chat.deeds import do, post, seat_of
from tests.moderation.evening import item_of, message, report


@pytest.fixture
def desk(ren, room):
    return staff_viewer(ren)


@pytest.fixture
def nao(room):
    """A colleague in the same room."""
    made = Staff.objects.get(username="nao")
    grant(made, Role.SUPPORTER)
    return staff_viewer(made)


def at_once(deed, each) -> list:
    """The answers of as many threads, each with a connection of its own."""

    def one(argument):
        try:
            return deed(argument)
        except Refused as no:
            return no.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, each))


def test_a_report_a_murmur_and_a_held_message_wait_for_someone(aoi, haha, room):
    report(haha, message(aoi, room))
    do(aoi, room, p.Murmur(nonce="0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55", text="ねむれません"))
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    do(haha, room, post("こんばんは"))
    assert set(Item.objects.values_list("kind", "state")) == {
        ("report", "new"), ("murmur", "new"), ("held", "new"),
    }  # fmt: skip
    assert DeskVersion.objects.get(program=room.program).version == 3


def test_words_of_crisis_wait_once_for_a_person_and_open_again(desk, aoi, room, now):
    do(aoi, room, post("もう死にたい"), now=now)
    do(aoi, room, post("消えてしまいたい、死にたい"), now=now + timedelta(seconds=30))
    item = item_of(ItemKind.CRISIS)
    assert (item.seat_id, item.times) == (seat_of(aoi, room).pk, 2)
    claim(desk, item=item.pk, now=now)
    settle(desk, item=item.pk, outcome=Outcome.ACTED, now=now)
    later = now + timedelta(minutes=30)
    do(aoi, room, post("やっぱり死にたい"), now=later)
    item.refresh_from_db()
    assert (item.state, item.raised_at) == (ItemState.NEW, later)


def test_a_report_that_was_settled_opens_again_when_another_one_comes(desk, aoi, haha, yoso, room):
    row = message(aoi, room)
    report(haha, row)
    item = item_of(ItemKind.REPORT)
    settle(desk, item=item.pk, outcome=Outcome.NOTHING, now=item.opened_at)
    report(yoso, row)
    item.refresh_from_db()
    assert (item.state, item.times, item.outcome) == (ItemState.NEW, 2, "")


def test_what_one_holds_another_can_t_take_until_ten_minutes_are_over(
    desk, nao, aoi, haha, room, now
):
    report(haha, message(aoi, room))
    item = item_of(ItemKind.REPORT)
    claim(desk, item=item.pk, now=now)
    with pytest.raises(Refused, match="claimed_already"):
        claim(nao, item=item.pk, now=now + timedelta(minutes=9))
    with pytest.raises(Refused, match="claimed_already"):
        settle(nao, item=item.pk, outcome=Outcome.NOTHING, now=now + timedelta(minutes=9))
    claim(nao, item=item.pk, now=now + timedelta(minutes=10))
    with pytest.raises(Refused, match="claimed_already"):
        let_go(desk, item=item.pk, now=now)
    let_go(nao, item=item.pk, now=now)
    item.refresh_from_db()
    assert item.state == ItemState.NEW


def test_what_is_held_ends_by_an_act_alone(desk, aoi, room, now):
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    do(aoi, room, post("こんばんは"))
    with pytest.raises(Refused, match="must_be_judged"):
        settle(desk, item=item_of(ItemKind.HELD).pk, outcome=Outcome.NOTHING, now=now)


def test_what_people_don_t_see_has_an_item_whoever_hid_it(desk, aoi, haha, room, now):
    first, second = message(aoi, room), message(aoi, room, "まだ起きています")
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    do(haha, room, post("こんばんは"))
    act_on_message(desk, ActKind.HIDE, message=first.pk, now=now)
    hide(message=second.pk, now=now)
    assert out_of_sight() == 0
    Item.objects.filter(message=second).delete()
    assert out_of_sight() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_claim_at_once_one_has_it(aoi, haha, ren, room, now):
    report(haha, message(aoi, room))
    item = item_of(ItemKind.REPORT).pk
    desks = []
    for number in range(10):
        staff = make_staff(f"sup{number}")
        grant(staff, Role.SUPPORTER, room.program)
        desks.append(staff_viewer(staff))
    found = at_once(lambda one: claim(one, item=item, now=now).claimed_by_id, desks)
    assert found.count("claimed_already") == 9


@pytest.mark.django_db(transaction=True)
def test_a_hundred_reports_of_one_message_at_once_are_one_item(aoi, room):
    row = message(aoi, room)
    people = [make_participant(f"さんか{number}") for number in range(100)]
    for person in people:
        seat_of(person, room)
    at_once(lambda person: report(person, row), people)
    assert Report.objects.filter(message=row).count() == 100
    assert item_of(ItemKind.REPORT).times == 100


def test_an_item_is_raised_once_also_when_two_don_t_see_each_other(room, now):
    one = items.Raised(ItemKind.FLAG, "seat:1", room=room.pk)
    items.raise_all([one, one], now=now)
    items.raise_all([one], now=now)
    assert item_of(ItemKind.FLAG).times == 2


def test_nothing_of_another_room_is_there_for_whoever_keeps_one(aoi, haha, room, now):
    other = make_room("yofukashi", name="夜ふかしの部屋")
    only = make_staff("hitori")
    grant(only, Role.SUPPORTER, room.program, rooms=(other.pk,))
    attend(other, only)
    report(haha, message(aoi, room))
    with pytest.raises(Refused, match="not_found"):
        claim(staff_viewer(only), item=item_of(ItemKind.REPORT).pk, now=now)


def test_a_murmur_s_item_goes_with_its_murmur_s_erasure(aoi, room, now):
    do(aoi, room, p.Murmur(nonce="0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55", text="ねむれません"))
    Murmur.objects.all().delete()
    assert item_of(ItemKind.MURMUR).murmur is None
