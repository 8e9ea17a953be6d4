"""Who only calls says yes by telephone: their words, their recipient, another one's pen."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client

from accounts.states import Role
from audit.models import AuditEntry
from counseling import packet
from counseling.actions import by_telephone, occasions, referrals, sending
from counseling.models import Case, Consent, ContactDetail, Crossing, NextStep, OneTimeLink
from counseling.onward_forms import Agreed, Edited, Spoken
from counseling.states import Channel, Detail, Goal, Heading, ReferralState, Relation, Sent
from counseling.views.onward_desk import of_sheet
from foundation.clock import jst, jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.counseling.across import SAID, dump, send, state
from tests.counseling.test_pages import page
from tests.counseling.test_referral_pages import post
from tests.counseling.voices import call
from tests.foundation.test_printed import characters

NUMBER, HOME = "090-7731-0042", "高知市かなりあ町9-9-9"
SAID_YES = timedelta(minutes=20)


def caller(kaede, program, *, now, **changed):
    told = call(now=now, **changed)
    return occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now).case


def proposed(kaede, case, station, *, now, typed=None):
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, agency=station.pk, now=now,
        typed=typed or {Heading.SELF: SAID},
    )  # fmt: skip


@pytest.fixture
def his(kaede, program, now):
    """Somebody who called an hour ago, and has no page."""
    return caller(kaede, program, now=now - timedelta(hours=1))


@pytest.fixture
def referral(his, kaede, station, now):
    return proposed(kaede, his, station, now=now - timedelta(hours=1))


def spoken(now, *, ago=SAID_YES, channel=Channel.TELEPHONE, spoke=Relation.SELF):
    return Spoken(channel, now - ago, spoke)


def yes(kaede, row, *, now, details=(), **changed):
    row.refresh_from_db()
    digest = packet.digest(packet.canonical(referrals.preview(row)))
    return by_telephone.agree(
        staff_viewer(kaede), code=row.case.code, referral=row.pk, now=now,
        agreed=Agreed(digest=digest, details=details, along=False, sure=True),
        spoken=spoken(now, **changed),
    )  # fmt: skip


def test_a_yes_by_telephone_is_kept_with_who_heard_it_when_and_how(referral, kaede, now):
    made = yes(kaede, referral, now=now)
    assert (made.channel, made.spoke, made.heard_at, made.recorded_by_id) == (
        "telephone", "self", now - SAID_YES, kaede.pk,
    )  # fmt: skip
    assert made.expires_at == made.heard_at + referrals.CONSENT_LASTS
    assert (made.recipient, made.wording) == (referral.to, packet.WORDING)
    line = Crossing.objects.get(referral=referral, what="agreed")
    assert (line.mover, line.channel, line.recorded_by_id) == ("person", "telephone", kaede.pk)
    assert AuditEntry.objects.filter(verb="counseling.aloud_agree", actor=kaede.pk).count() == 1
    send(kaede, referral, now=now, by=Sent.FAX)
    found = sending.paper(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now
    )
    paper = render_to_string("counseling/_sheet.html", of_sheet(found))
    assert "口頭で同意（電話・記録：相談員）" in paper


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ago": timedelta(minutes=-5)}, "not_yet_said"),
        ({"ago": timedelta(hours=2)}, "before_that"),
        ({"spoke": Relation.FAMILY}, "not_who_spoke"),
    ],
)
def test_nobody_else_and_at_no_other_time(referral, kaede, now, changed, code):
    with pytest.raises(Refused, match=code):
        yes(kaede, referral, now=now, **changed)
    assert state(referral) == ReferralState.PROPOSED


def test_other_words_than_were_read_are_not_agreed_to(referral, kaede, now):
    read = packet.digest(packet.canonical(referrals.preview(referral)))
    line = packet.Line("昼のほうが話しやすいです。")
    by_telephone.write(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now,
        edited=Edited({Heading.SELF: (line,)}, {}),
    )  # fmt: skip
    with pytest.raises(Refused, match="before_the_words"):
        yes(kaede, referral, now=now)
    with pytest.raises(Refused, match="other_words"):
        by_telephone.agree(
            staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now,
            agreed=Agreed(digest=read, details=(), along=False, sure=True),
            spoken=spoken(now, ago=timedelta(0)),
        )  # fmt: skip


def test_taken_back_by_telephone_the_link_is_dead_and_the_recipient_is_to_be_told(
    referral, kaede, now
):
    yes(kaede, referral, now=now)
    way = send(kaede, referral, now=now)
    later = now + timedelta(hours=1)
    by_telephone.withdraw(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=later,
        spoken=spoken(later),
    )  # fmt: skip
    assert state(referral) == ReferralState.WITHDRAWN
    assert referral.to_tell_at == later
    assert not OneTimeLink.objects.filter(ended_at__isnull=True).exists()
    with pytest.raises(Refused, match="link_over"):
        sending.open_link(token=way.token, code=way.code, now=later)
    line = Crossing.objects.get(referral=referral, what="withdrawn")
    assert (line.channel, line.recorded_by_id) == ("telephone", kaede.pk)
    assert AuditEntry.objects.filter(verb="counseling.aloud_withdraw").count() == 1


def test_a_no_waits_for_no_words_to_be_read(referral, kaede, now):
    line = packet.Line("昼のほうが話しやすいです。")
    by_telephone.write(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now,
        edited=Edited({Heading.SELF: (line,)}, {}),
    )  # fmt: skip
    by_telephone.withdraw(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now,
        spoken=spoken(now),
    )  # fmt: skip
    assert state(referral) == ReferralState.WITHDRAWN


def test_thought_over_the_words_are_open_again_and_need_another_yes(referral, kaede, now):
    yes(kaede, referral, now=now)
    by_telephone.think_again(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now,
        spoken=spoken(now, ago=timedelta(minutes=10)),
    )  # fmt: skip
    assert state(referral) == ReferralState.PROPOSED
    # A yes from before they thought it over is none to what stands now.
    with pytest.raises(Refused, match="before_the_words"):
        yes(kaede, referral, now=now)
    yes(kaede, referral, now=now, ago=timedelta(minutes=5))


def test_for_whoever_has_a_page_or_has_left_nobody_writes(case, kaede, aoi, station, now):
    early = now - timedelta(hours=1)
    row = proposed(kaede, case, station, now=early)
    with pytest.raises(Refused, match="theirs_to_say"):
        yes(kaede, row, now=now)
    with pytest.raises(Refused, match="theirs_to_say"):
        by_telephone.keep(
            staff_viewer(kaede), code=case.code, kind=Detail.TELEPHONE, text=NUMBER,
            nonce="7f1b2f7e-7a37-4b3c-9d4c-111111111111", now=now,
        )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(participant=None)
    with pytest.raises(Refused, match="has_left"):
        yes(kaede, row, now=now)
    assert not Consent.objects.exists()


def test_another_counselor_knows_of_nothing(referral, now):
    sora = make_staff("sora")
    grant(sora, Role.COUNSELOR)
    with pytest.raises(Refused, match="not_found"):
        yes(sora, referral, now=now)
    where = f"/counseling/desk/{referral.case.code}/onward/{referral.pk}/aloud/"
    browser = signed_in_as(sora)
    assert browser.get(where).status_code == 404
    for deed in ("words", "agree", "again", "withdraw", "keep"):
        assert browser.post(f"{where}{deed}/", {"sure": "on"}).status_code == 404


def test_of_a_mother_s_call_the_packet_is_about_her(kaede, program, station, now):
    early = now - timedelta(hours=1)
    hers = caller(kaede, program, now=early, relation=Relation.FAMILY)
    typed = {Heading.CALLER: "母です。", Heading.ABSENT: "部屋にいるようです。"}
    row = proposed(kaede, hers, station, now=early, typed=typed)
    with pytest.raises(Refused, match="not_who_spoke"):
        yes(kaede, row, now=now)
    made = yes(kaede, row, now=now, spoke=Relation.FAMILY)
    assert packet.read(made.words).relation == "family"


def test_the_database_knows_one_way_or_the_other_and_nothing_between(referral, kaede, now):
    made = yes(kaede, referral, now=now)
    for broken in (
        {"channel": ""}, {"recorded_by": None}, {"heard_at": None}, {"spoke": ""},
        {"channel": "web"}, {"heard_at": now + timedelta(minutes=1)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.filter(pk=made.pk).update(**broken)
    line = Crossing.objects.filter(what="agreed")
    for broken in ({"channel": ""}, {"recorded_by": None}, {"mover": "counselor"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            line.update(**broken)


def test_instead_of_a_letter_the_counselor_is_reminded(referral, kaede, now):
    yes(kaede, referral, now=now)
    way = send(kaede, referral, now=now)
    NextStep.objects.all().delete()
    link = sending.open_link(token=way.token, code=way.code, now=now)
    sending.accept_by_link(token=way.token, link=link, who="相談係", now=now)
    step = NextStep.objects.get()
    assert (step.text, step.due_on, step.done_at) == (
        "本人に伝える: うけいれの返事がありました", jst_day(now), None,
    )  # fmt: skip


def local(at):
    return f"{jst(at):%Y-%m-%dT%H:%M}"


def test_from_the_offer_to_the_arrival_on_the_pages(his, referral, kaede, now):
    desk, case = signed_in_as(kaede), his
    theirs = f"/counseling/desk/{case.code}/onward/{referral.pk}/"
    where = f"{theirs}aloud/"
    assert "読みあげて、きく" in page(desk, theirs)
    kept = {"kind": "telephone", "text": NUMBER, "nonce": ""}
    post(desk, f"{where}keep/", kept)
    post(desk, f"{where}keep/", {"kind": "address", "text": HOME, "nonce": ""})
    assert NUMBER not in page(desk, where)
    assert ContactDetail.objects.count() == 2
    # Where it is refused, what was typed of a detail stands on no page.
    refused = post(desk, f"{where}keep/", kept | {"kind": ""}, status=422).content.decode()
    assert NUMBER not in refused
    digest = re.search(r'name="digest" value="(\w+)"', page(desk, where)).group(1)
    heard = {"at": local(now), "channel": "telephone", "spoke": "self"}
    said = heard | {"digest": digest, "detail": "telephone", "sure": "on"}
    refused = post(desk, f"{where}agree/", said | {"sure": ""}, status=422).content.decode()
    assert local(now) in refused
    post(desk, f"{where}agree/", said)
    assert "口頭で同意" in page(desk, theirs)
    shown = post(desk, f"{theirs}send/", {"by": "link"}, status=200).content.decode()
    link = re.search(r"http://testserver(/packet/[\w-]+/)", shown).group(1)
    code = re.search(r'id="way-code">(\d{6})<', shown).group(1)
    agency = Client()
    assert NUMBER not in page(agency, link)
    post(agency, link, {"code": code})
    sheet = page(agency, f"{link}sheet/")
    assert "口頭で同意（電話・記録：相談員）" in sheet
    assert NUMBER in sheet and HOME not in sheet
    pdf = b"".join(agency.post(f"{link}sheet.pdf"))
    assert set("口頭で同意電話記録相談員") <= set(characters(pdf))
    post(agency, f"{link}accept/", {"who": "相談係"})
    post(desk, f"{theirs}linked/", {"on": str(jst_day(now)), "evidence": "agency_told"})
    assert Entry.objects.filter(kind="linked").count() == 1
    seen = page(desk, theirs)
    assert "口頭" in seen and "つながった" in seen
    written = dump() + repr(list(AuditEntry.objects.values()))
    assert [one for one in (NUMBER, HOME, "かなりあ町") if one in written] == []


def test_of_whoever_has_a_page_of_their_own_the_referral_is_shown(case, kaede, station, now):
    row = proposed(kaede, case, station, now=now)
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{case.code}/onward/{row.pk}/"
    assert "読みあげて、きく" not in page(desk, theirs)
    assert "読みあげることば" not in page(desk, f"{theirs}aloud/")
    heard = {"at": local(now), "channel": "telephone", "spoke": "self", "sure": "on"}
    refused = post(desk, f"{theirs}aloud/agree/", heard, status=422).content.decode()
    assert "自分のページがあります" in refused


def test_whoever_has_no_page_is_offered_nothing_to_choose_on_it(his, kaede):
    shown = page(signed_in_as(kaede), f"/counseling/desk/{his.code}/onward/")
    assert "えらんでもらう" not in shown and "訪問のこうほを出す" not in shown
    assert "日時は電話できめて" in shown and "電話だけの人には、まだ出せません" in shown
