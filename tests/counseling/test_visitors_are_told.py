"""Whoever was to go on a visit hears that it doesn't take place, and nothing else of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.states import Role
from counseling import belongings
from counseling.actions import asking, vault, visits
from counseling.models import Case
from counseling.states import Detail
from duty.models import DeskNews, Notice
from foundation.clock import jst
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page
from tests.counseling.test_visits import HOME, agree, plan


@pytest.fixture
def sora(db):
    made = make_staff("sora", display_name="そら")
    grant(made, Role.SUPPORTER)
    return made


@pytest.fixture
def visit(case, aoi, kaede, ren, sora, now):
    """In three days, by ren and sora, where an address lies in the vault."""
    vault.deposit(
        seen_by(aoi), code=case.code, kind=Detail.ADDRESS, text=HOME, nonce=uuid4(), now=now
    )
    return plan(case, kaede, [ren, sora], now=now)


def told() -> set[int]:
    return set(Notice.objects.filter(kind="visit_off").values_list("to", flat=True))


def off(how, visit, aoi, kaede, *, now):
    code = visit.case.code
    if how == "person":
        visits.call_off(seen_by(aoi), code=code, visit=visit.pk, now=now)
    elif how == "counselor":
        visits.take_off(staff_viewer(kaede), code=code, visit=visit.pk, now=now)
    elif how == "withdrawn":
        Case.objects.filter(pk=visit.case_id).update(
            state="waiting", counselor=None, assigned_at=None
        )
        visit.case.askings.update(state="asked")
        asking.withdraw(seen_by(aoi), code=code, now=now)
    else:
        belongings.erase(aoi.pk, now=now)


@pytest.mark.parametrize("how", ["person", "counselor", "withdrawn", "erased"])
def test_both_are_told_when_and_not_where(visit, aoi, kaede, ren, sora, how, now):
    agree(aoi, visit, [ren, sora], now=now)
    assert not told()
    code = visit.case.code
    off(how, visit, aoi, kaede, now=now)
    assert told() == {ren.pk, sora.pk}
    assert DeskNews.objects.filter(program=visit.case.program_id).exists(), "an open desk looks"
    begins = jst(visit.starts_at)
    for who in (ren, sora):
        peer = signed_in_as(who)
        desk, mine = page(peer, "/moderation/"), page(peer, "/counseling/visits/")
        assert "この訪問は、取りやめになったか、行く人がかわりました" in desk
        assert f"{begins:%-m}月{begins:%-d}日" in desk
        assert "取りやめになった訪問" in mine and f"{begins:%-m/%-d %-H:%M}" in mine
        for shown in (desk, mine):
            assert HOME not in shown and code not in shown


def test_put_away_it_stands_there_no_more(visit, aoi, kaede, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    off("person", visit, aoi, kaede, now=now)
    peer = signed_in_as(ren)
    notice = Notice.objects.get(to=ren)
    assert peer.post(f"/moderation/notices/{notice.pk}/away/").status_code == 303
    assert "取りやめになったか" not in page(peer, "/moderation/")


def test_whom_nobody_said_yes_to_hears_nothing(visit, aoi, kaede, ren, sora, now):
    off("counselor", visit, aoi, kaede, now=now)
    assert not told()
    assert "取りやめになった訪問" not in page(signed_in_as(ren), "/counseling/visits/")


def test_a_counselor_who_was_to_go_reads_it_at_their_desk(case, aoi, kaede, now):
    alone = plan(case, kaede, [kaede], now=now, alone="本人の希望")
    agree(aoi, alone, [kaede], now=now)
    off("person", alone, aoi, kaede, now=now)
    desk = signed_in_as(kaede)
    assert "取りやめになった訪問" in page(desk, "/counseling/desk/")
    # Once it would be over, it is no news to anybody.
    type(alone).objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert "取りやめになった訪問" not in page(desk, "/counseling/desk/")


def test_a_notice_is_of_a_shift_or_of_a_visit(ren, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(to=ren, kind="visit_off", at=now)
