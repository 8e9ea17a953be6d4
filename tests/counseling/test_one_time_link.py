"""A link is spent by its code, once; what goes along goes no further than was agreed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Letter
from counseling import belongings
from counseling.actions import referrals, sending, vault
from counseling.models import Crossing, LinkOpening, OneTimeLink, SentDetail
from counseling.onward_forms import Edited
from counseling.states import (
    Detail,
    Heading,
    ReferralState,
)
from foundation.refusals import Refused
from tests.cast import seen_by, staff_viewer
from tests.counseling.across import agree, dump, send, state

# --- the link ------------------------------------------------------------------------------------


def test_a_link_is_spent_by_its_code_once(way, now):
    number = sending.open_link(token=way.token, code=way.code, now=now)
    sheet = sending.sheet_for_link(token=way.token, link=number, taken=True, now=now)
    assert "夜のほうが話しやすいです。" in dict(sheet.words.parts)["self"]
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=now)
    with pytest.raises(Refused, match="link_over"):
        sending.sheet_for_link(token=way.token, link=None, taken=False, now=now)
    late = now + timedelta(minutes=61)
    with pytest.raises(Refused, match="link_over"):
        sending.sheet_for_link(token=way.token, link=number, taken=False, now=late)
    assert list(LinkOpening.objects.order_by("pk").values_list("what", flat=True)) == [
        "opened", "pdf", "late",
    ]  # fmt: skip


def test_five_wrong_codes_end_it(way, now):
    wrong = f"{(int(way.code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(Refused, match="wrong_code"):
            sending.open_link(token=way.token, code=wrong, now=now)
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=now)
    assert OneTimeLink.objects.get().tries == 5


def test_it_runs_out_and_a_new_one_ends_the_old(way, referral, kaede, now):
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=now + timedelta(days=15))
    viewer = staff_viewer(kaede)
    new = sending.new_link(viewer, code=referral.case.code, referral=referral.pk, now=now)
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=now)
    assert sending.open_link(token=new.token, code=new.code, now=now)


def test_a_withdrawn_one_opens_nothing_even_in_an_open_browser(way, referral, aoi, now):
    number = sending.open_link(token=way.token, code=way.code, now=now)
    referrals.withdraw(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)
    for deed in (
        lambda: sending.sheet_for_link(token=way.token, link=number, taken=False, now=now),
        lambda: sending.accept_by_link(token=way.token, link=number, who="係", now=now),
    ):
        with pytest.raises(Refused, match="link_over"):
            deed()


def test_the_agency_accepts_on_its_own_page(way, referral, now):
    number = sending.open_link(token=way.token, code=way.code, now=now)
    sending.accept_by_link(token=way.token, link=number, who="相談係", now=now)
    assert state(referral) == ReferralState.ACCEPTED
    assert (referral.accepted_by, referral.accepted_who) == ("link", "相談係")
    assert Crossing.objects.latest("pk").mover == "agency"


def test_the_agency_declines_and_the_person_is_told_it_is_not_their_fault(way, referral, aoi, now):
    number = sending.open_link(token=way.token, code=way.code, now=now)
    sending.decline_by_link(token=way.token, link=number, who="", line="定員です", now=now)
    assert state(referral) == ReferralState.FAILED
    assert "せいではありません" in Letter.objects.filter(participant=aoi).latest("pk").text


def test_neither_token_nor_code_lies_in_the_database(way):
    assert way.token not in dump()
    assert way.code not in {OneTimeLink.objects.get().code, OneTimeLink.objects.get().token}


# --- details -------------------------------------------------------------------------------------


def test_details_go_along_only_as_far_as_agreed_and_lie_nowhere_in_clear(referral, aoi, kaede, now):
    for kind, text in ((Detail.TELEPHONE, "090-5555-0199"), (Detail.ADDRESS, "青空町8-8-8")):
        vault.deposit(
            seen_by(aoi), code=referral.case.code, kind=kind, text=text,
            nonce=uuid4(), now=now,
        )  # fmt: skip
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE,))
    way = send(kaede, referral, now=now)
    number = sending.open_link(token=way.token, code=way.code, now=now)
    sheet = sending.sheet_for_link(token=way.token, link=number, taken=False, now=now)
    assert sheet.details == [("telephone", "090-5555-0199")]
    assert "5555-0199" not in dump()
    assert "青空町" not in dump()
    sending.accept_by_link(token=way.token, link=number, who="相談係", now=now)
    (sent,) = SentDetail.objects.all()
    assert (sent.kind, sent.by, sent.at, sent.accepted_at) == ("telephone", "link", now, now)


@pytest.mark.parametrize("line", ["090-1234-5678に電話を", "sora@example.com"])
def test_contact_details_are_no_words_of_a_packet(referral, aoi, line, now):
    viewer, code = seen_by(aoi), referral.case.code
    edited = Edited(lines={}, added={Heading.REACH: line})
    with pytest.raises(Refused, match="contact"):
        referrals.edit(viewer, code=code, referral=referral.pk, edited=edited, now=now)
    fine = Edited(lines={}, added={Heading.REACH: "手紙がいいです"})
    referrals.edit(viewer, code=code, referral=referral.pk, edited=fine, now=now)


def test_erasing_oneself_withdraws_what_is_on_its_way_and_takes_our_copy_of_the_words(
    referral, way, aoi, now
):
    assert "夜のほうが話しやすいです。" in dump()
    kept = belongings.shown(aoi.pk)["referrals"]
    assert [(one["to"], one["state"]) for one in kept] == [(referral.to, "sent")]
    assert any("つなぎシート" in str(one.what) for one in belongings.stays(aoi.pk))
    belongings.erase(aoi.pk, now=now)
    assert state(referral) == ReferralState.WITHDRAWN
    assert referral.to_tell_at == now
    assert "夜のほうが話しやすいです。" not in dump()
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=now)
