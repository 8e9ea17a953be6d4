"""A case has one counselor; whoever isn't that one is told that it isn't there."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.states import Role
from audit.models import AuditEntry
from counseling import queries
from counseling.actions import cases, hand_over, merging, occasions, reassigning, vault
from counseling.models import Case, HandOver, Invitation, Note, Occasion, Vault
from counseling.states import Channel, Cohort, Detail, Origin, Relation, Urgency
from foundation.refusals import Refused
from ledger.models import Entry
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.voices import asks, call, taken


@pytest.fixture
def sora(db):
    """A second counselor of the same program."""
    made = make_staff("sora", display_name="そら")
    grant(made, Role.COUNSELOR)
    return made


def test_only_its_own_counselor_finds_a_case(case, kaede, sora, mori, ren, now):
    assert queries.case(staff_viewer(kaede), code=case.code).pk == case.pk
    assert queries.case(staff_viewer(kaede), code=f" {case.code[:3]}-{case.code[3:]} ")
    for other in (sora, mori, ren):
        with pytest.raises(Refused, match="not_found"):
            queries.case(staff_viewer(other), code=case.code)
        with pytest.raises(Refused, match="not_found"):
            cases.write_note(staff_viewer(other), code=case.code, text="…", shared=True, now=now)
    assert not Note.objects.exists()


def test_one_wrong_digit_finds_nothing(case, kaede):
    for place in range(7):
        wrong = str((int(case.code[place]) + 1) % 10)
        typed = case.code[:place] + wrong + case.code[place + 1 :]
        with pytest.raises(Refused, match="not_found"):
            queries.case(staff_viewer(kaede), code=typed)


def test_an_open_case_without_a_counselor_can_t_be_stored(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(counselor=None)


def test_the_same_voice_day_and_channel_is_one_occasion(case, kaede, program, now):
    viewer = staff_viewer(kaede)
    first = occasions.enter(viewer, program=program.pk, told=call(now=now, code=case.code), now=now)
    again = call(now=now, code=case.code, minutes=10, line="かけなおし")
    with pytest.raises(Refused, match="same_day"):
        occasions.enter(viewer, program=program.pk, told=again, now=now)
    added = call(now=now, code=case.code, minutes=10, line="かけなおし", add=True)
    assert occasions.enter(viewer, program=program.pk, told=added, now=now).pk == first.pk
    first.refresh_from_db()
    assert (first.minutes, first.line) == (40, "かけなおし")
    apart = call(now=now, code=case.code, split="夜に、べつの用件で")
    assert occasions.enter(viewer, program=program.pk, told=apart, now=now).pk != first.pk
    for other in ({"channel": Channel.VISIT}, {"relation": Relation.FAMILY}):
        occasions.enter(
            viewer, program=program.pk, told=call(now=now, code=case.code, **other), now=now
        )
    assert Occasion.objects.count() == 4


def test_the_same_form_twice_is_one_occasion(case, kaede, program, now):
    form = call(now=now, code=case.code)
    for _ in range(2):
        occasions.enter(staff_viewer(kaede), program=program.pk, told=form, now=now)
    assert Occasion.objects.count() == 1


def test_a_call_of_someone_new_makes_a_case(kaede, program, now):
    made = occasions.enter(
        staff_viewer(kaede), program=program.pk,
        told=call(now=now, relation=Relation.FAMILY), now=now,
    )  # fmt: skip
    assert made.case.counselor == kaede
    assert made.case.relation == Relation.FAMILY
    assert made.case.confirmed_new_at == now
    assert made.case.origin == "telephone"


def test_what_staff_write_holds_no_telephone_number(case, kaede, program, now):
    viewer, number = staff_viewer(kaede), "090-1234-5678"
    with pytest.raises(Refused, match="contact"):
        occasions.enter(
            viewer, program=program.pk, told=call(now=now, code=case.code, line=number), now=now
        )
    with pytest.raises(Refused, match="contact"):
        cases.write_note(viewer, code=case.code, text=number, shared=False, now=now)
    assert cases.write_note(viewer, code=case.code, text="しずかな声", shared=False, now=now).pk


def test_a_mistake_stays_with_its_reason_and_frees_the_day(case, kaede, program, now):
    viewer = staff_viewer(kaede)
    wrong = occasions.enter(viewer, program=program.pk, told=call(now=now, code=case.code), now=now)
    occasions.void(viewer, code=case.code, occasion=wrong.pk, reason="べつの人だった", now=now)
    wrong.refresh_from_db()
    assert wrong.void_reason == "べつの人だった"
    with pytest.raises(Refused, match="voided"):
        occasions.void(viewer, code=case.code, occasion=wrong.pk, reason="もう一度", now=now)
    occasions.enter(viewer, program=program.pk, told=call(now=now, code=case.code), now=now)


# --- two counselors --------------------------------------------------------------------------


def test_a_hand_over_moves_the_case_when_the_other_accepts(case, kaede, sora, now):
    first, second = staff_viewer(kaede), staff_viewer(sora)
    cases.write_note(first, code=case.code, text="わたしだけの", shared=False, now=now)
    cases.write_note(first, code=case.code, text="ふたりの", shared=True, now=now)
    offered = hand_over.offer(first, code=case.code, to=sora.pk, text="水曜がよい", now=now)
    case.refresh_from_db()
    assert case.counselor == kaede
    with pytest.raises(Refused, match="not_found"):
        queries.case(second, code=case.code)
    with pytest.raises(Refused, match="offered_already"):
        hand_over.offer(first, code=case.code, to=sora.pk, text="", now=now)
    hand_over.accept(second, hand_over=offered.pk, now=now)
    assert queries.case(second, code=case.code).counselor == sora
    with pytest.raises(Refused, match="not_found"):
        queries.case(first, code=case.code)
    with pytest.raises(Refused, match="moved_on"):
        hand_over.accept(second, hand_over=offered.pk, now=now)


def test_a_hand_over_is_declined_or_taken_back(case, kaede, sora, now):
    first, second = staff_viewer(kaede), staff_viewer(sora)
    for end, who in ((hand_over.decline, second), (hand_over.withdraw, first)):
        offered = hand_over.offer(first, code=case.code, to=sora.pk, text="", now=now)
        end(who, hand_over=offered.pk, now=now)
        with pytest.raises(Refused, match="moved_on"):
            hand_over.accept(second, hand_over=offered.pk, now=now)
    case.refresh_from_db()
    assert case.counselor == kaede
    assert HandOver.objects.count() == 2


def test_it_is_offered_to_a_counselor_of_the_program_alone(case, kaede, mori, now):
    for to, code in ((mori.pk, "no_colleague"), (kaede.pk, "not_oneself"), (9999, "no_colleague")):
        with pytest.raises(Refused, match=code):
            hand_over.offer(staff_viewer(kaede), code=case.code, to=to, text="", now=now)


def test_after_three_days_of_absence_a_coordinator_gives_it_to_another(
    case, kaede, sora, mori, aoi, now
):
    def give(at):
        reassigning.reassign(
            staff_viewer(mori), code=case.code, to=sora.pk, reason="やすんでいるため", now=at
        )

    with pytest.raises(Refused, match="contact"):
        reassigning.reassign(
            staff_viewer(mori), code=case.code, to=sora.pk, reason="090-1234-5678",
            now=now + timedelta(days=4),
        )  # fmt: skip
    with pytest.raises(Refused, match="not_absent"):
        give(now + timedelta(days=2))
    give(now + timedelta(days=3, minutes=1))
    case.refresh_from_db()
    assert case.counselor == sora
    assert AuditEntry.objects.filter(verb="counseling.reassign", reason="やすんでいるため").exists()
    assert aoi.letters.filter(title="相談員がかわりました").exists()
    with pytest.raises(Refused, match="not_found"):
        queries.case(staff_viewer(mori), code=case.code)
    with pytest.raises(Refused, match="not_found"):
        reassigning.reassign(staff_viewer(sora), code=case.code, to=kaede.pk, reason="…", now=now)


# --- one person, two voices ------------------------------------------------------------------


def test_two_voices_are_joined_for_the_counselor_and_apart_again(case, haha, kaede, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    viewer = staff_viewer(kaede)
    top = merging.merge(viewer, code=case.code, into=hers.code, now=now)
    hers.refresh_from_db()
    assert top.pk == case.pk, "the person's own voice stands for them"
    assert hers.merged_into_id == case.pk
    assert queries.top_of(hers).pk == case.pk
    with pytest.raises(Refused, match="merged"):
        merging.merge(viewer, code=hers.code, into=case.code, now=now)
    merging.unmerge(viewer, code=hers.code, now=now)
    hers.refresh_from_db()
    assert queries.top_of(hers).pk == hers.pk
    with pytest.raises(Refused, match="not_merged"):
        merging.unmerge(viewer, code=hers.code, now=now)


def test_one_that_stands_for_another_is_joined_to_none(case, haha, yoso, kaede, program, now):
    viewer = staff_viewer(kaede)
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    theirs = taken(asks(yoso, program, now=now, relation=Relation.SUPPORTER), kaede, now=now)
    merging.merge(viewer, code=theirs.code, into=hers.code, now=now)
    with pytest.raises(Refused, match="stands_for_others"):
        merging.merge(viewer, code=hers.code, into=case.code, now=now)
    theirs.refresh_from_db()
    assert theirs.merged_into_id == hers.pk
    merging.unmerge(viewer, code=theirs.code, now=now)
    for one in (hers, theirs):
        merging.merge(viewer, code=one.code, into=case.code, now=now)


@pytest.mark.parametrize("from_hers", [True, False])
def test_of_two_own_voices_the_one_with_a_page_stands(case, kaede, program, from_hers, now):
    viewer = staff_viewer(kaede)
    calls = occasions.enter(viewer, program=program.pk, told=call(now=now), now=now).case
    code, into = (case.code, calls.code) if from_hers else (calls.code, case.code)
    assert merging.merge(viewer, code=code, into=into, now=now).pk == case.pk


def test_of_two_who_only_call_the_one_that_was_named_stands(kaede, program, now):
    viewer = staff_viewer(kaede)
    one, other = (
        occasions.enter(viewer, program=program.pk, told=call(now=now), now=now).case
        for _ in range(2)
    )
    assert merging.merge(viewer, code=one.code, into=other.code, now=now).pk == other.pk


def test_only_one_s_own_cases_are_joined(case, haha, sora, kaede, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), sora, now=now)
    with pytest.raises(Refused, match="no_case"):
        merging.merge(staff_viewer(kaede), code=case.code, into=hers.code, now=now)


# --- the vault -------------------------------------------------------------------------------


@pytest.fixture
def deposited(case, aoi, now):
    """aoi's telephone number in the vault."""
    vault.deposit(
        seen_by(aoi), code=case.code, kind=Detail.TELEPHONE, text="090-1234-5678", nonce=uuid4(),
        now=now,
    )  # fmt: skip
    return case


def test_only_its_counselor_opens_it_and_each_opening_is_written_down(
    deposited, kaede, sora, mori, now
):
    for other in (sora, mori):
        with pytest.raises(Refused, match="not_found"):
            vault.open_details(staff_viewer(other), code=deposited.code, reason="…", now=now)
    with pytest.raises(Refused, match="no_reason"):
        vault.open_details(staff_viewer(kaede), code=deposited.code, reason="", now=now)
    assert not deposited.openings.exists()
    found = vault.open_details(staff_viewer(kaede), code=deposited.code, reason="お電話", now=now)
    assert [(one.kind, one.text) for one in found] == [("telephone", "090-1234-5678")]
    assert deposited.openings.get().reason == "お電話"
    assert AuditEntry.objects.filter(verb="counseling.open_contact").count() == 1


def test_without_its_key_it_is_noise(deposited, kaede, now, settings):
    settings.SEALING_KEY = "another one"
    with pytest.raises(Refused, match="cannot_open"):
        vault.open_details(staff_viewer(kaede), code=deposited.code, reason="お電話", now=now)
    assert deposited.openings.count() == 1


def test_a_detail_moved_to_another_vault_stays_shut(deposited, haha, kaede, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    vault.deposit(
        seen_by(haha), code=hers.code, kind=Detail.TELEPHONE, text="080-0000-1111", nonce=uuid4(),
        now=now,
    )  # fmt: skip
    mine = Vault.objects.get(case=deposited)
    hers.vault.details.update(vault=mine)
    with pytest.raises(Refused, match="cannot_open"):
        vault.open_details(staff_viewer(kaede), code=deposited.code, reason="お電話", now=now)


def test_the_key_changes_and_everything_still_opens(deposited, kaede, now, settings):
    settings.SEALING_KEY_BEFORE, settings.SEALING_KEY = settings.SEALING_KEY, "the next one"
    viewer = staff_viewer(kaede)
    assert vault.open_details(viewer, code=deposited.code, reason="…", now=now)
    assert sum(vault.reseal()) == 1
    assert sum(vault.reseal()) == 0
    settings.SEALING_KEY_BEFORE = ""
    assert vault.open_details(viewer, code=deposited.code, reason="…", now=now)


def test_taken_back_it_is_gone(deposited, aoi, kaede, now):
    vault.take_back(seen_by(aoi), code=deposited.code, now=now)
    assert vault.open_details(staff_viewer(kaede), code=deposited.code, reason="…", now=now) == []


def test_what_lies_with_a_case_closed_long_ago_goes(deposited, kaede, now):
    cases.close(staff_viewer(kaede), code=deposited.code, now=now)
    assert sum(vault.purge(now=now + timedelta(days=90))) == 0
    assert sum(vault.purge(now=now + timedelta(days=91))) == 1
    assert not Vault.objects.exists()


@pytest.mark.parametrize("relation", list(Relation))
def test_without_a_voice_it_is_whoever_speaks_in_the_case(haha, kaede, program, relation, now):
    hers = taken(asks(haha, program, now=now, relation=relation), kaede, now=now)
    desk, form = signed_in_as(kaede), {"minutes": "20", "channel": "telephone", "relation": ""}
    shown = desk.get(f"/counseling/desk/occasions/?code={hers.code}").content.decode()
    assert '<option value="self" selected>' not in shown
    sent = desk.post("/counseling/desk/occasions/", {**form, "code": hers.code})
    assert sent.status_code == 303
    assert Occasion.objects.get().relation == relation.value


def test_of_somebody_new_a_voice_is_said(kaede, program):
    form = {"minutes": "20", "channel": "telephone", "relation": "", "line": "しずかな人"}
    answer = signed_in_as(kaede).post("/counseling/desk/occasions/", form)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "だれのことかを、えらんでください" in said and "しずかな人" in said
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("relation", "invited", "origin"),
    [
        (Relation.SELF, False, "web_window"), (Relation.SELF, True, "room"),
        (Relation.FAMILY, False, "family"), (Relation.SUPPORTER, False, "web_window"),
    ],
)  # fmt: skip
def test_the_way_here_is_proposed_and_the_counselor_corrects_it_until_it_is_counted(
    aoi, ren, kaede, program, relation, invited, origin, now
):
    if invited:
        Invitation.objects.create(program=program, participant=aoi, invited_by=ren, at=now)
    case = taken(asks(aoi, program, now=now, relation=relation), kaede, now=now)
    assert case.origin == origin
    desk = signed_in_as(kaede)
    page = desk.get(f"/counseling/desk/{case.code}/").content.decode()
    assert f'<option value="{origin}" selected>' in page
    told = call(now=now, code=case.code, relation=relation, origin=Origin.LEAFLET)
    occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now)
    assert Entry.objects.get(kind="new_case").origin == "leaflet"


def test_what_is_left_open_keeps_the_way_here(case, kaede, program, now):
    told = call(now=now, code=case.code, origin=Origin.UNKNOWN)
    occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now)
    assert Entry.objects.get(kind="new_case").origin == "web_window"


def test_what_a_counselor_corrected_stays_when_they_ask_again(case, aoi, kaede, program, now):
    viewer = staff_viewer(kaede)
    cases.describe(
        viewer, code=case.code, cohort=Cohort.YES, origin=Origin.UNKNOWN, urgency=Urgency.USUAL,
        municipality=None, now=now,
    )  # fmt: skip
    cases.close(viewer, code=case.code, now=now)
    assert asks(aoi, program, now=now).pk == case.pk
    case.refresh_from_db()
    assert case.origin == "unknown"
