"""Who is called when nobody comes back from a visit: its counselor, who goes, who coordinates."""

from datetime import timedelta

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from counseling.actions import overdue, visits
from counseling.models import Visit
from duty.models import Call
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.counseling.test_pages import page
from tests.counseling.test_visits import HOME, agree, case, sora, visit

__all__ = ["case", "sora", "visit"]


@pytest.fixture
def late(visit, aoi, kaede, mori, ren, sora, now, settings):
    """ren and sora went in, and half an hour after its end nobody is out; all have an address."""
    settings.CAN_MAIL = True
    for one in (kaede, mori, ren, sora, grant_supporter()):
        one.email = f"{one.username}@example.jp"
        one.save()
    agree(aoi, visit, [ren, sora], now=now)
    visits.check_in(staff_viewer(ren), visit=visit.pk, now=visit.starts_at)
    return visit.ends_at + timedelta(minutes=31)


def grant_supporter():
    """Of the room's team, who knows nothing of the visit."""
    made = make_staff("hoka")
    grant(made, Role.SUPPORTER)
    return made


def rung() -> list[str]:
    return sorted(Call.objects.values_list("staff__username", flat=True))


def test_its_counselor_and_who_goes_are_called_then_coordinators_and_all_again(late):
    near = ["kaede", "ren", "sora"]
    assert (overdue.alarm(now=late), overdue.alarm(now=late)) == (1, 0)
    assert rung() == near
    overdue.alarm(now=late + timedelta(minutes=5))
    assert rung() == sorted([*near, "mori"])
    overdue.alarm(now=late + timedelta(minutes=9))
    assert len(rung()) == 4
    overdue.alarm(now=late + timedelta(minutes=16))
    assert rung() == sorted([*near, "mori"] * 2)


def test_where_none_of_them_can_be_reached_coordinators_are_called_at_once(late, kaede, ren, sora):
    for one in (kaede, ren, sora):
        one.email = ""
        one.save()
    overdue.alarm(now=late)
    assert "mori" in rung()


def test_whoever_takes_it_on_ends_it_and_stands_in_the_log(late, visit, mori, kaede):
    overdue.alarm(now=late)
    overdue.hear(staff_viewer(mori), visit=visit.pk, now=late)
    assert overdue.alarm(now=late + timedelta(hours=1)) == 0
    assert Visit.objects.get().heard_by == mori
    line = AuditEntry.objects.get(verb="counseling.hear_visit")
    assert (line.actor, line.role) == (mori.pk, "coordinator")


def test_who_took_on_that_nobody_set_out_is_called_when_nobody_comes_back(
    visit, aoi, kaede, ren, sora, now
):
    agree(aoi, visit, [ren, sora], now=now)
    missed = visit.starts_at + timedelta(minutes=31)
    overdue.alarm(now=missed)
    overdue.hear(staff_viewer(kaede), visit=visit.pk, now=missed)
    assert overdue.alarm(now=missed + timedelta(minutes=20)) == 0
    visits.check_in(staff_viewer(ren), visit=visit.pk, now=missed)
    assert overdue.alarm(now=visit.ends_at + timedelta(minutes=31)) == 1


def test_the_page_shows_what_is_overdue_to_the_called_and_the_address_to_nobody(
    visit, aoi, kaede, mori, ren, sora, now
):
    agree(aoi, visit, [ren, sora], now=now)
    Visit.objects.update(
        state="begun", starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
    )
    overdue.alarm(now=now)
    address, link = "/counseling/desk/overdue/", 'href="/counseling/desk/overdue/'
    for who in (kaede, mori):
        client = signed_in_as(who)
        shown = page(client, address)
        assert "そら" in shown and "もどりの知らせが、まだありません" in shown
        assert HOME not in shown
        assert link in page(client, "/accounts/")
    assert signed_in_as(ren).get(address).status_code == 404
    assert signed_in_as(mori).post(f"{address}{visit.pk}/hear/").status_code == 303
    assert "うけとりました" in page(signed_in_as(kaede), address)
    assert overdue.alarm(now=now + timedelta(minutes=30)) == 0
