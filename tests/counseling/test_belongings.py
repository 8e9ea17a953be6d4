"""What is kept of a person is their own: a mother's asking leaves no trace on her son's side."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import belongings
from accounts.models import Participant
from chat.actions.daily import purge_all
from counseling.actions import cases, merging, referrals, talk, vault
from counseling.actions import purge as going
from counseling.models import Asking, Case, ContactDetail, Vault
from counseling.states import CaseState, Detail, Goal, Heading, Relation, Sent
from tests.cast import make_participant, seen_by, staff_viewer
from tests.counseling.across import accept, agree, send
from tests.counseling.voices import asks, taken


@pytest.fixture
def his(aoi, kaede, program, now):
    """The son's own case, with a few words said."""
    case = taken(asks(aoi, program, now=now, words="わたしのことば"), kaede, now=now)
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    return case


@pytest.fixture
def hers(haha, kaede, program, now):
    """The mother's."""
    return taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)


def exported(person, now) -> bytes:
    kept = belongings.export(person.pk, now=now)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()


def test_the_son_s_export_is_the_same_byte_for_byte_after_his_mother_asked(
    his, aoi, haha, kaede, program, now
):
    before = exported(aoi, now)
    assert "わたしのことば".encode() in before
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    viewer = staff_viewer(kaede)
    merging.merge(viewer, code=hers.code, into=his.code, now=now)
    vault.deposit(
        seen_by(haha), code=hers.code, kind=Detail.NAME, text="名前", nonce=uuid4(), now=now
    )
    vault.open_details(viewer, code=hers.code, reason="電話", now=now)
    cases.write_note(viewer, code=his.code, text="お母さんから", shared=True, now=now)
    assert exported(aoi, now) == before
    assert "電話".encode() in exported(haha, now)
    merging.unmerge(viewer, code=hers.code, now=now)
    assert exported(aoi, now) == before


def test_his_words_would_be_seen_in_his_export(his, aoi, now):
    before = exported(aoi, now)
    talk.say(seen_by(aoi), code=his.code, text="もうひとこと", nonce=uuid4(), now=now)
    assert exported(aoi, now) != before


def test_erasing_takes_words_and_the_vault_and_leaves_the_record(his, hers, aoi, kaede, now):
    viewer = staff_viewer(kaede)
    merging.merge(viewer, code=hers.code, into=his.code, now=now)
    for who, case in ((aoi, his), (hers.participant, hers)):
        vault.deposit(
            seen_by(who), code=case.code, kind=Detail.TELEPHONE, text="090-1234-5678",
            nonce=uuid4(), now=now,
        )  # fmt: skip
    (stays,) = belongings.staying(aoi.pk)
    assert "5年" in stays.until
    belongings.erase_all(aoi.pk, now=now)
    his.refresh_from_db()
    assert (his.state, his.participant_id, his.counselor) == (CaseState.OPEN, None, kaede)
    assert set(Vault.objects.values_list("case_id", flat=True)) == {hers.pk}
    assert Asking.objects.get(case=his).words == ""
    assert not his.room.messages.exclude(text="").exists()
    assert not Participant.objects.filter(pk=aoi.pk).exists()


def test_what_went_to_an_agency_stays_for_its_90_days_and_the_page_says_so(
    his, aoi, kaede, station, now
):
    vault.deposit(
        seen_by(aoi), code=his.code, kind=Detail.TELEPHONE, text="090-1234-5678", nonce=uuid4(),
        now=now,
    )  # fmt: skip
    made = referrals.propose(
        staff_viewer(kaede), code=his.code, goal=Goal.AGENCY, typed={Heading.SELF: "夜がいい。"},
        agency=station.pk, now=now,
    )  # fmt: skip
    agree(aoi, made, now=now, details=(Detail.TELEPHONE,))
    send(kaede, made, now=now, by=Sent.FAX)
    said = "支援機関へ送った連絡先"
    assert said not in [one.what for one in belongings.staying(aoi.pk)]
    accept(kaede, made, now=now)
    assert said in [one.what for one in belongings.staying(aoi.pk)]
    belongings.erase_all(aoi.pk, now=now)
    assert ContactDetail.objects.count() == 1
    purge_all(now=now + timedelta(days=91))
    assert not ContactDetail.objects.exists()


def test_someone_who_only_asked_leaves_nothing(aoi, program, now):
    case = asks(aoi, program, now=now, words="やっぱり")
    assert belongings.staying(aoi.pk) == []
    belongings.erase_all(aoi.pk, now=now)
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_an_open_case_keeps_its_person_from_the_purge(his, aoi, kaede, now):
    other = make_participant("とおい", now=now)
    late = now + timedelta(days=370)
    aoi.letters.update(read_at=now)
    purge_all(now=late)
    assert Participant.objects.filter(pk=aoi.pk).exists()
    assert not Participant.objects.filter(pk=other.pk).exists()
    cases.close(staff_viewer(kaede), code=his.code, now=now)
    aoi.letters.update(read_at=now)
    purge_all(now=late)
    assert not Participant.objects.filter(pk=aoi.pk).exists()


def test_the_talk_isn_t_purged_like_a_room_and_goes_with_its_case(his, aoi, kaede, now):
    purge_all(now=now + timedelta(days=40))
    his.refresh_from_db()
    assert his.room.messages.filter(text="こんばんは").exists()
    cases.close(staff_viewer(kaede), code=his.code, now=now)
    assert list(going.purge(now=now + timedelta(days=5 * 365))) == []
    assert list(going.purge(now=now + timedelta(days=5 * 366 + 2))) == [("cases", 1)]
    assert not Case.objects.filter(pk=his.pk).exists()
