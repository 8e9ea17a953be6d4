"""What went to whom is remembered for each detail, whatever becomes of the detail afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from counseling import belongings, sent_details
from counseling.actions import cases, referrals, sending, vault
from counseling.models import Case, ContactDetail, SentDetail, Vault
from counseling.states import Detail, Goal, Heading, Sent
from foundation.refusals import Refused
from foundation.sealed import CannotOpen, open_key, unseal
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.across import accept, agree, dump, send
from tests.counseling.places import make_agency
from tests.counseling.test_pages import page, seated

TELEPHONE, OTHER, STREET, NAME = "090-5555-0199", "080-4444-0188", "青空町8-8-8", "青空かなた"


def put(person, case, kind, text, *, now, instead=False):
    vault.deposit(
        seen_by(person), code=case.code, kind=kind, text=text, nonce=uuid4(), instead=instead,
        now=now,
    )  # fmt: skip


def said(case):
    return [
        (one.kind, one.recipient, one.by, one.at, one.gone) for one in sent_details.of_case(case)
    ]


@pytest.fixture
def full(case, aoi, now):
    """A vault with a telephone number, an address and a name."""
    put(aoi, case, Detail.TELEPHONE, TELEPHONE, now=now)
    put(aoi, case, Detail.ADDRESS, STREET, now=now)
    put(aoi, case, Detail.NAME, NAME, now=now)
    return case


@pytest.fixture
def told(full, referral, aoi, kaede, now):
    """The telephone number alone was agreed to and went out by fax."""
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE,))
    send(kaede, referral, now=now, by=Sent.FAX)
    return referral


def test_only_what_was_agreed_to_counts_as_sent(told, full, station, now):
    assert said(full) == [("telephone", station.name, "fax", now, "")]


def test_a_link_s_details_are_sent_when_its_sheet_is_opened_and_once(
    full, referral, aoi, kaede, station, now
):
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE, Detail.ADDRESS))
    way = send(kaede, referral, now=now)
    assert said(full) == []
    later = now + timedelta(minutes=5)
    number = sending.open_link(token=way.token, code=way.code, now=later)
    for minute in (0, 1):
        sending.sheet_for_link(
            token=way.token, link=number, taken=bool(minute), now=later + timedelta(minutes=minute)
        )
    assert said(full) == [
        ("telephone", station.name, "link", later, ""),
        ("address", station.name, "link", later, ""),
    ]


def test_what_cannot_be_opened_was_not_sent(full, referral, aoi, kaede, now, settings):
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE,))
    way = send(kaede, referral, now=now)
    number = sending.open_link(token=way.token, code=way.code, now=now)
    settings.SEALING_KEY = "another one"
    with pytest.raises(Refused, match="cannot_open"):
        sending.sheet_for_link(token=way.token, link=number, taken=False, now=now)
    assert said(full) == []


def test_changing_one_after_it_was_sent_tells_which_had_been_sent(told, full, aoi, station, now):
    later = now + timedelta(days=1)
    put(aoi, full, Detail.TELEPHONE, OTHER, now=later, instead=True)
    assert said(full) == [("telephone", station.name, "fax", now, "replaced")]
    (sent,) = sent_details.of_case(full)
    assert (sent.deposited_at, sent.gone_at, sent.detail_id) == (now, later, None)


def test_the_new_one_goes_nowhere_by_the_old_consent(told, full, aoi, kaede, now):
    put(aoi, full, Detail.TELEPHONE, OTHER, now=now + timedelta(days=1), instead=True)
    made = sending.paper(
        staff_viewer(kaede), code=full.code, referral=told.pk, now=now + timedelta(days=2)
    )
    assert made.details == []
    assert len(said(full)) == 1


def test_another_of_its_kind_beside_it_changes_nothing(told, full, aoi, kaede, now):
    put(aoi, full, Detail.TELEPHONE, OTHER, now=now + timedelta(days=1))
    assert [gone for *_, gone in said(full)] == [""]
    found = vault.open_details(staff_viewer(kaede), code=full.code, reason="…", now=now)
    assert sorted(one.text for one in found if one.kind == "telephone") == [OTHER, TELEPHONE]


def test_one_kind_is_taken_back_alone_and_the_counselor_has_something_new(
    told, full, aoi, kaede, station, now
):
    Case.objects.filter(pk=full.pk).update(waiting_since=None)
    vault.take_back(seen_by(aoi), code=full.code, kind=Detail.TELEPHONE, now=now)
    assert said(full) == [("telephone", station.name, "fax", now, "taken_back")]
    full.refresh_from_db()
    assert full.waiting_since == now
    found = vault.open_details(staff_viewer(kaede), code=full.code, reason="…", now=now)
    assert {one.text for one in found} == {STREET, NAME}


def test_taking_back_what_was_never_sent_tells_nobody_anything(full, aoi, now):
    Case.objects.filter(pk=full.pk).update(waiting_since=None)
    vault.take_back(seen_by(aoi), code=full.code, kind=Detail.MAIL, now=now)
    vault.take_back(seen_by(aoi), code=full.code, kind=Detail.NAME, now=now)
    full.refresh_from_db()
    assert (full.waiting_since, said(full)) == (None, [])
    assert ContactDetail.objects.count() == 2


def test_one_taken_back_is_noise_even_to_the_key_of_those_that_stay(full, aoi, now):
    gone = ContactDetail.objects.get(kind="telephone")
    at = vault._place_of(gone)
    place = vault._place_of_key(full)
    old = Vault.objects.get().key
    assert unseal(gone.sealed, at=at, under=open_key(old, at=place)) == TELEPHONE
    vault.take_back(seen_by(aoi), code=full.code, kind=Detail.TELEPHONE, now=now)
    new = Vault.objects.get().key
    assert new != old
    with pytest.raises(CannotOpen):
        unseal(gone.sealed, at=at, under=open_key(new, at=place))


def test_what_an_agency_accepted_goes_after_90_days_and_the_others_stay(
    told, full, kaede, station, now
):
    accept(kaede, told, now=now)
    assert sum(vault.purge(now=now + timedelta(days=90))) == 0
    late = now + timedelta(days=91)
    assert sum(vault.purge(now=late)) == 1
    assert sum(vault.purge(now=late)) == 0
    assert {one.kind for one in ContactDetail.objects.all()} == {"address", "name"}
    assert said(full) == [("telephone", station.name, "fax", now, "expired")]
    found = vault.open_details(staff_viewer(kaede), code=full.code, reason="…", now=late)
    assert {one.text for one in found} == {STREET, NAME}


def test_erasing_oneself_shreds_what_was_not_accepted_and_leaves_the_record(
    told, full, aoi, kaede, now
):
    accept(kaede, told, now=now)
    belongings.erase(aoi.pk, now=now)
    assert {one.kind for one in ContactDetail.objects.all()} == {"telephone"}
    assert len(said(full)) == 1


def test_without_the_key_erasing_still_takes_every_row_that_nobody_accepted(
    told, full, aoi, kaede, now, settings
):
    accept(kaede, told, now=now)
    settings.SEALING_KEY = "another one"
    belongings.erase(aoi.pk, now=now)
    assert {one.kind for one in ContactDetail.objects.all()} == {"telephone"}


def test_everything_goes_with_a_case_closed_long_ago(told, full, kaede, now):
    sending.record_failure(staff_viewer(kaede), code=full.code, referral=told.pk, line="", now=now)
    cases.close(staff_viewer(kaede), code=full.code, now=now)
    assert sum(vault.purge(now=now + timedelta(days=91))) == 1
    assert not Vault.objects.exists()
    assert [gone for *_, gone in said(full)] == ["expired"]


def test_what_went_to_two_is_told_for_both(told, full, aoi, kaede, station, program, now):
    window = make_agency(program, now=now, name="くらしの窓口")
    other = referrals.propose(
        staff_viewer(kaede), code=full.code, goal=Goal.AGENCY, typed={Heading.SELF: "夜がいい。"},
        agency=window.pk, now=now,
    )  # fmt: skip
    agree(aoi, other, now=now, details=(Detail.TELEPHONE, Detail.NAME))
    later = now + timedelta(days=2)
    send(kaede, other, now=later, by=Sent.PAPER)
    vault.take_back(seen_by(aoi), code=full.code, kind=Detail.TELEPHONE, now=later)
    assert said(full) == [
        ("telephone", station.name, "fax", now, "taken_back"),
        ("telephone", window.name, "paper", later, "taken_back"),
        ("name", window.name, "paper", later, ""),
    ]


# --- who sees it ----------------------------------------------------------------------------------


def test_the_person_and_the_counselor_see_which_went_to_whom_and_never_what_it_says(
    told, full, aoi, kaede, station, now
):
    mine, desk = f"/counseling/mine/{full.code}/", f"/counseling/desk/{full.code}/"
    browser, counselor = seated(aoi), signed_in_as(kaede)
    pages = (
        (browser, mine), (browser, f"{mine}onward/{told.pk}/"),
        (counselor, desk), (counselor, f"{desk}onward/{told.pk}/"),
    )  # fmt: skip
    for client, address in pages:
        shown = page(client, address)
        line = shown[shown.index("送った連絡先") :]
        assert "電話番号" in line, address
        assert station.name in line, address
        assert "ファックス" in line, address
        assert "消しました" not in line, address
        assert TELEPHONE not in shown, address
    answer = browser.post(f"{mine}take-back/", {"kind": "telephone"})
    assert answer.status_code == 303
    for client, address in pages:
        assert "ここからは、消しました。" in page(client, address), address


def test_beside_a_detail_that_is_open_stands_where_it_went(told, full, kaede, station):
    desk = f"/counseling/desk/{full.code}/"
    shown = signed_in_as(kaede).post(f"{desk}details/", {"reason": "お電話"}).content.decode()
    for text, went in ((TELEPHONE, True), (STREET, False), (NAME, False)):
        beside = shown[shown.index(text) :].partition("<p")[0]
        assert (station.name in beside) == went, text


def test_whoever_sent_nothing_sees_nothing_of_it(full, aoi, kaede):
    assert "送った連絡先" not in page(seated(aoi), f"/counseling/mine/{full.code}/")
    assert "送った連絡先" not in page(signed_in_as(kaede), f"/counseling/desk/{full.code}/")


def test_an_unknown_kind_takes_nothing_back(full, aoi):
    answer = seated(aoi).post(f"/counseling/mine/{full.code}/take-back/", {"kind": "everything"})
    assert answer.status_code == 422
    assert ContactDetail.objects.count() == 3


def test_the_form_puts_one_in_the_place_of_another(told, full, aoi, kaede, now):
    sent = {"kind": "telephone", "text": OTHER, "nonce": str(uuid4()), "instead": "on"}
    browser = seated(aoi)
    for _twice in range(2):
        assert browser.post(f"/counseling/mine/{full.code}/deposit/", sent).status_code == 303
    found = vault.open_details(staff_viewer(kaede), code=full.code, reason="…", now=now)
    assert [one.text for one in found if one.kind == "telephone"] == [OTHER]
    assert [gone for *_, gone in said(full)] == ["replaced"]


def test_it_is_taken_along_with_everything_of_one_s_own_and_holds_no_detail(told, aoi, station):
    (kept,) = belongings.shown(aoi.pk)["referrals"]
    (sent,) = kept["details_sent"]
    assert (sent["kind"], sent["to"], sent["by"]) == ("telephone", station.name, "fax")
    assert "5555" not in repr(kept)
    assert TELEPHONE not in dump()


# --- what was remembered together -----------------------------------------------------------------

BEFORE = [("counseling", "0009_emergencies_released")]


@pytest.mark.django_db(transaction=True)
def test_what_a_vault_had_sent_before_is_carried_over_to_each_detail(
    told, full, aoi, kaede, station, now
):
    accept(kaede, told, now=now)
    executor = MigrationExecutor(connection)
    leaves = [one for one in executor.loader.graph.leaf_nodes() if one[0] == "counseling"]
    try:
        executor.migrate(BEFORE)
        old = executor.loader.project_state(BEFORE).apps.get_model("counseling", "Vault")
        assert old.objects.get().sent_at == now
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert said(full) == [("telephone", station.name, "fax", now, "")]
    (sent,) = SentDetail.objects.select_related("detail")
    assert (sent.accepted_at, sent.deposited_at) == (now, now)
    assert sent.detail is not None
    assert sent.detail.kind == "telephone"
