"""Somebody's words in what is kept of acts on others: they go when their author erases all."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from accounts import belongings
from foundation import clock
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.actions.people import act_on_person
from moderation.actions.purge import purge
from moderation.actions.undo import undo
from moderation.models import Act, Quoted
from moderation.states import ActKind, Reason
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import seat_of
from tests.house.everyone import seated
from tests.moderation.evening import message, report

HERS, HIS, NOTE = (
    "むすこが部屋から出てきません",
    "そんなの親のせいでしょう",
    "わたしのことを言われました",
)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def hidden(aoi, haha, ren, room, at) -> Act:
    """aoi's words were hidden; haha had spoken before, and told of it."""
    message(haha, room, HERS)
    row = message(aoi, room, HIS)
    report(haha, row, note=NOTE)
    return act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=at
    )


def test_whoever_erases_all_leaves_no_word_and_no_name_in_what_was_done_to_another(
    hidden, aoi, haha, at
):
    mark = seat_of(haha, hidden.room).mark
    assert HERS in str(hidden.evidence) and NOTE in str(hidden.evidence)
    belongings.erase_all(haha.pk, now=at)
    hidden.refresh_from_db()
    kept = str(hidden.evidence)
    assert HERS not in kept and NOTE not in kept and "はは" not in kept
    assert mark not in [one["mark"] for one in hidden.evidence["context"]]
    assert hidden.evidence["text"] == HIS
    assert hidden.evidence["reports"] == [{"reason": "abuse", "note": ""}]
    assert not Quoted.objects.exists()


def test_whoever_judges_sees_that_something_stood_there(hidden, aoi, haha, mori, at):
    made = appeal(seen_by(aoi), act=hidden.pk, text="ちがいます", now=at)
    belongings.erase_all(haha.pk, now=at)
    page = signed_in_as(mori).get(f"/moderation/review/appeals/{made.pk}/").content.decode()
    assert "(書いた人が、すべて消しました)" in page
    assert HIS in page and HERS not in page


def test_what_is_kept_of_somebody_else_s_own_words_stays(hidden, aoi, haha, ren, room, at):
    told = act_on_person(
        staff_viewer(ren), ActKind.MUTE, seat=seat_of(aoi, room).pk, reason=Reason.ABUSE,
        until=at + timedelta(hours=1), now=at,
    )  # fmt: skip
    belongings.erase_all(haha.pk, now=at)
    told.refresh_from_db()
    assert HIS in str(told.evidence)


def test_both_may_go(hidden, aoi, haha, at):
    belongings.erase_all(aoi.pk, now=at)
    assert not Quoted.objects.exists()
    belongings.erase_all(haha.pk, now=at)
    hidden.refresh_from_db()
    assert hidden.evidence == {}


def test_whose_words_they_were_is_kept_no_longer_than_the_words(hidden, ren, at):
    assert Quoted.objects.count() == 1
    undo(staff_viewer(ren), act=hidden.pk, now=at)
    purge(now=at + timedelta(days=111))
    assert not Quoted.objects.exists()


def test_what_was_frozen_before_is_found_by_name_and_mark(hidden, haha, at):
    before = [(one.participant_id, one.places) for one in Quoted.objects.all()]
    Quoted.objects.all().delete()
    import_module("moderation.migrations.0006_quoted").find_quoted(apps, None)
    assert [(one.participant_id, one.places) for one in Quoted.objects.all()] == before
    assert before == [(haha.pk, ["context.0", "reports.0"])]


def test_their_own_page_says_so(hidden, haha):
    page = seated(haha).get("/me/").content.decode()
    assert "ほかの人に支援者がしたことの記録に" in page
