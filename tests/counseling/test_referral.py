"""Nothing leaves without consent; it can be taken back; who arrived is counted once."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Letter
from accounts.states import Role
from counseling import onward, packet
from counseling.actions import alarms, linking, occasions, referrals, sending
from counseling.facts import subject
from counseling.models import Consent, Crossing, NextStep, OneTimeLink, Referral
from counseling.onward_forms import Edited
from counseling.packet import Line
from counseling.states import (
    REFERRAL_MOVES,
    Cohort,
    Evidence,
    Goal,
    Heading,
    Origin,
    ReferralState,
    Relation,
    Sent,
    Stage,
)
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from ledger.states import Reason
from tests.cast import grant, make_staff, seen_by, staff_viewer
from tests.counseling.across import SAID, accept, agree, link, send, state
from tests.counseling.voices import asks, call, taken
from tests.house.tree import ROOT


def test_the_whole_way_and_every_step_is_seen(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    accept(kaede, referral, now=now, by=Sent.FAX)
    link(kaede, referral, now=now)
    assert state(referral) == ReferralState.LINKED
    seen = list(Crossing.objects.order_by("pk").values_list("what", "mover"))
    assert seen == [
        ("proposed", "counselor"), ("agreed", "person"), ("sent", "counselor"),
        ("accepted", "counselor"), ("linked", "counselor"),
    ]  # fmt: skip
    row = Entry.objects.get()
    assert (row.kind, row.quantity, row.channel) == ("linked", 1, "web")
    assert row.destination == f"agency:{referral.agency_id}"
    assert (referral.entry, referral.confirmed_by) == (row.seq, kaede)
    due = NextStep.objects.order_by("due_on").values_list("due_on", flat=True)
    assert [(day - jst_day(now)).days for day in due] == [14, 91]


def test_a_struck_sentence_does_not_leave(referral, aoi, now):
    edited = Edited(
        lines={
            Heading.SELF: (Line("夜のほうが話しやすいです。"), Line("電話はこわいです。", True))
        },
        added={Heading.WISH: "まずは、見学だけ。"},
    )
    viewer = seen_by(aoi)
    referrals.edit(viewer, code=referral.case.code, referral=referral.pk, edited=edited, now=now)
    consent = agree(aoi, referral, now=now)
    assert "電話はこわい" not in consent.words
    said = packet.read(consent.words)
    assert said.parts == (
        ("self", ("夜のほうが話しやすいです。",)), ("wish", ("まずは、見学だけ。",)),
    )  # fmt: skip
    assert consent.digest == packet.digest(packet.canonical(said))


def test_a_sentence_that_is_not_struck_does_leave(referral, aoi, now):
    assert "電話はこわい" in agree(aoi, referral, now=now).words


def test_words_that_changed_meanwhile_were_not_agreed_to(referral, aoi, now):
    with pytest.raises(Refused, match="other_words"):
        agree(aoi, referral, now=now, digest="0" * 64)
    assert state(referral) == ReferralState.PROPOSED


def test_nothing_is_sent_without_consent_or_after_it_ran_out(referral, aoi, kaede, now):
    with pytest.raises(Refused, match="consent_over"):
        send(kaede, referral, now=now)
    agree(aoi, referral, now=now)
    with pytest.raises(Refused, match="consent_over"):
        send(kaede, referral, now=now + timedelta(days=91))
    assert send(kaede, referral, now=now).code


def test_only_the_person_agrees_and_only_their_counselor_sends(
    referral, aoi, yoso, kaede, ren, mori, now
):
    other = make_staff("sora")
    grant(other, Role.COUNSELOR)
    with pytest.raises(Refused, match="not_found"):
        agree(yoso, referral, now=now)
    agree(aoi, referral, now=now)
    for stranger in (ren, mori, other):
        with pytest.raises(Refused, match="not_found"):
            send(stranger, referral, now=now)
    assert send(kaede, referral, now=now)


@pytest.mark.parametrize("far", ["proposed", "agreed", "sent"])
def test_it_is_withdrawn_at_each_step_until_it_is_accepted(referral, aoi, kaede, far, now):
    if far != "proposed":
        agree(aoi, referral, now=now)
    if far == "sent":
        send(kaede, referral, now=now)
    assert state(referral) == far
    referrals.withdraw(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)
    assert state(referral) == ReferralState.WITHDRAWN
    assert referral.draft == {}
    assert (referral.to_tell_at is not None) == (far == "sent")
    assert not Consent.objects.filter(withdrawn_at__isnull=True).exists()
    if far == "agreed":
        assert Consent.objects.get().words == ""
    assert not OneTimeLink.objects.filter(ended_at__isnull=True).exists()
    with pytest.raises(Refused, match="consent_over"):
        send(kaede, referral, now=now)


def test_what_was_noted_is_whole_and_in_its_order(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    accept(kaede, referral, now=now)
    for wrong in (
        {"accepted_who": ""},
        {"accepted_noted_at": None},
        {"accepted_noted_by": None},
        {"accepted_at": now - timedelta(minutes=1)},
        {"accepted_at": now + timedelta(minutes=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**wrong)


def test_once_accepted_it_is_told_and_not_taken_back(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now)
    accept(kaede, referral, now=now)
    with pytest.raises(Refused, match="accepted_already"):
        referrals.withdraw(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)


def test_whoever_got_what_was_withdrawn_is_told(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.PAPER)
    referrals.withdraw(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)

    def tell():
        sending.told_of_withdrawal(
            staff_viewer(kaede), code=referral.case.code, referral=referral.pk,
            by=Sent.TELEPHONE, now=now,
        )  # fmt: skip

    tell()
    with pytest.raises(Refused, match="moved_on"):
        tell()
    assert state(referral) == ReferralState.WITHDRAWN
    assert (referral.told_at, referral.told_by) == (now, "telephone")


def test_the_person_looks_again_and_the_consent_is_over(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    referrals.think_again(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)
    assert state(referral) == ReferralState.PROPOSED
    assert referral.draft["self"]
    with pytest.raises(Refused, match="consent_over"):
        send(kaede, referral, now=now)
    agree(aoi, referral, now=now)


def test_words_of_need_in_a_packet_bring_a_card_and_call_the_counselor(referral, aoi, kaede, now):
    viewer, code = seen_by(aoi), referral.case.code
    calm = Edited(lines={}, added={Heading.WISH: "しずかに話したい。"})
    referrals.edit(viewer, code=code, referral=referral.pk, edited=calm, now=now)
    assert not alarms.needs(now=now)
    words = Edited(lines={}, added={Heading.WISH: "もう死にたいです。"})
    referrals.edit(viewer, code=code, referral=referral.pk, edited=words, now=now)
    assert [need.counselor for need in alarms.needs(now=now)] == [kaede.pk]
    assert Letter.objects.filter(participant=aoi, kind="care").exists()
    assert "need" not in [
        step.what for step in onward.own_referral(viewer, code=code, referral=referral.pk).steps
    ]
    alarms.seen(staff_viewer(kaede), code=code, now=now + timedelta(minutes=1))
    assert not alarms.needs(now=now)


# --- what counts ---------------------------------------------------------------------------------


def test_a_mother_s_is_about_her_and_is_never_counted_as_his(haha, kaede, station, program, now):
    case = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    made = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.FAMILY, agency=station.pk, now=now,
        typed={Heading.CALLER: "母です。", Heading.ABSENT: "部屋にいるようです。"},
    )  # fmt: skip
    consent = agree(haha, made, now=now)
    assert [heading for heading, _ in packet.read(consent.words).parts] == ["caller", "absent"]
    send(kaede, made, now=now, by=Sent.FAX)
    accept(kaede, made, now=now)
    with pytest.raises(Refused, match="not_themselves"):
        link(kaede, made, now=now)
    linking.record_stage(
        staff_viewer(kaede), code=case.code, referral=made.pk, stage=Stage.FIRST_TALK,
        on=jst_day(now), line="", now=now,
    )  # fmt: skip
    assert not Entry.objects.exists()
    assert state(made) == ReferralState.ACCEPTED


def arrives(kaede, case, station, *, now, on=None, line=""):
    return linking.record_arrival(
        staff_viewer(kaede), code=case.code, agency=station.pk, place=None, on=on or jst_day(now),
        evidence=Evidence.PERSON_TOLD, line=line, now=now,
    )  # fmt: skip


def test_who_only_calls_and_went_there_is_counted_once_and_asked_after(
    kaede, station, program, now
):
    told = call(now=now, cohort=Cohort.YES)
    caller = occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now).case
    with pytest.raises(Refused, match="future"):
        arrives(kaede, caller, station, now=now, on=jst_day(now) + timedelta(days=1))
    with pytest.raises(Refused, match="contact"):
        arrives(kaede, caller, station, now=now, line="090-1234-5678")
    made = arrives(kaede, caller, station, now=now)
    row = Entry.objects.get(kind="linked")
    assert (row.seq, row.subject, row.cohort, row.relation, row.destination) == (
        made.entry, subject(caller), "yes", "self", f"agency:{station.pk}",
    )  # fmt: skip
    due = [one.due_on - jst_day(now) for one in NextStep.objects.order_by("due_on")]
    assert due == [timedelta(days=14), timedelta(days=91)]
    with pytest.raises(Refused, match="there_already"):
        arrives(kaede, caller, station, now=now)
    linking.undo_linked(
        staff_viewer(kaede), code=caller.code, referral=made.pk, reason=Reason.TWICE, now=now
    )
    assert sum(Entry.objects.filter(kind="linked").values_list("quantity", flat=True)) == 0


def test_whoever_has_a_page_and_whoever_speaks_of_another_arrive_by_no_counselor_s_word(
    case, kaede, station, program, now
):
    with pytest.raises(Refused, match="theirs_to_say"):
        arrives(kaede, case, station, now=now)
    told = call(now=now, relation=Relation.FAMILY)
    mother = occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now).case
    with pytest.raises(Refused, match="not_themselves"):
        arrives(kaede, mother, station, now=now)
    stranger = make_staff("sora")
    grant(stranger, Role.COUNSELOR)
    with pytest.raises(Refused, match="not_found"):
        arrives(stranger, mother, station, now=now)
    assert not Entry.objects.filter(kind="linked").exists()
    assert not Referral.objects.exists()


def test_confirmed_by_mistake_is_counted_back(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    accept(kaede, referral, now=now)
    link(kaede, referral, now=now)
    linking.undo_linked(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk,
        reason=Reason.MISTYPED, now=now,
    )  # fmt: skip
    assert state(referral) == ReferralState.ACCEPTED
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 0
    link(kaede, referral, now=now)
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 1


@pytest.mark.parametrize(
    ("goal", "stage", "kind"),
    [
        (Goal.WORK_EXPERIENCE, Stage.TRIED, "work_experience"),
        (Goal.EMPLOYMENT, Stage.EMPLOYED, "employment"),
        (Goal.WORK_EXPERIENCE, Stage.LOOKED_BACK, None),
        (Goal.HOUSEHOLD, Stage.PLANNED, None),
    ],
)
def test_steps_behind_the_door_are_taken_once_and_some_count(
    case, aoi, kaede, station, goal, stage, kind, now
):
    made = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=goal, typed={Heading.SELF: SAID},
        agency=station.pk, now=now,
    )  # fmt: skip
    agree(aoi, made, now=now)
    send(kaede, made, now=now, by=Sent.FAX)
    accept(kaede, made, now=now)

    def record():
        return linking.record_stage(
            staff_viewer(kaede), code=case.code, referral=made.pk, stage=stage, on=jst_day(now),
            line="", now=now,
        )  # fmt: skip

    record()
    with pytest.raises(Refused, match="done_already"):
        record()
    assert [row.kind for row in Entry.objects.all()] == ([kind] if kind else [])


def test_a_link_from_the_room_is_known_to_be_one(referral, aoi, kaede, now):
    type(referral.case).objects.update(origin=Origin.ROOM)
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    accept(kaede, referral, now=now)
    link(kaede, referral, now=now)
    assert Entry.objects.get().origin == "ibasho"


# --- the table -----------------------------------------------------------------------------------


def test_the_printed_table_is_the_one_that_holds():
    printed = (ROOT / "docs" / "referral.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \| ([\w, `]+) \|", printed, re.M))
    held = {
        (start.value, to.value, ", ".join(f"`{one.value}`" for one in sorted(by)))
        for (start, to), by in REFERRAL_MOVES.items()
    }
    assert rows == held


def test_a_counselor_has_no_move_that_says_yes_for_anyone(referral):
    agreeing = {by for (_, to), by in REFERRAL_MOVES.items() if to is ReferralState.AGREED}
    withdrawing = {by for (_, to), by in REFERRAL_MOVES.items() if to is ReferralState.WITHDRAWN}
    assert agreeing == withdrawing == {frozenset({"person"})}
    assert Referral.objects.get().state == "proposed"


@pytest.mark.parametrize("late", [True, False])
def test_after_the_date_it_said_a_consent_opens_nothing_and_nobody_accepts(
    referral, aoi, kaede, now, late
):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.PAPER)
    viewer, at = staff_viewer(kaede), now + timedelta(days=91 if late else 89)
    deeds = (
        lambda: sending.paper(viewer, code=referral.case.code, referral=referral.pk, now=at),
        lambda: accept(kaede, referral, now=at, by=Sent.FAX),
    )
    for deed in deeds:
        if late:
            with pytest.raises(Refused, match="consent_over"):
                deed()
        else:
            deed()
    assert state(referral) == (ReferralState.SENT if late else ReferralState.ACCEPTED)


def test_a_link_opened_in_the_last_minute_shows_nothing_afterwards(way, referral, now):
    Consent.objects.update(expires_at=now + timedelta(minutes=10))
    number = sending.open_link(token=way.token, code=way.code, now=now)
    sheet = {"token": way.token, "link": number, "taken": False}
    assert sending.sheet_for_link(**sheet, now=now + timedelta(minutes=9))
    for deed in (
        lambda at: sending.sheet_for_link(**sheet, now=at),
        lambda at: sending.accept_by_link(token=way.token, link=number, who="係", now=at),
    ):
        with pytest.raises(Refused, match="link_over"):
            deed(now + timedelta(minutes=11))
    assert state(referral) == ReferralState.SENT
