"""Two voices that were joined may be with two counselors: each case goes its own way."""

from datetime import timedelta

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Seat
from counseling.actions import cases, hand_over, merging, reassigning
from counseling.models import Case
from counseling.states import Relation
from foundation.clock import jst_day
from foundation.refusals import Refused
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.counseling.test_pages import page
from tests.counseling.voices import asks, taken

ABSENCES = "/counseling/desk/absences/"
CHANGED = "相談員がかわりました"


def counselor(name):
    made = make_staff(name, display_name=name)
    grant(made, Role.COUNSELOR)
    return made


@pytest.fixture
def sora(db):
    return counselor("sora")


@pytest.fixture
def umi(db):
    return counselor("umi")


@pytest.fixture
def hers(case, haha, kaede, program, now):
    """The mother's, joined to her son's; both with kaede."""
    made = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    merging.merge(staff_viewer(kaede), code=made.code, into=case.code, now=now)
    made.refresh_from_db()
    return made


def given_to(one, to):
    """As it stands once somebody else is responsible for this voice alone."""
    Case.objects.filter(pk=one.pk).update(counselor=to)


def seated(one):
    there = Seat.objects.filter(room=one.room, staff__isnull=False, ended_at=None)
    return set(there.values_list("staff", flat=True))


def hand(case, giver, taker, *, now):
    offered = hand_over.offer(
        staff_viewer(giver), code=case.code, to=taker.pk, text="", now=now
    )  # fmt: skip
    hand_over.accept(staff_viewer(taker), hand_over=offered.pk, now=now)


def test_another_counselor_s_stays_theirs(case, hers, haha, kaede, sora, umi, now):
    given_to(hers, umi)
    before = seated(hers)
    hand(case, kaede, sora, now=now)
    case.refresh_from_db()
    hers.refresh_from_db()
    assert (case.counselor, hers.counselor) == (sora, umi)
    assert seated(hers) == before
    assert not haha.letters.filter(title=CHANGED).exists()


def test_the_giver_s_own_comes_along(case, hers, haha, kaede, sora, now):
    hand(case, kaede, sora, now=now)
    hers.refresh_from_db()
    assert hers.counselor == sora and seated(hers) == {sora.pk}
    assert haha.letters.filter(title=CHANGED).count() == 1


def test_one_that_is_closed_comes_along_unseated_and_is_told_nothing(
    case, hers, haha, kaede, sora, now
):
    cases.close(staff_viewer(kaede), code=hers.code, now=now)
    hand(case, kaede, sora, now=now)
    hers.refresh_from_db()
    assert (hers.state, hers.counselor) == ("closed", sora)
    assert seated(hers) == set()
    assert not haha.letters.filter(title=CHANGED).exists()


def test_one_voice_of_whoever_left_is_given_alone(case, hers, kaede, sora, umi, mori, now):
    given_to(hers, umi)
    umi.grants.update(ended_at=now)
    desk = signed_in_as(mori)
    assert hers.code in page(desk, ABSENCES)
    sent = {"code": hers.code, "to": sora.pk, "reason": "やめたので"}
    assert desk.post(ABSENCES, sent).status_code == 303
    case.refresh_from_db()
    hers.refresh_from_db()
    assert (case.counselor, hers.counselor) == (kaede, sora)
    assert seated(hers) == {sora.pk} and hers.merged_into == case


def test_one_joined_to_what_is_over_isn_t_stuck(case, hers, kaede, sora, mori, now):
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    later = now + timedelta(days=4)
    reassigning.reassign(
        staff_viewer(mori), code=hers.code, to=sora.pk, reason="るすなので", now=later
    )
    case.refresh_from_db()
    hers.refresh_from_db()
    assert (case.counselor, hers.counselor) == (kaede, sora)


def test_a_step_that_the_joined_page_shows_is_finished_there(case, hers, kaede, now):
    step = cases.plan_step(
        staff_viewer(kaede), code=hers.code, text="手紙", due_on=jst_day(now), now=now
    )
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{case.code}/"
    done = f"{theirs}steps/{step.pk}/done/"
    assert f'action="{done}"' in page(desk, theirs)
    assert desk.post(done).status_code == 303
    assert f'action="{done}"' not in page(desk, theirs)
    # The log names the voice whose it was.
    assert AuditEntry.objects.get(verb="counseling.finish").object_id == str(hers.pk)


def test_what_is_another_counselor_s_now_is_finished_by_nobody_else(case, hers, kaede, sora, now):
    viewer = staff_viewer(kaede)
    step = cases.plan_step(viewer, code=hers.code, text="手紙", due_on=jst_day(now), now=now)
    given_to(hers, sora)
    with pytest.raises(Refused, match="not_found"):
        cases.finish_step(viewer, code=case.code, step=step.pk, now=now)
