"""Words of crisis in an objection bring the card and the ladder, whatever becomes of it."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from accounts.passphrase import key_of, make
from chat.models import Finding, Item
from chat.states import ItemKind
from duty.models import Call
from foundation import clock
from foundation.refusals import Refused
from moderation.actions.alarms import climb
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.actions.people import act_on_person
from moderation.models import Appeal
from moderation.states import ActKind, Reason
from tests.cast import attend, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import seat_of
from tests.moderation.evening import item_of, message
from tests.moderation.test_queue_pages import page, without_tokens

NEED = "もう死にたいです。だれも信じてくれない"


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def hidden(aoi, room, ren, at):
    attend(room, ren, now=at)
    return act_on_message(staff_viewer(ren), ActKind.HIDE, message=message(aoi, room).pk, now=at)


def cards(aoi) -> list[str]:
    rows = Letter.objects.filter(participant=aoi, kind="care").order_by("pk")
    return list(rows.values_list("text", flat=True))


def test_need_in_an_objection_brings_the_card_and_calls_those_above(
    aoi, hidden, ren, mori, at, settings
):
    settings.CAN_MAIL = True
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    appeal(seen_by(aoi), act=hidden.pk, text="", now=at)
    desk = signed_in_as(ren)
    before = without_tokens(page(desk))
    with pytest.raises(Refused, match="appealed_already"):
        appeal(seen_by(aoi), act=hidden.pk, text=NEED, now=at)
    assert "コーディネーターや" in cards(aoi)[0]
    item = item_of(ItemKind.CRISIS)
    assert item.about_staff == ren
    assert "もう死にたい" in page(signed_in_as(mori), f"/moderation/review/items/{item.pk}/")
    climb(now=at)
    assert list(Call.objects.values_list("staff", flat=True)) == [mori.pk]
    assert without_tokens(page(desk)) == before, "whoever acted reads nothing of an objection"


def test_it_is_heard_where_the_objection_is_refused_and_once(aoi, hidden, at):
    appeal(seen_by(aoi), act=hidden.pk, text="", now=at)
    for _ in range(2):
        with pytest.raises(Refused, match="appealed_already"):
            appeal(seen_by(aoi), act=hidden.pk, text=NEED, now=at)
    assert len(cards(aoi)) == 1
    assert item_of(ItemKind.CRISIS).times == 1


def test_of_a_bar_from_everywhere_it_waits_where_they_were_last(aoi, room, mori, at):
    seat = seat_of(aoi, room)
    act = act_on_person(
        staff_viewer(mori), ActKind.SITE_BAR, seat=seat.pk, reason=Reason.ABUSE,
        until=at + timedelta(days=1), now=at,
    )  # fmt: skip
    appeal(seen_by(aoi), act=act.pk, text=NEED, now=at)
    assert item_of(ItemKind.CRISIS).room == room
    assert len(cards(aoi)) == 1


def test_a_passphrase_in_it_is_kept_in_no_flag(aoi, hidden, at):
    phrase = make()
    type(aoi).objects.filter(pk=aoi.pk).update(passphrase_key=key_of(phrase))
    appeal(seen_by(aoi), act=hidden.pk, text=f"{NEED} {phrase}", now=at)
    assert Finding.objects.get().words == ""


def test_plain_words_call_nobody(aoi, hidden, at):
    appeal(seen_by(aoi), act=hidden.pk, text="ちがうと思います", now=at)
    assert Appeal.objects.exists()
    assert not cards(aoi) and not Item.objects.filter(kind=ItemKind.CRISIS.value).exists()
