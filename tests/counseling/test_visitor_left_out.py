"""One of two visitors is taken off: the address is closed to them, both sides are told."""

import pytest

from audit.models import AuditEntry
from counseling.actions import visitors, visits
from counseling.models import Visit, Visitor
from duty.models import Notice
from foundation.refusals import Refused
from tests.cast import signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.test_visits import agree, case, sora, visit

__all__ = ["case", "sora", "visit"]

ALONE = "ひとりで行く予定です"


def leave_out(kaede, visit, who, *, now, alone="本人と話して"):
    visitors.leave_out(
        staff_viewer(kaede), code=visit.case.code, visit=visit.pk, visitor=who.pk, alone=alone,
        now=now,
    )  # fmt: skip


def test_whoever_is_left_out_sees_the_address_no_more_and_all_are_told(
    visit, aoi, kaede, ren, sora, now
):
    agree(aoi, visit, [ren, sora], now=now)
    visits.look(staff_viewer(sora), visit=visit.pk, now=visit.starts_at)
    leave_out(kaede, visit, sora, now=visit.starts_at)
    with pytest.raises(Refused, match="not_found"):
        visits.look(staff_viewer(sora), visit=visit.pk, now=visit.starts_at)
    assert visits.look(staff_viewer(ren), visit=visit.pk, now=visit.starts_at) is not None
    assert list(Notice.objects.values_list("to", "kind")) == [(sora.pk, "visit_off")]
    letter = aoi.letters.latest("pk").text
    assert "行かないことになりました" in letter and ALONE in letter
    assert Visit.objects.get().state == "agreed"
    assert AuditEntry.objects.get(verb="counseling.leave_out_visitor").actor == kaede.pk


def test_two_are_the_rule_and_the_last_one_is_the_visit_itself(visit, aoi, kaede, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    with pytest.raises(Refused, match="two_visitors"):
        leave_out(kaede, visit, sora, alone="", now=now)
    leave_out(kaede, visit, sora, now=now)
    with pytest.raises(Refused, match="last_visitor"):
        leave_out(kaede, visit, ren, now=now)
    assert Visitor.objects.get().staff == ren


def test_whoever_is_inside_is_not_left_out(visit, aoi, kaede, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    visits.check_in(staff_viewer(ren), visit=visit.pk, now=visit.starts_at)
    with pytest.raises(Refused, match="moved_on"):
        leave_out(kaede, visit, sora, now=visit.starts_at)


def test_the_page_offers_it_and_says_that_one_is_left(visit, aoi, kaede, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{visit.case.code}/"
    address = f"{theirs}visits/{visit.pk}/leave-out/"
    assert f'action="{address}"' in page(desk, f"{theirs}onward/")
    mine = f"/counseling/mine/{visit.case.code}/visits/{visit.pk}/"
    assert ALONE not in page(seated(aoi), mine)
    sent = {"visitor": sora.pk, "alone": "本人と話して"}
    assert desk.post(address, sent).status_code == 303
    assert "ひとりで行きます" in page(desk, f"{theirs}onward/")
    assert ALONE in page(seated(aoi), mine)
