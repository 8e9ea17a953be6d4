"""つなぎ by telephone, its edges, and its pages; the printed table is the one that is applied."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import belongings
from accounts.states import Role
from audit.models import AuditEntry
from counseling import bridges as reads
from counseling.actions import bridges, hand_over, linking, merging, occasions
from counseling.bridge import BRIDGE_MOVES, BridgeState, Side, Tells
from counseling.facts import subject
from counseling.models import Bridge, BridgeConsent, Case, NextStep
from counseling.states import Cohort, Evidence, Relation, Urgency
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.counseling.both import WORRY, reach, seen, state, visit, yes
from tests.counseling.places import make_agency
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, call, taken
from tests.house.tree import ROOT


def test_the_printed_table_is_the_one_that_is_applied():
    text = (ROOT / "docs" / "bridge.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|", text, re.M)
    printed = {(start, to): set(re.findall(r"\w+", by)) for start, to, by in rows}
    assert len(rows) == len(printed)
    assert printed == {
        (start.value, to.value): {side.value for side in by}
        for (start, to), by in BRIDGE_MOVES.items()
    }


def heard(kaede, bridge, side, *scope, now, line=""):
    bridges.hear(
        staff_viewer(kaede), code=bridge.caller_case.code, side=side, scope=scope, line=line,
        sure=True, now=now,
    )  # fmt: skip


def test_two_who_have_no_page_agree_by_telephone(kaede, program, now):
    viewer = staff_viewer(kaede)
    first = occasions.enter(
        viewer, program=program.pk, now=now,
        told=call(now=now, relation=Relation.FAMILY, cohort=Cohort.YES),
    )  # fmt: skip
    made = bridges.propose(viewer, code=first.case.code, words="", now=now)
    heard(kaede, made, Side.CALLER, Tells.ASKED, now=now)
    reach(kaede, made, now=now)
    theirs = made.person_case
    assert (theirs.relation, theirs.cohort, theirs.counselor) == ("self", "yes", kaede)
    assert Case.objects.get(pk=first.case.pk).merged_into_id == theirs.pk
    heard(kaede, made, Side.PERSON, Tells.WENT, now=now)
    assert state(made) == BridgeState.PERSON_AGREED
    assert set(BridgeConsent.objects.values_list("heard_by", flat=True)) == {kaede.pk}
    lines = AuditEntry.objects.filter(verb="counseling.bridge_hear").order_by("pk")
    assert [list(one.fields) for one in lines] == [["caller", "asked"], ["person", "went"]]
    met = visit(kaede, theirs, program, now)
    bridges.meet(viewer, code=theirs.code, occasion=met.pk, now=now)
    row = Entry.objects.get(kind="outreach_visit")
    assert (row.relation, row.cohort) == ("self", "yes")
    came = linking.record_arrival(
        viewer, code=theirs.code, agency=make_agency(program, now=now).pk, place=None,
        on=jst_day(now), evidence=Evidence.WENT_ALONG, line="", now=now,
    )  # fmt: skip
    bridges.link(viewer, code=theirs.code, referral=came.pk, now=now)
    assert state(made) == BridgeState.LINKED
    assert Entry.objects.get(kind="linked").subject == subject(theirs)


def test_whoever_has_a_page_says_yes_there_alone(reached, his, kaede, now):
    for side in (Side.CALLER, Side.PERSON):
        with pytest.raises(Refused, match="theirs_to_say"):
            heard(kaede, reached, side, Tells.ASKED, now=now)


def test_a_consent_runs_out_and_then_nothing_is_told(bridge, hers, his, haha, aoi, kaede, now):
    yes(haha, hers, Tells.ASKED, line=WORRY, now=now)
    late = now + timedelta(days=366)
    with pytest.raises(Refused, match="bridge_consent_over"):
        reach(kaede, bridge, his.code, now=late)
    reach(kaede, bridge, his.code, now=now)
    assert seen(aoi, his, now).line == WORRY
    assert seen(aoi, his, late).line == ""
    yes(haha, hers, Tells.ASKED, line="まだ、待っています", now=late)
    assert seen(aoi, his, late).line == "まだ、待っています"


def test_it_leads_only_to_the_persons_own_case_with_the_same_counselor(
    bridge, hers, his, haha, yoso, kaede, program, now
):
    yes(haha, hers, Tells.ASKED, now=now)
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    other = taken(asks(yoso, program, now=now), sora, now=now)
    uncle = occasions.enter(
        staff_viewer(kaede), program=program.pk, told=call(now=now, relation=Relation.FAMILY),
        now=now,
    ).case  # fmt: skip
    for to, code in ((other.code, "no_case"), ("1234", "no_case"), (uncle.code, "not_theirs")):
        with pytest.raises(Refused, match=code):
            reach(kaede, bridge, to, now=now)
    assert Case.objects.count() == 4, "a mistyped number opens no case"
    assert state(bridge) == BridgeState.CALLER_AGREED
    with pytest.raises(Refused, match="own_bridge"):
        bridges.propose(staff_viewer(kaede), code=his.code, words="", now=now)
    with pytest.raises(Refused, match="bridged_already"):
        bridges.propose(staff_viewer(kaede), code=hers.code, words="", now=now)
    with pytest.raises(Refused, match="not_found"):
        bridges.stop(staff_viewer(sora), code=hers.code, now=now)


def test_a_second_bridge_to_the_same_person_waits_for_the_first(reached, his, kaede, program, now):
    viewer = staff_viewer(kaede)
    uncle = occasions.enter(
        viewer, program=program.pk, told=call(now=now, relation=Relation.FAMILY), now=now
    ).case
    second = bridges.propose(viewer, code=uncle.code, words="", now=now)
    heard(kaede, second, Side.CALLER, Tells.ASKED, now=now)
    with pytest.raises(Refused, match="bridged_already"):
        reach(kaede, second, his.code, now=now)


def test_once_the_two_are_with_different_counselors_each_sees_their_own_side(
    reached, hers, his, haha, aoi, kaede, now
):
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    yes(aoi, his, Tells.TALKS, line="げんきです", now=now)
    viewer = staff_viewer(kaede)
    merging.unmerge(viewer, code=hers.code, now=now)
    offered = hand_over.offer(viewer, code=hers.code, to=sora.pk, text="", now=now)
    hand_over.accept(staff_viewer(sora), hand_over=offered.pk, now=now)
    theirs = reads.known(staff_viewer(sora), code=hers.code)
    assert theirs.apart
    assert [one.giver for one in theirs.consents] == ["caller"]
    assert "げんきです" not in page(signed_in_as(sora), f"/counseling/desk/{hers.code}/bridge/")
    with pytest.raises(Refused, match="bridge_apart"):
        bridges.meet(staff_viewer(sora), code=hers.code, occasion=1, now=now)
    bridges.stop(staff_viewer(sora), code=hers.code, now=now)


def test_words_of_need_call_the_counselor_and_contact_is_refused(bridge, hers, haha, kaede, now):
    Case.objects.update(waiting_since=None)
    with pytest.raises(Refused, match="contact"):
        yes(haha, hers, Tells.ASKED, line="090-1234-5678 もう死にたい", now=now)
    hers.refresh_from_db()
    assert (hers.urgency, hers.need_at) == (Urgency.TODAY, now)
    assert haha.letters.filter(kind="care").count() == 1
    assert not BridgeConsent.objects.exists()
    with pytest.raises(Refused, match="contact"):
        bridges.propose(staff_viewer(kaede), code=hers.code, words="090-1234-5678", now=now)


def test_erasing_oneself_stops_it_and_takes_ones_words(reached, hers, his, haha, aoi, now):
    yes(aoi, his, Tells.TALKS, line="げんきです", now=now)
    belongings.erase_all(haha.pk, now=now)
    assert state(reached) == BridgeState.STOPPED
    assert set(BridgeConsent.objects.values_list("giver", "line")) == {
        ("caller", ""), ("person", "げんきです"),
    }  # fmt: skip
    assert seen(aoi, his, now).line == ""
    belongings.erase_all(aoi.pk, now=now)
    assert set(BridgeConsent.objects.values_list("line", flat=True)) == {""}


def test_a_withdrawn_record_is_shown_as_one(reached, his, aoi, kaede, program, now):
    yes(aoi, his, now=now)
    met = visit(kaede, his, program, now)
    viewer = staff_viewer(kaede)
    bridges.meet(viewer, code=his.code, occasion=met.pk, now=now)
    occasions.void(viewer, code=his.code, occasion=met.pk, reason="べつの人だった", now=now)
    known = reads.known(viewer, code=his.code)
    assert (known.taken_back, known.counted) == (True, [])


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        ("bridge_reached_somebody", {"state": "person_agreed"}),
        ("bridge_met_somebody", {"state": "met"}),
        ("bridge_stopped_at_some_time", {"state": "stopped"}),
        ("bridge_state_known", {"state": "somewhere"}),
    ],
)
def test_the_database_keeps_what_a_state_says(bridge, his, wanted, columns, now):
    reached = {} if columns["state"] == "person_agreed" else {"person_case": his, "reached_at": now}
    with pytest.raises(IntegrityError, match=wanted), transaction.atomic():
        Bridge.objects.filter(pk=bridge.pk).update(**columns, **reached)


# --- pages ----------------------------------------------------------------------------------------


def test_the_way_on_pages(hers, his, haha, aoi, kaede, program):
    desk, mother, son = signed_in_as(kaede), seated(haha), seated(aoi)
    theirs, her_page, his_page = (
        f"/counseling/desk/{hers.code}/bridge/",
        f"/counseling/mine/{hers.code}/bridge/",
        f"/counseling/mine/{his.code}/bridge/",
    )
    page(mother, her_page, status=404)
    assert desk.post(theirs, {"words": "手紙をおきます"}).status_code == 303
    assert "ご本人への、つなぎ" in page(mother, f"/counseling/mine/{hers.code}/")
    assert "手紙をおきます" in page(mother, her_page)
    refused = desk.post(f"{theirs}reach/", {"to": his.code, "how": "web"})
    assert refused.status_code == 422
    assert "相談した人の同意がまだです" in refused.content.decode()
    unsure = mother.post(f"{her_page}agree/", {"tells": "asked", "line": WORRY})
    assert unsure.status_code == 422
    assert WORRY in unsure.content.decode(), "what was typed is given back"
    good = {"tells": "asked", "line": WORRY, "sure": "on"}
    assert mother.post(f"{her_page}agree/", good).status_code == 303
    page(son, his_page, status=404)
    assert "つなぎ" not in page(son, f"/counseling/mine/{his.code}/")
    assert desk.post(f"{theirs}reach/", {"to": his.code, "how": "web"}).status_code == 303
    assert "身近な人からの、つなぎ" in page(son, f"/counseling/mine/{his.code}/")
    told = page(son, his_page)
    assert WORRY in told
    assert hers.code not in told
    yes_of_his = {"tells": ["talks"], "line": "げんきです", "sure": "on"}
    assert son.post(f"{his_page}agree/", yes_of_his).status_code == 303
    told = page(mother, her_page)
    assert "ご本人は、相談員と話しています" in told
    assert "げんきです" in told
    assert his.code not in told
    assert desk.post(
        f"{theirs}step/", {"step": "手紙をもっていく", "due_on": "2030-01-01"}
    ).status_code == 422  # fmt: skip
    due = Case.objects.get(pk=hers.pk).opened_at.date() + timedelta(days=9)
    planned = desk.post(f"{theirs}step/", {"step": "手紙をもっていく", "due_on": due.isoformat()})
    assert planned.status_code == 303
    assert NextStep.objects.get().due_on == due
    whole = page(desk, theirs)
    for words in ("手紙をもっていく", WORRY, "げんきです", "身近な人から、相談があったこと"):
        assert words in whole
    assert son.post(f"{his_page}stop/").status_code == 303
    assert "やめました" in page(son, his_page)
    told = page(mother, her_page)
    assert "げんきです" not in told
    assert "やめました" not in told
    assert "やめました" in page(desk, theirs)


def test_a_colleague_and_a_stranger_find_nothing(reached, hers, his, yoso, now):
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    for code in (hers.code, his.code):
        page(signed_in_as(sora), f"/counseling/desk/{code}/bridge/", status=404)
        page(seated(yoso), f"/counseling/mine/{code}/bridge/", status=404)
        assert seated(yoso).post(f"/counseling/mine/{code}/bridge/stop/").status_code == 404
    assert state(reached) == BridgeState.REACHED


def test_nothing_of_a_bridge_is_in_the_letters_title(reached, aoi, haha):
    for person in (aoi, haha):
        assert not person.letters.filter(title__contains="つなぎ").exists()
