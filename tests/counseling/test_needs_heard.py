"""Whom the ladder of calls reaches may take note of it, unread: it stops with a human, by name."""

from datetime import timedelta
from uuid import uuid4

import pytest

from audit.models import AuditEntry
from counseling.actions import alarms, talk
from counseling.models import Case
from foundation.refusals import Refused
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.test_alarms import NEED, awake, rung, sora
from tests.counseling.test_pages import page
from tests.counseling.voices import asks

__all__ = ["awake", "sora"]

ADDRESS = "/counseling/desk/needs/"


@pytest.fixture
def needed(case, awake, aoi, now):
    """aoi wrote words of need to kaede, who doesn't look."""
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    return case


def code_of(no) -> str:
    return no.value.code


def test_a_colleague_takes_note_once_the_ladder_reaches_them_and_nobody_else_is_called(
    needed, sora, now
):
    viewer = staff_viewer(sora)
    with pytest.raises(Refused) as early:
        alarms.hear(viewer, code=needed.code, now=now + timedelta(minutes=4))
    assert code_of(early) == "not_found"
    alarms.climb(now=now + timedelta(minutes=5))
    alarms.hear(viewer, code=needed.code, now=now + timedelta(minutes=6))
    with pytest.raises(Refused) as twice:
        alarms.hear(viewer, code=needed.code, now=now + timedelta(minutes=7))
    assert code_of(twice) == "moved_on"
    assert alarms.climb(now=now + timedelta(minutes=20)) == 0
    assert rung() == ["kaede", "sora"]
    line = AuditEntry.objects.get(verb="counseling.hear_need")
    assert (line.actor, line.role, line.object_id) == (sora.pk, "counselor", str(needed.pk))


def test_it_stays_with_the_case_s_own_counselor_who_is_told_by_whom(needed, kaede, mori, now):
    at = now + timedelta(minutes=11)
    alarms.hear(staff_viewer(mori), code=needed.code, now=at)
    shown = page(signed_in_as(kaede), f"/counseling/desk/{needed.code}/")
    assert "まだ、だれも答えていません" in shown
    assert "よびだしをうけとりました" in shown
    assert AuditEntry.objects.get(verb="counseling.hear_need").role == "coordinator"
    alarms.seen(staff_viewer(kaede), code=needed.code, now=at)
    assert "よびだしをうけとりました" not in page(
        signed_in_as(kaede), f"/counseling/desk/{needed.code}/"
    )


def test_new_words_call_again(needed, aoi, sora, now):
    alarms.hear(staff_viewer(sora), code=needed.code, now=now + timedelta(minutes=6))
    again = now + timedelta(minutes=30)
    talk.say(seen_by(aoi), code=needed.code, text=NEED, nonce=uuid4(), now=again)
    assert alarms.climb(now=again) == 1


def test_the_page_shows_whose_and_since_when_and_not_a_word(needed, kaede, mori, sora, ren, now):
    kept = Case.objects.get(pk=needed.pk)
    kept.room.finding_set.update(at=now - timedelta(minutes=11))
    for who in (sora, mori):
        shown = page(signed_in_as(who), ADDRESS)
        assert needed.code in shown and "かえで" in shown
        assert NEED not in shown and f'/counseling/desk/{needed.code}/"' not in shown
        assert f'href="{ADDRESS}' in page(signed_in_as(who), "/accounts/")
    assert signed_in_as(ren).get(ADDRESS).status_code == 404
    assert signed_in_as(mori).post(f"{ADDRESS}{needed.code}/hear/").status_code == 303
    assert "うけとりました。答えは、まだです" in page(signed_in_as(sora), ADDRESS)
    assert alarms.climb(now=now + timedelta(minutes=20)) == 0


def test_what_was_asked_and_nobody_took_is_taken_note_of_too(aoi, awake, program, mori, now):
    asked = asks(aoi, program, now=now, words=NEED)
    alarms.hear(staff_viewer(mori), code=asked.code, now=now + timedelta(minutes=10))
    assert alarms.climb(now=now + timedelta(minutes=20)) == 0


def test_where_nobody_is_in_need_nothing_is_there(case, mori, now):
    with pytest.raises(Refused) as no:
        alarms.hear(staff_viewer(mori), code=case.code, now=now)
    assert code_of(no) == "not_found"
