"""Of somebody who agreed to nothing, no number, address or name leaves with a mother's packet."""

import re

import pytest

from counseling import packet
from counseling.actions import referrals
from counseling.models import Consent, Referral
from counseling.onward_forms import Agreed, Edited
from counseling.states import Goal, Heading, ReferralState, Relation, Sent
from foundation.clock import jst_day
from foundation.refusals import Refused
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.across import accept, agree, send, state
from tests.counseling.places import make_agency
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken

ADDRESS = "神戸市中央区加納町6丁目の家にいます。"


@pytest.fixture
def hers(haha, kaede, program, now):
    return taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)


def put(kaede, case, program, now, absent):
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.FAMILY, now=now,
        typed={Heading.CALLER: "母です。", Heading.ABSENT: absent},
        agency=make_agency(program, now=now).pk,
    )  # fmt: skip


def add(person, referral, text, now):
    edited = Edited(lines={}, added={Heading.ABSENT: text})
    referrals.edit(
        seen_by(person), code=referral.case.code, referral=referral.pk, edited=edited, now=now
    )


@pytest.mark.parametrize("text", [ADDRESS, "〒650-8570の家です。"])
def test_an_address_of_the_absent_is_refused_whoever_writes_it(
    hers, haha, kaede, program, now, text
):
    with pytest.raises(Refused, match=r"contact|absent_reached"):
        put(kaede, hers, program, now, text)
    assert not Referral.objects.exists()
    made = put(kaede, hers, program, now, "部屋にいるようです。")
    with pytest.raises(Refused, match=r"contact|absent_reached"):
        add(haha, made, text, now)
    made.refresh_from_db()
    assert text not in str(made.draft)


def test_what_lay_in_an_old_draft_is_refused_before_consent(hers, haha, kaede, program, now):
    made = put(kaede, hers, program, now, "部屋にいるようです。")
    Referral.objects.filter(pk=made.pk).update(
        draft={"absent": [{"text": ADDRESS, "struck": False}]}
    )
    with pytest.raises(Refused, match="absent_reached"):
        agree(haha, made, now=now)
    assert not Consent.objects.exists()
    Referral.objects.filter(pk=made.pk).update(
        draft={
            "absent": [
                {"text": ADDRESS, "struck": True}, {"text": "夜に起きます。", "struck": False}
            ]
        }
    )  # fmt: skip
    assert ADDRESS not in agree(haha, made, now=now).words


def test_a_name_of_the_absent_is_looked_at_again_before_consent(hers, haha, kaede, program, now):
    made = put(kaede, hers, program, now, "健太くんは、部屋にいます。")
    with pytest.raises(Refused, match="absent_named"):
        agree(haha, made, now=now)
    assert state(made) == ReferralState.PROPOSED
    assert not Consent.objects.exists()
    shown = packet.digest(packet.canonical(referrals.preview(made)))
    referrals.agree(
        seen_by(haha), code=hers.code, referral=made.pk, now=now,
        agreed=Agreed(digest=shown, details=(), along=False, sure=True, unnamed=True),
    )  # fmt: skip
    assert state(made) == ReferralState.AGREED


def test_how_a_mother_speaks_of_her_son_stops_nothing(hers, haha, kaede, program, now):
    made = put(kaede, hers, program, now, "息子は、おばあちゃんと話します。様子はわかりません。")
    agree(haha, made, now=now)
    assert state(made) == ReferralState.AGREED


def test_one_s_own_packet_is_asked_about_and_never_stopped(case, aoi, kaede, program, now):
    made = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, now=now,
        typed={Heading.SELF: "山田さんと呼んでください。夜がいいです。"},
        agency=make_agency(program, now=now).pk,
    )  # fmt: skip
    where = f"onward/{made.pk}/"
    shown = page(seated(aoi), f"/counseling/mine/{case.code}/{where}")
    assert "名前や住所が、書かれていませんか" in shown
    assert "名前のように見えます" in shown
    assert 'name="unnamed"' not in shown
    agree(aoi, made, now=now)
    desk = page(signed_in_as(kaede), f"/counseling/desk/{case.code}/{where}")
    assert "名前や住所が、書かれていませんか" in desk


def test_on_her_page_she_is_asked_and_loses_nothing(hers, haha, kaede, program, now):
    made = put(kaede, hers, program, now, "健太くんは、部屋にいます。")
    browser = seated(haha)
    mine = f"/counseling/mine/{hers.code}/onward/{made.pk}/"
    digest = re.search(r'name="digest" value="(\w+)"', page(browser, mine)).group(1)
    sent = {"digest": digest, "sure": "on"}
    refused = browser.post(f"{mine}agree/", sent)
    assert refused.status_code == 422
    assert "名前のように見えるところがあります" in refused.content.decode()
    lost = browser.post(f"{mine}words/", {"add-absent": ADDRESS, "line-absent-0": "夜に起きます。"})
    assert lost.status_code == 422
    body = lost.content.decode()
    assert ADDRESS in body
    assert "夜に起きます。" in body
    assert browser.post(f"{mine}agree/", sent | {"unnamed": "on"}).status_code == 303
    assert state(made) == ReferralState.AGREED


def test_the_desk_says_of_whom_it_speaks_where_somebody_else_asked(hers, haha, kaede, program, now):
    made = put(kaede, hers, program, now, "夜に起きます。")
    desk = signed_in_as(kaede)
    where = f"/counseling/desk/{hers.code}/onward/{made.pk}/"
    shown = page(desk, where)
    assert "これまで(相談した人にも見えます)" in shown
    assert "本人にも見えます" not in shown
    agree(haha, made, now=now)
    send(kaede, made, now=now, by=Sent.FAX)
    accept(kaede, made, now=now)
    shown = page(desk, where)
    assert "家族や支援者の相談では、数えません" in shown
    answer = desk.post(
        f"{where}linked/", {"on": str(jst_day(now)), "evidence": "agency_told", "came": "on"}
    )
    assert answer.status_code == 422
    assert state(made) == ReferralState.ACCEPTED
