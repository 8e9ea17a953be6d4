"""How long what was done is kept, and what its person may see and erase."""

from datetime import timedelta

import pytest

from accounts import belongings
from accounts.models import Participant
from chat.actions.daily import purge_all
from chat.models import Item, Message
from foundation import clock
from moderation import looks
from moderation.actions.appeals import appeal, judge
from moderation.actions.messages import act_on_message
from moderation.actions.purge import purge
from moderation.actions.undo import undo
from moderation.models import Act, Appeal
from moderation.states import ActKind, Reason
from tests.cast import seen_by, staff_viewer
from tests.moderation.evening import message, report


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def hidden(aoi, ren, room, at) -> Act:
    row = message(aoi, room, "きつい言い方")
    return act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, note="よる", now=at
    )


def test_evidence_goes_when_nobody_can_object_any_more_and_the_act_stays(hidden, ren, at):
    undo(staff_viewer(ren), act=hidden.pk, now=at)
    assert purge(now=at + timedelta(days=109)) == 0
    assert purge(now=at + timedelta(days=111)) == 1
    hidden.refresh_from_db()
    assert (hidden.evidence, hidden.kind) == ({}, "hide")


def test_an_open_objection_keeps_the_evidence(hidden, aoi, ren, at):
    appeal(seen_by(aoi), act=hidden.pk, text="ちがいます", now=at)
    undo(staff_viewer(ren), act=hidden.pk, now=at)
    assert purge(now=at + timedelta(days=400)) == 0


def test_retention_takes_the_message_and_leaves_what_an_open_objection_is_judged_by(
    hidden, aoi, mori, at
):
    row = Message.objects.get(text="きつい言い方")
    made = appeal(seen_by(aoi), act=hidden.pk, text="ちがいます", now=at)
    much_later = at + timedelta(days=400)
    Participant.objects.update(seen_at=much_later)
    Message.objects.filter(pk=row.pk).update(at=at - timedelta(days=1))
    purge_all(now=much_later)
    assert not Message.objects.filter(pk=row.pk).exists()
    judges = looks.appeal(staff_viewer(mori), appeal=made.pk)
    assert "きつい言い方" in str(judges.act.evidence)
    judge(staff_viewer(mori), appeal=made.pk, overturn=True, answer="すみません", now=much_later)
    assert Appeal.objects.get().state == "overturned"


def test_what_was_done_is_shown_to_its_person_without_a_name_and_erased_with_them(hidden, aoi, at):
    appeal(seen_by(aoi), act=hidden.pk, text="ちがいます", now=at)
    kept = str(belongings.export(aoi.pk, now=at)["moderation"])
    assert "きつい言い方" in kept
    assert "れん" not in kept and "ren" not in kept
    belongings.erase_all(aoi.pk, now=at)
    hidden.refresh_from_db()
    assert (hidden.participant, hidden.evidence, hidden.note) == (None, {}, "")
    assert Appeal.objects.get().text == ""


def test_words_under_a_report_go_90_days_after_it_was_closed(aoi, haha, ren, room, at):
    row = message(aoi, room)
    report(haha, row)
    act_on_message(staff_viewer(ren), ActKind.HIDE, message=row.pk, now=at)
    Participant.objects.update(passphrase_key=None, seen_at=at + timedelta(days=80))
    purge_all(now=at + timedelta(days=89))
    assert Message.objects.filter(pk=row.pk).exists()
    purge_all(now=at + timedelta(days=91))
    assert not Message.objects.filter(pk=row.pk).exists()
    assert not Item.objects.exists()
