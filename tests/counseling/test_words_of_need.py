"""Words of need in what is asked and in a packet: a card at once, and the counselor is called."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Letter
from chat import in_force
from chat.screening.own import OwnTerm, lexicon_of_own
from counseling import queries
from counseling.actions import alarms, referrals
from counseling.models import Asking, Case, Referral
from counseling.onward_forms import Edited
from counseling.states import Goal, Heading, Relation
from foundation.refusals import Refused
from helplines.lines import shown
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, with_passphrase

CALM, NEED = "しずかに話したいです。", "もう死にたいです。"
CARD = "つらいことばがあったので、自動でお出ししています"


def ask(browser: Client, words: str, **changed):
    sent = {"nonce": str(uuid4()), "relation": "self", "wish": ["web"], "words": words}
    return browser.post("/counseling/ask/", {**sent, **changed})


def says_card(shown_page: str, now) -> bool:
    """The whole card: what was received, where to talk, lines that answer now."""
    if CARD not in shown_page:
        return False
    there = shown_page[shown_page.index(CARD) :].partition("</section>")[0]
    assert 'href="/now/"' in there
    assert all(one.name in there for one in [line for line in shown(now) if line.open_now][:3])
    return "うけとりました" in shown_page


@pytest.fixture
def browser(aoi, program, now):
    with_passphrase(aoi, now)
    return seated(aoi)


@pytest.mark.parametrize(("words", "card"), [(CALM, False), (NEED, True)])
def test_whoever_asks_in_need_reads_the_card_on_the_next_page(browser, aoi, words, card, now):
    assert ask(browser, words).status_code == 303
    mine = f"/counseling/mine/{Case.objects.get().code}/"
    assert says_card(page(browser, mine), now) == card
    assert Letter.objects.filter(participant=aoi, kind="care").exists() == card
    assert bool(alarms.needs(now=now)) == card


def test_it_comes_also_with_a_refusal(browser, now):
    answer = ask(browser, f"{NEED} 090-1234-5678")
    assert answer.status_code == 422
    assert says_card(answer.content.decode(), now)
    assert not Asking.objects.exists()


def test_it_stands_until_it_was_opened_and_is_another_s_never(browser, aoi, haha, program, now):
    ask(browser, NEED)
    mine = f"/counseling/mine/{Case.objects.get().code}/"
    asks(haha, program, now=now)
    other = seated(haha)
    assert CARD not in page(other, f"/counseling/mine/{haha.cases.get().code}/")
    assert CARD in page(browser, mine)
    page(browser, f"/letters/{Letter.objects.get(participant=aoi, kind='care').pk}/")
    assert CARD not in page(browser, mine)


@pytest.mark.parametrize(("words", "card"), [(CALM, False), (NEED, True)])
def test_in_a_packet_it_comes_with_the_words_one_added(referral, aoi, kaede, words, card, now):
    her, code = seated(aoi), referral.case.code
    mine = f"/counseling/mine/{code}/onward/{referral.pk}/"
    assert her.post(f"{mine}words/", {"add-wish": words}).status_code == 303
    assert says_card(page(her, mine), now) == card
    for address in ("", "onward/", f"onward/{referral.pk}/"):
        desk = page(signed_in_as(kaede), f"/counseling/desk/{code}/{address}")
        assert ("まだ、だれも答えていません" in desk) == card, address
    inbox = queries.own_desk(staff_viewer(kaede), program=referral.case.program_id)
    assert [one.in_need for one in inbox] == [card]


def test_the_counselor_says_that_it_is_seen(referral, aoi, kaede, now):
    code = referral.case.code
    mine = f"/counseling/mine/{code}/onward/{referral.pk}/"
    seated(aoi).post(f"{mine}words/", {"add-wish": NEED})
    desk = signed_in_as(kaede)
    assert desk.post(f"/counseling/desk/{code}/seen/").status_code == 303
    assert "まだ、だれも答えていません" not in page(desk, f"/counseling/desk/{code}/")
    assert alarms.needs(now=now) == []


# --- what a counselor writes ----------------------------------------------------------------------


@pytest.mark.parametrize(("words", "card"), [(CALM, False), (NEED, True)])
def test_what_a_counselor_writes_into_a_packet_is_looked_at_alike(case, kaede, words, card, now):
    desk, address = signed_in_as(kaede), f"/counseling/desk/{case.code}/onward/"
    assert desk.post(address, {"goal": "agency", "add-self": words}).status_code == 303
    shown_page = page(desk, address)
    assert ("まだ、だれも答えていません" in shown_page) == card
    assert ("いのちの危険があるとき" in shown_page) == card
    assert [one.case.urgency for one in queries.own_desk(
        staff_viewer(kaede), program=case.program_id
    )] == ["today" if card else "usual"]  # fmt: skip
    assert [need.counselor for need in alarms.needs(now=now)] == ([kaede.pk] if card else [])


def test_what_was_refused_of_a_counselor_s_is_not_kept_and_the_call_is(case, kaede, now):
    with pytest.raises(Refused, match="contact"):
        referrals.propose(
            staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, now=now,
            typed={Heading.SELF: NEED, Heading.REACH: "090-1234-5678"},
        )  # fmt: skip
    assert not Referral.objects.exists()
    assert [need.counselor for need in alarms.needs(now=now)] == [kaede.pk]


# --- the same screening ---------------------------------------------------------------------------


def test_the_program_s_own_words_hold_here_too(browser, program, referral, aoi, now, monkeypatch):
    term = OwnTerm("contact", "own-1", "ひみつの合図", ())
    own = {program.pk: (lexicon_of_own([term], version="own-1"),)}
    edited = Edited(lines={}, added={Heading.WISH: "ひみつの合図でよんで。"})

    def edit() -> None:
        referrals.edit(
            seen_by(aoi), code=referral.case.code, referral=referral.pk, edited=edited, now=now
        )

    edit()
    monkeypatch.setattr(in_force._Held, "lexicons", own)
    with pytest.raises(Refused, match="contact"):
        edit()
    with pytest.raises(Refused, match="contact"):
        asks(aoi, program, now=now, words="ひみつの合図でよんで。", relation=Relation.FAMILY)
