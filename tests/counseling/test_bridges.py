"""From a mother to her son to a visit: each agrees for themselves, and may stop at any point."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import belongings
from accounts.models import Letter
from audit.models import AuditEntry
from counseling import bridges as reads
from counseling.actions import bridges, occasions, referrals, vault, visits
from counseling.bridge import BridgeState, Side, Tells
from counseling.facts import subject
from counseling.models import BridgeConsent, BridgeStep, Case
from counseling.states import Detail, Goal, Heading, Relation
from foundation.refusals import Refused
from ledger.models import Entry
from tests.cast import seen_by, staff_viewer
from tests.counseling.across import accept, agree, link, send
from tests.counseling.both import WORRY, reach, seen, state, visit, yes
from tests.counseling.places import make_agency
from tests.counseling.voices import call


def exported(person, now) -> str:
    return json.dumps(belongings.export(person.pk, now=now), ensure_ascii=False, sort_keys=True)


def test_the_whole_way_each_by_their_own_yes(reached, hers, his, haha, aoi, kaede, program, now):
    assert reached.state == BridgeState.REACHED
    assert seen(aoi, his, now).line == WORRY
    yes(aoi, his, Tells.TALKS, Tells.WENT, line="げんきです", now=now)
    told = seen(haha, hers, now)
    assert (told.talks, told.went, told.line, told.day) == (True, "", "げんきです", None)
    met = visit(kaede, his, program, now)
    viewer = staff_viewer(kaede)
    bridges.meet(viewer, code=his.code, occasion=met.pk, now=now)
    assert seen(haha, hers, now).went == BridgeState.MET
    assert list(BridgeStep.objects.order_by("pk").values_list("what", "mover")) == [
        ("proposed", "counselor"), ("caller_agreed", "caller"), ("reached", "counselor"),
        ("person_agreed", "person"), ("met", "counselor"),
    ]  # fmt: skip
    verbs = AuditEntry.objects.filter(verb__startswith="counseling.bridge_").order_by("pk")
    assert [one.verb.removeprefix("counseling.bridge_") for one in verbs] == [
        "propose", "reach", "meet",
    ]  # fmt: skip
    assert {one.actor for one in verbs} == {kaede.pk}
    assert WORRY not in repr(list(verbs.values()))


def test_what_counts_is_the_persons_own_once_and_a_bridge_adds_nothing(
    reached, hers, his, haha, aoi, kaede, program, now
):
    yes(aoi, his, now=now)
    met = visit(kaede, his, program, now)
    there = _linked(aoi, his, kaede, program, now)
    lay = list(Entry.objects.order_by("seq").values_list("seq", "kind", "subject", "relation"))
    viewer = staff_viewer(kaede)
    bridges.meet(viewer, code=hers.code, occasion=met.pk, now=now)
    bridges.link(viewer, code=hers.code, referral=there.pk, now=now)
    assert state(reached) == BridgeState.LINKED
    assert list(Entry.objects.order_by("seq").values_list(*_COLUMNS)) == lay
    counted = {kind: (who, relation) for _seq, kind, who, relation in lay}
    assert counted["outreach_visit"] == counted["linked"] == (subject(his), "self")
    # Her voice is joined to his: whoever counts people counts one.
    assert counted["subject_merged"][0] == subject(hers)
    assert [kind for _seq, kind, _who, _r in lay].count("linked") == 1
    known = reads.known(viewer, code=hers.code)
    assert set(known.counted) == {*met.entries, there.entry}


_COLUMNS = ("seq", "kind", "subject", "relation")


def _linked(aoi, case, kaede, program, now):
    from_here = _proposed(case, kaede, program, now)
    agree(aoi, from_here, now=now)
    send(kaede, from_here, now=now)
    accept(kaede, from_here, now=now)
    link(kaede, from_here, now=now)
    from_here.refresh_from_db()
    return from_here


def _proposed(case, kaede, program, now):
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, now=now,
        typed={Heading.SELF: "夜がいいです。"}, agency=make_agency(program, now=now).pk,
    )  # fmt: skip


def test_a_family_s_own_visit_or_link_is_no_first_visit(
    reached, hers, his, haha, aoi, kaede, program, now
):
    yes(aoi, his, now=now)
    viewer = staff_viewer(kaede)
    with_her = visit(kaede, hers, program, now, relation=Relation.FAMILY)
    about_him = visit(kaede, his, program, now, relation=Relation.FAMILY)
    by_telephone = occasions.enter(
        viewer, program=program.pk, told=call(now=now, code=his.code), now=now
    )
    later = visit(kaede, his, program, now, confirmed=False)
    for row in (with_her, about_him, by_telephone, later):
        with pytest.raises(Refused, match="no_occasion"):
            bridges.meet(viewer, code=his.code, occasion=row.pk, now=now)
    hers_only = _linked_for_the_family(haha, hers, kaede, program, now)
    with pytest.raises(Refused, match="no_linked"):
        bridges.link(viewer, code=his.code, referral=hers_only.pk, now=now)
    assert state(reached) == BridgeState.PERSON_AGREED


def _linked_for_the_family(haha, hers, kaede, program, now):
    made = referrals.propose(
        staff_viewer(kaede), code=hers.code, goal=Goal.FAMILY, now=now,
        typed={Heading.CALLER: "母です。"}, agency=make_agency(program, now=now).pk,
    )  # fmt: skip
    agree(haha, made, now=now)
    send(kaede, made, now=now)
    accept(kaede, made, now=now)
    with pytest.raises(Refused, match="not_themselves"):
        link(kaede, made, now=now)
    return made


def test_nothing_of_hers_is_on_his_side_until_she_agreed_and_he_was_told(
    his, hers, aoi, haha, kaede, now
):
    before = exported(aoi, now)
    made = bridges.propose(staff_viewer(kaede), code=hers.code, words="", now=now)
    with pytest.raises(Refused, match="caller_first"):
        reach(kaede, made, his.code, now=now)
    yes(haha, hers, Tells.ASKED, line=WORRY, now=now)
    assert exported(aoi, now) == before
    with pytest.raises(Refused, match="not_found"):
        seen(aoi, his, now)
    for deed in (
        lambda: yes(aoi, his, now=now),
        lambda: bridges.stop_own(seen_by(aoi), code=his.code, now=now),
    ):
        with pytest.raises(Refused, match="not_found"):
            deed()
    reach(kaede, made, his.code, now=now)
    assert exported(aoi, now) != before
    assert WORRY not in exported(aoi, now)


@pytest.mark.parametrize("stops", [False, True])
def test_what_he_does_not_share_leaves_no_trace_on_her_side(
    bridge, hers, his, haha, aoi, kaede, program, now, stops
):
    def hers_now():
        own = seen(haha, hers, now)
        letters = list(Letter.objects.filter(participant=haha).values_list("title", "text"))
        return (
            own.over, own.stopped, own.line, own.talks, own.day, own.went, own.asked_before,
            letters, exported(haha, now),
        )  # fmt: skip

    yes(haha, hers, Tells.ASKED, line=WORRY, now=now)
    before = hers_now()
    reach(kaede, bridge, his.code, now=now)
    assert hers_now() == before
    yes(aoi, his, now=now)
    if stops:
        bridges.stop_own(seen_by(aoi), code=his.code, now=now)
        assert state(bridge) == BridgeState.STOPPED
    else:
        met = visit(kaede, his, program, now)
        bridges.meet(staff_viewer(kaede), code=his.code, occasion=met.pk, now=now)
    assert hers_now() == before
    # What she may still do works as if nothing had happened.
    yes(haha, hers, Tells.ASKED, line="すこし直しました", now=now)
    bridges.stop_own(seen_by(haha), code=hers.code, now=now)
    assert seen(haha, hers, now).stopped


def test_what_he_shares_he_can_take_back(reached, hers, his, haha, aoi, kaede, ren, now):
    yes(aoi, his, Tells.TALKS, Tells.DAY, now=now)
    vault.deposit(
        seen_by(aoi), code=his.code, kind=Detail.ADDRESS, text="ここ", nonce=uuid4(), now=now
    )
    coming = visits.plan(
        staff_viewer(kaede), code=his.code, starts_at=now + timedelta(days=3), minutes=60,
        visitors=[ren.pk], rules=(), alone="本人の希望", now=now,
    )  # fmt: skip
    assert seen(haha, hers, now).day is None, "planned is not agreed to"
    visits.agree(seen_by(aoi), code=his.code, visit=coming.pk, visitors=[ren.pk], rules=(), now=now)
    assert seen(haha, hers, now).day is not None
    yes(aoi, his, now=now)
    told = seen(haha, hers, now)
    assert (told.talks, told.day) == (False, None)
    assert BridgeConsent.objects.filter(giver="person").count() == 2
    assert state(reached) == BridgeState.PERSON_AGREED


@pytest.mark.parametrize("at", ["proposed", "caller_agreed", "reached", "person_agreed", "met"])
@pytest.mark.parametrize("who", ["caller", "person"])
def test_either_may_stop_at_every_point_at_which_they_know_of_it(
    bridge, hers, his, haha, aoi, kaede, program, now, at, who
):
    steps = [
        lambda: yes(haha, hers, Tells.ASKED, line=WORRY, now=now),
        lambda: reach(kaede, bridge, his.code, now=now),
        lambda: yes(aoi, his, Tells.TALKS, now=now),
        lambda: bridges.meet(
            staff_viewer(kaede), code=his.code, now=now,
            occasion=visit(kaede, his, program, now).pk,
        ),
    ]  # fmt: skip
    for step in steps:
        if state(bridge) == at:
            break
        step()
    person, case = (haha, hers) if who == "caller" else (aoi, his)
    if who == "person" and at in ("proposed", "caller_agreed"):
        with pytest.raises(Refused, match="not_found"):
            bridges.stop_own(seen_by(person), code=case.code, now=now)
        return
    bridges.stop_own(seen_by(person), code=case.code, now=now)
    assert state(bridge) == BridgeState.STOPPED
    assert seen(person, case, now).stopped
    with pytest.raises(Refused, match="bridge_over"):
        bridges.stop_own(seen_by(person), code=case.code, now=now)
    with pytest.raises(Refused, match="bridge_over"):
        yes(person, case, Tells.ASKED, now=now)
    with pytest.raises(Refused, match="bridge_over"):
        reach(kaede, bridge, his.code, now=now)
    # Nothing of the one is told to the other any more; their cases go on.
    assert not seen(haha, hers, now).talks
    if at not in ("proposed", "caller_agreed"):
        assert seen(aoi, his, now).line == ""
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}
    assert not BridgeConsent.objects.filter(giver=who, withdrawn_at__isnull=True).exists()


def test_the_counselor_ends_it_with_the_same_words_for_both(
    reached, hers, his, haha, aoi, kaede, now
):
    bridges.stop_own(seen_by(aoi), code=his.code, now=now)
    before = haha.letters.count()
    bridges.stop(staff_viewer(kaede), code=hers.code, now=now)
    assert haha.letters.count() == before + 1
    own = seen(haha, hers, now)
    assert (own.over, own.stopped) == (True, False)
    with pytest.raises(Refused, match="bridge_over"):
        bridges.stop(staff_viewer(kaede), code=hers.code, now=now)
    bridges.propose(staff_viewer(kaede), code=hers.code, words="", now=now)


def test_every_step_waits_for_the_one_before(bridge, hers, his, haha, aoi, kaede, program, now):
    viewer = staff_viewer(kaede)
    met = visit(kaede, his, program, now)

    def meets():
        bridges.meet(viewer, code=hers.code, occasion=met.pk, now=now)

    with pytest.raises(Refused, match="caller_first"):
        meets()
    with pytest.raises(Refused, match="no_yes"):
        bridges.agree(
            seen_by(haha), code=hers.code, scope=[Tells.ASKED], line="", sure=False, now=now
        )
    with pytest.raises(Refused, match="no_yes"):
        yes(haha, hers, now=now)
    yes(haha, hers, Tells.ASKED, now=now)
    with pytest.raises(Refused, match="not_told_yet"):
        meets()
    with pytest.raises(Refused, match="not_told_yet"):
        bridges.hear(
            viewer, code=hers.code, side=Side.PERSON, scope=(), line="", sure=True, now=now
        )
    reach(kaede, bridge, his.code, now=now)
    with pytest.raises(Refused, match="person_first"):
        meets()
    with pytest.raises(Refused, match="moved_on"):
        bridges.take_back(viewer, code=hers.code, now=now)
    with pytest.raises(Refused, match="moved_on"):
        reach(kaede, bridge, his.code, now=now)
    yes(aoi, his, now=now)
    meets()
    with pytest.raises(Refused, match="moved_on"):
        meets()
    bridges.take_back(viewer, code=hers.code, now=now)
    assert state(bridge) == BridgeState.PERSON_AGREED
    assert bridge.occasion is None
