"""Who erases themselves while their words of crisis ring: it rings on, without the words."""

from datetime import timedelta

import pytest

from accounts import belongings
from chat.states import ItemKind, ItemState
from foundation import clock
from moderation.actions.alarms import climb
from moderation.actions.holds import settle_gone
from moderation.actions.queue import claim, settle
from moderation.looks import detail
from moderation.models import AlarmStep
from moderation.states import Outcome
from moderation.waiting import queue
from tests.cast import signed_in_as, staff_viewer
from tests.chat.deeds import do, post
from tests.moderation.evening import item_of

WORDS = "もう死にたい"


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def ringing(aoi, ren, room, at):
    """aoi said it, and erased everything of theirs before anyone read it."""
    do(aoi, room, post(WORDS), now=at)
    belongings.erase_all(aoi.pk, now=at)
    return item_of(ItemKind.CRISIS)


def test_it_rings_until_somebody_has_it(ringing, ren, at):
    assert settle_gone(now=at) == 0
    assert climb(now=at + timedelta(minutes=3)) > 0
    assert AlarmStep.objects.filter(item=ringing, staff=ren).exists()
    desk = staff_viewer(ren)
    claim(desk, item=ringing.pk, now=at)
    settle(desk, item=ringing.pk, outcome=Outcome.NOTHING, now=at)
    ringing.refresh_from_db()
    assert ringing.state == ItemState.DONE


def test_whoever_reads_learns_what_happened_and_no_word_nor_name(ringing, ren, room, at):
    line = queue(staff_viewer(ren), program=room.program_id, now=at).lines[0]
    assert (line.erased, line.words, line.who) == (True, "", "")
    assert detail(staff_viewer(ren), item=ringing.pk, now=at).message is None
    client = signed_in_as(ren)
    page = client.get(f"/moderation/items/{ringing.pk}/").content.decode()
    assert "本人が、じぶんのものをすべて消しました" in page
    assert WORDS not in page and "あおい" not in page
    assert "本人が、すべて消しました" in client.get("/moderation/queue/").content.decode()
