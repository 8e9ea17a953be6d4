"""Nobody comes whom the person didn't name; who comes sees the address for two days, watched."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from counseling.actions import cases, overdue, vault, visits
from counseling.models import AddressLook, Case, Visit
from counseling.states import Detail, DoorRule
from duty.models import Call
from foundation.clock import jst
from foundation.refusals import Refused
from tests.cast import grant, long_proven, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken

HOME = "青空町8-8-8"


@pytest.fixture
def case(aoi, kaede, program, now):
    made = taken(asks(aoi, program, now=now), kaede, now=now)
    vault.deposit(
        seen_by(aoi), code=made.code, kind=Detail.ADDRESS, text=HOME, nonce=uuid4(), now=now
    )
    return made


@pytest.fixture
def sora(db):
    made = make_staff("sora", display_name="そら")
    grant(made, Role.SUPPORTER)
    return made


@pytest.fixture
def visit(case, kaede, ren, sora, now):
    """In three days at this hour, by ren and sora."""
    return plan(case, kaede, [ren, sora], now=now)


def plan(case, kaede, visitors, *, now, alone=""):
    return visits.plan(
        staff_viewer(kaede), code=case.code, starts_at=now + timedelta(days=3), minutes=60,
        visitors=[one.pk for one in visitors], rules=(DoorRule.NO_BELL,), alone=alone, now=now,
    )  # fmt: skip


def agree(person, visit, visitors, *, now):
    visits.agree(
        seen_by(person), code=visit.case.code, visit=visit.pk, rules=(DoorRule.NO_BELL,),
        visitors=[one.pk for one in visitors], now=now,
    )  # fmt: skip


def test_two_come_unless_there_is_a_reason(case, kaede, ren, sora, aoi, now):
    with pytest.raises(Refused, match="two_visitors"):
        plan(case, kaede, [ren], now=now)
    assert plan(case, kaede, [ren], alone="本人の希望", now=now).pk
    both = plan(case, kaede, [ren, sora], now=now)
    with pytest.raises(Refused, match="two_of_them"):
        agree(aoi, both, [ren], now=now)
    agree(aoi, both, [ren, sora], now=now)


def test_the_address_is_the_named_visitors_for_two_days(visit, aoi, ren, sora, mori, kaede, now):
    def address(who, at):
        return visits.look(staff_viewer(who), visit=visit.pk, now=at)

    day = visit.starts_at
    with pytest.raises(Refused, match="not_found"):
        address(ren, day)
    agree(aoi, visit, [ren, sora], now=now)
    for early_or_late in (day - timedelta(hours=25), visit.ends_at + timedelta(hours=25)):
        with pytest.raises(Refused, match="not_yet"):
            address(ren, early_or_late)
    assert not AddressLook.objects.exists()
    for at in (day - timedelta(hours=23), visit.ends_at + timedelta(hours=23)):
        assert address(ren, at) == [HOME]
    for stranger in (mori, kaede):
        with pytest.raises(Refused, match="not_found"):
            address(stranger, day)
    assert AddressLook.objects.filter(staff=ren).count() == 2
    lines = AuditEntry.objects.filter(verb="counseling.look_at_address")
    told = {(line.actor, line.role, line.reason, *line.fields) for line in lines}
    assert told == {(ren.pk, "supporter", f"visit:{visit.pk}", "address")}
    assert HOME not in repr(list(lines.values()))


def test_a_counselor_who_visits_stands_in_the_log_as_one(case, aoi, kaede, now):
    visit = plan(case, kaede, [kaede], now=now, alone="本人の希望")
    agree(aoi, visit, [kaede], now=now)
    who, day = staff_viewer(kaede), visit.starts_at
    visits.look(who, visit=visit.pk, now=day)
    visits.check_in(who, visit=visit.pk, now=day)
    visits.check_out(who, visit=visit.pk, met=True, everyone=False, now=visit.ends_at)
    deeds = [f"counseling.{one}" for one in ("look_at_address", "check_in", "check_out")]
    lines = AuditEntry.objects.filter(verb__in=deeds)
    assert [line.role for line in lines] == ["counselor"] * 3


def test_the_log_says_which_kinds_were_opened(case, aoi, kaede, now):
    for kind in (Detail.ADDRESS, Detail.TELEPHONE):
        vault.deposit(seen_by(aoi), code=case.code, kind=kind, text="ここ", nonce=uuid4(), now=now)
    vault.open_details(staff_viewer(kaede), code=case.code, reason="下見", now=now)
    line = AuditEntry.objects.get(verb="counseling.open_contact")
    assert (line.reason, line.fields) == ("下見", ["address", "telephone"])


def test_called_off_the_address_is_gone_too(visit, aoi, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    visits.call_off(seen_by(aoi), code=visit.case.code, visit=visit.pk, now=now)
    with pytest.raises(Refused, match="not_found"):
        visits.look(staff_viewer(ren), visit=visit.pk, now=visit.starts_at)


def test_who_goes_alone_answers_for_nobody_else(case, kaede, ren, aoi, now):
    alone = plan(case, kaede, [ren], alone="本人の希望", now=now)
    agree(aoi, alone, [ren], now=now)
    visits.check_in(staff_viewer(ren), visit=alone.pk, now=alone.starts_at)
    peer = signed_in_as(ren)
    assert 'name="everyone"' not in page(peer, "/counseling/visits/")
    visits.check_out(staff_viewer(ren), visit=alone.pk, met=True, everyone=False, now=alone.ends_at)
    assert overdue.alarm(now=alone.ends_at + timedelta(hours=1)) == 0


def test_a_case_isn_t_closed_over_a_visit_that_is_to_come(visit, case, aoi, kaede, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    viewer = staff_viewer(kaede)
    with pytest.raises(Refused, match="still_to_come"):
        cases.close(viewer, code=case.code, now=now)
    visits.take_off(viewer, code=case.code, visit=visit.pk, now=now)
    cases.close(viewer, code=case.code, now=now)


def test_a_visit_is_called_off_also_while_nobody_has_the_case(visit, case, aoi, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    Case.objects.filter(pk=case.pk).update(state="waiting", counselor=None, assigned_at=None)
    her, onward = seated(aoi), f"/counseling/mine/{case.code}/onward/"
    assert onward in page(her, f"/counseling/mine/{case.code}/")
    own = f"/counseling/mine/{case.code}/visits/{visit.pk}/"
    assert own in page(her, onward)
    assert her.post(f"{own}call-off/").status_code == 303
    visit.refresh_from_db()
    assert visit.state == "cancelled"


def test_only_the_person_says_yes(visit, yoso, ren, sora, now):
    with pytest.raises(Refused, match="not_found"):
        agree(yoso, visit, [ren, sora], now=now)
    visit.refresh_from_db()
    assert visit.state == "planned"


@pytest.mark.parametrize("out", [True, False])
def test_nobody_back_half_an_hour_after_its_end_calls_the_team_once(
    visit, aoi, ren, sora, out, now
):
    agree(aoi, visit, [ren, sora], now=now)
    visits.check_in(staff_viewer(ren), visit=visit.pk, now=visit.starts_at)
    late = visit.ends_at + timedelta(minutes=31)
    if out:
        sora_out = {"visit": visit.pk, "met": True, "now": visit.ends_at}
        with pytest.raises(Refused, match="others_inside"):
            visits.check_out(staff_viewer(sora), everyone=False, **sora_out)
        visits.check_out(staff_viewer(sora), everyone=True, **sora_out)
    assert overdue.alarm(now=visit.ends_at + timedelta(minutes=29)) == 0
    assert [overdue.alarm(now=late), overdue.alarm(now=late)] == [0 if out else 1, 0]
    assert (Visit.objects.get().alarmed_at == late) is not out


@pytest.mark.parametrize("gone", [True, False])
def test_nobody_gone_half_an_hour_after_its_start_calls_the_team_once(
    visit, aoi, ren, sora, mori, gone, now, settings
):
    settings.CAN_MAIL, mori.email = True, "mori@example.jp"
    mori.save()
    assert overdue.alarm(now=visit.starts_at + timedelta(hours=1)) == 0, "nobody said yes to it"
    agree(aoi, visit, [ren, sora], now=now)
    late = visit.starts_at + timedelta(minutes=31)
    if gone:
        visits.check_in(staff_viewer(ren), visit=visit.pk, now=visit.starts_at)
    assert overdue.alarm(now=visit.starts_at + timedelta(minutes=29)) == 0
    assert [overdue.alarm(now=late), overdue.alarm(now=late)] == [0 if gone else 1, 0]
    assert Call.objects.filter(about=f"visit:{visit.pk}").exists() is not gone
    if gone:
        return
    # They went after all and don't come back: that is another alarm.
    visits.check_in(staff_viewer(ren), visit=visit.pk, now=late)
    out = visit.ends_at + timedelta(minutes=31)
    assert [overdue.alarm(now=out), overdue.alarm(now=out)] == [1, 0]
    found = Visit.objects.get()
    assert (found.missed_at, found.alarmed_at) == (late, out)


def test_called_off_or_long_over_nobody_is_called(visit, aoi, ren, sora, case, kaede, now):
    agree(aoi, visit, [ren, sora], now=now)
    assert overdue.alarm(now=visit.ends_at + timedelta(hours=25)) == 0
    visits.take_off(staff_viewer(kaede), code=case.code, visit=visit.pk, now=now)
    assert overdue.alarm(now=visit.starts_at + timedelta(hours=1)) == 0
    assert not Call.objects.exists()


# --- on the pages --------------------------------------------------------------------------------


def test_planned_named_looked_at_and_seen(case, aoi, kaede, ren, sora, now):
    desk, her, peer = signed_in_as(kaede), seated(aoi), signed_in_as(ren)
    at = (jst(now) + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")
    sent = {"choice": at, "minutes": "60", "visitor": [ren.pk, sora.pk], "rule": "no_uniform"}
    assert desk.post(f"/counseling/desk/{case.code}/visits/", sent).status_code == 303
    visit = Visit.objects.get()
    own = f"/counseling/mine/{case.code}/visits/{visit.pk}/"
    assert own in page(her, f"/counseling/mine/{case.code}/onward/")
    assert "預けた住所を" in page(her, own)
    # One alone isn't two, and nobody sees anything yet.
    alone = her.post(f"{own}agree/", {"visitor": [ren.pk], "rule": ["no_bell"]})
    assert alone.status_code == 422
    assert "名前があがっている訪問は、ありません" in page(peer, "/counseling/visits/")
    both = {"visitor": [ren.pk, sora.pk], "rule": ["no_bell", "park_away"]}
    assert her.post(f"{own}agree/", both).status_code == 303
    mine = page(peer, "/counseling/visits/")
    assert "呼び鈴を鳴らさない" in mine
    assert "ふつうの服で来る" not in mine
    assert case.code not in mine
    assert HOME not in mine
    shown = peer.post(f"/counseling/visits/{visit.pk}/address/")
    assert HOME in shown.content.decode()
    assert "住所が見られた記録" in page(her, own)
    assert peer.post(f"/counseling/visits/{visit.pk}/check-in/").status_code == 303
    out = f"/counseling/visits/{visit.pk}/check-out/"
    for_one = peer.post(out, {"met": "on"})
    assert for_one.status_code == 422
    assert "みんな出ましたか" in for_one.content.decode()
    assert "いま、行っています" in page(her, own)
    assert peer.post(out, {"met": "on", "everyone": "on"}).status_code == 303
    assert "おわりました" in page(her, own)


def test_a_visitor_without_a_name_to_show_is_no_sign_in_name(case, aoi, kaede, ren, sora, now):
    type(sora).objects.filter(pk=sora.pk).update(display_name="", username="s.yamada")
    visit = plan(case, kaede, [ren, sora], now=now)
    her, own = seated(aoi), f"/counseling/mine/{case.code}/visits/{visit.pk}/"
    before = page(her, own)
    agree(aoi, visit, [ren, sora], now=now)
    visits.look(staff_viewer(sora), visit=visit.pk, now=visit.starts_at)
    after = page(her, own)
    assert "s.yamada" not in before + after
    assert (before.count("支援者さん"), after.count("支援者さん")) == (1, 2)


def test_another_supporter_finds_no_visit(visit, aoi, ren, sora, now):
    agree(aoi, visit, [ren, sora], now=now)
    other = make_staff("hoka")
    grant(other, Role.SUPPORTER)
    address = f"/counseling/visits/{visit.pk}/address/"
    assert signed_in_as(other).post(address).status_code == 404
    # ren is named, and is told when it may be seen.
    assert "24時間前から" in signed_in_as(ren).post(address).content.decode()


def test_an_address_asks_for_a_fresh_proof(case, aoi, kaede, ren, sora, now):
    soon = visits.plan(
        staff_viewer(kaede), code=case.code, starts_at=now + timedelta(hours=20), minutes=60,
        visitors=[ren.pk, sora.pk], rules=(), alone="", now=now,
    )  # fmt: skip
    agree(aoi, soon, [ren, sora], now=now)
    address, peer = f"/counseling/visits/{soon.pk}/address/", signed_in_as(ren)
    assert HOME in peer.post(address).content.decode()
    long_proven(peer)
    answer = peer.post(address, headers={"Referer": "http://testserver/counseling/visits/"})
    assert answer.status_code == 303
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fcounseling%2Fvisits%2F"
    assert AddressLook.objects.count() == 1


def test_a_visitor_finds_their_visits_from_either_desk(kaede, ren, mori, program):
    link = 'href="/counseling/visits/"'
    assert link in page(signed_in_as(kaede), "/counseling/desk/")
    assert link in page(signed_in_as(ren), "/moderation/")
    # Who only coordinates goes on no visit.
    assert link not in page(signed_in_as(mori), "/moderation/")
