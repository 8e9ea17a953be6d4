"""Asking and following it without script, and the desk by form."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Participant
from accounts.viewer import SESSION_PARTICIPANT
from chat.actions.moderation import restrict
from chat.states import RestrictionKind
from counseling.models import Asking, Case, ContactDetail, Occasion
from counseling.states import CaseState
from foundation import clock
from foundation.clock import jst_day
from tests.cast import long_proven, signed_in_as
from tests.counseling.voices import asks, taken


def seated(person: Participant) -> Client:
    """Their browser, just now."""
    client = Client()
    session = client.session
    session[SESSION_PARTICIPANT] = person.pk
    session["since"] = session["active_at"] = clock.now().timestamp()
    session.save()
    client.cookies["seat"] = session.session_key
    return client


def page(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def browser(aoi):
    return seated(aoi)


@pytest.fixture
def asked(browser, program):
    """aoi asked, on the pages: the 合言葉 first, then the form."""
    assert "さきに、合言葉をつくります" in page(browser, "/counseling/ask/")
    made = browser.post("/counseling/ask/passphrase/").content.decode()
    assert 'class="passphrase"' in made
    answer = browser.post(
        "/counseling/ask/",
        {"nonce": "3f0e8a1e-0000-4000-8000-000000000001", "relation": "self", "wish": ["web"]},
    )
    assert answer.status_code == 303, answer.content.decode()
    return Case.objects.get()


def test_asking_makes_the_way_back_first_and_needs_no_name(asked, browser):
    told = page(browser, f"/counseling/mine/{asked.code}/")
    assert "まだ、どの相談員もうけとっていません" in told
    assert "文字で、ここで話す" in told
    assert asked.code in page(browser, "/counseling/mine/")


def test_a_form_without_a_wish_is_told_so_and_keeps_what_was_chosen(browser, aoi, program, now):
    browser.post("/counseling/ask/passphrase/")
    answer = browser.post(
        "/counseling/ask/", {"relation": "family", "words": "よわい声でも", "ease": ["slowly"]}
    )
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "よわい声でも" in told
    assert re.search(r'value="family" required checked', told)
    assert re.search(r'value="slowly" checked', told)
    assert not Asking.objects.exists()


def test_the_two_talk_with_days_in_between(asked, browser, kaede):
    mine, theirs = f"/counseling/mine/{asked.code}/", f"/counseling/desk/{asked.code}/"
    assert browser.post(f"{mine}say/", {"text": "こんばんは"}).status_code == 303
    desk = signed_in_as(kaede)
    assert asked.code in page(desk, "/counseling/desk/")
    assert desk.get(theirs).status_code == 404, "not hers yet"
    assert desk.post(f"{theirs}take/").status_code == 303
    assert "こんばんは" in page(desk, theirs)
    assert desk.post(f"{theirs}answer/", {"wait": "on"}).status_code == 303
    assert desk.post(f"{theirs}answer/", {"text": "よみました"}).status_code == 303
    told = page(browser, mine)
    assert told.index("こんばんは") < told.index("すこし時間をください") < told.index("よみました")
    assert "かえで" in told
    assert browser.get("/letters/").content.decode().count("相談員からの返事") == 1
    asked.refresh_from_db()
    assert asked.waiting_since is None


def test_the_talk_is_no_room_that_anyone_finds(asked, browser, kaede, yoso):
    browser.post(f"/counseling/mine/{asked.code}/say/", {"text": "ふたりだけ"})
    asked.refresh_from_db()
    slug = asked.room.slug
    for who in (browser, seated(yoso), signed_in_as(kaede), Client()):
        assert who.get(f"/rooms/{slug}/").status_code in (303, 404)
        assert slug not in who.get("/rooms/").content.decode()
    assert (
        seated(yoso).post(f"/counseling/mine/{asked.code}/say/", {"text": "…"}).status_code == 404
    )
    assert page(seated(yoso), f"/counseling/mine/{asked.code}/", status=404)


def test_a_contact_detail_is_refused_and_goes_to_the_vault_with_the_same_number(
    asked, browser, kaede
):
    mine, number = f"/counseling/mine/{asked.code}/", "090-1234-5678"
    nonce = "3f0e8a1e-0000-4000-8000-000000000002"
    refused = browser.post(f"{mine}say/", {"text": f"電話は {number}", "nonce": nonce})
    told = refused.content.decode()
    assert refused.status_code == 422
    assert "鍵をかけて預ける" in told
    assert nonce in told
    form = {"text": f"電話は {number}", "nonce": nonce, "kind": "telephone", "from_talk": "on"}
    for _ in range(2):
        assert browser.post(f"{mine}deposit/", form).status_code == 303
    assert number not in page(browser, mine)
    assert page(browser, mine).count("（連絡先を、鍵をかけて預けました）") == 1
    assert ContactDetail.objects.count() == 1
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{asked.code}/"
    desk.post(f"{theirs}take/")
    assert number not in page(desk, theirs)
    assert desk.post(f"{theirs}details/", {"reason": ""}).status_code == 422
    opened = desk.post(f"{theirs}details/", {"reason": "約束した電話"}).content.decode()
    assert number in opened
    assert "約束した電話" in page(browser, mine)


def test_the_desk_doesn_t_show_whether_anything_lies_in_the_vault(asked, browser, kaede):
    desk, theirs = signed_in_as(kaede), f"/counseling/desk/{asked.code}/"
    desk.post(f"{theirs}take/")

    def without_tokens(text: str) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
        return re.sub(r'name="nonce" value="[^"]+"', "", text)

    before = without_tokens(page(desk, theirs))
    browser.post(
        f"/counseling/mine/{asked.code}/deposit/", {"text": "090-1234-5678", "kind": "telephone"}
    )
    assert ContactDetail.objects.count() == 1
    assert without_tokens(page(desk, theirs)) == before


def test_the_case_page_says_in_which_column_of_a_file_its_number_goes(asked, browser, kaede):
    desk = signed_in_as(kaede)
    desk.post(f"/counseling/desk/{asked.code}/take/")
    told = page(desk, f"/counseling/desk/{asked.code}/")
    assert f"この番号 {asked.code} を「対象者」(subject)の列に書きます" in told


def test_opening_asks_for_a_fresh_proof(asked, kaede):
    desk = signed_in_as(kaede)
    desk.post(f"/counseling/desk/{asked.code}/take/")
    answer = long_proven(desk).post(f"/counseling/desk/{asked.code}/details/", {"reason": "電話"})
    said = answer.content.decode()
    assert answer.status_code == 403
    assert "/accounts/reauthenticate/?next=" in said and "電話" in said
    assert not asked.openings.exists()


def test_a_call_is_entered_in_one_form(kaede, program):
    desk = signed_in_as(kaede)
    form = {"minutes": "２５", "relation": "family", "channel": "telephone", "line": "はじめて"}
    answer = desk.post("/counseling/desk/occasions/", form)
    assert answer.status_code == 303
    made = Occasion.objects.get()
    assert (made.minutes, made.relation, made.line) == (25, "family", "はじめて")
    assert made.case.code in page(desk, answer["Location"])
    again = desk.post("/counseling/desk/occasions/", {**form, "code": made.case.code})
    told = again.content.decode()
    assert again.status_code == 422
    assert "ひとつの相談として、時間を足す" in told
    assert "はじめて" in told
    added = {**form, "code": made.case.code, "same_day": "add"}
    assert desk.post("/counseling/desk/occasions/", added).status_code == 303
    made.refresh_from_db()
    assert made.minutes == 50


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", ""), ("minutes", "なん分か"), ("minutes", "99999"), ("code", "1234567"),
        ("channel", "fax"), ("on", "2999-01-01"), ("on", "きのう"), ("line", "あ" * 201),
        ("line", "090-1234-5678"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_loses_nothing(kaede, program, field, value):
    form = {"minutes": "25", "relation": "self", "channel": "telephone", "line": "しずかな人"}
    answer = signed_in_as(kaede).post("/counseling/desk/occasions/", {**form, field: value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    if field != "line":
        assert "しずかな人" in answer.content.decode()
    assert not Occasion.objects.exists()


def test_a_case_page_reads_what_it_needs_and_no_more(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    desk = signed_in_as(kaede)
    with CaptureQueriesContext(connection) as few:
        page(desk, f"/counseling/desk/{case.code}/")
    for number in range(10):
        desk.post(f"/counseling/desk/{case.code}/notes/", {"note": f"メモ {number}"})
        desk.post(
            f"/counseling/desk/{case.code}/steps/",
            {"step": f"つぎ {number}", "due_on": jst_day(now).isoformat()},
        )
    with CaptureQueriesContext(connection) as many:
        page(desk, f"/counseling/desk/{case.code}/")
    assert len(many) <= len(few)
    assert case.notes.count() == case.steps.count() == 10
    assert case.state == CaseState.OPEN


def test_a_number_in_a_murmur_is_refused_and_leads_here(aoi, room):
    browser = seated(aoi)
    page(browser, f"/rooms/{room.slug}/")
    sent = {"text": "電話は 090-1234-5678", "nonce": "3f0e8a1e-0000-4000-8000-000000000003"}
    answer = browser.post(f"/rooms/{room.slug}/murmur/", sent)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="/counseling/ask/"' in told[told.index('class="refusal"') :].split("</main>")[0]


def test_only_what_was_said_goes_back_into_the_talk_box(asked, browser):
    mine, secret = f"/counseling/mine/{asked.code}/", "青空町8-8-8"
    refused = browser.post(f"{mine}deposit/", {"text": secret}).content.decode()
    box = refused[refused.index('id="text"') :].split("</textarea>")[0]
    assert secret not in box
    assert f'value="{secret}"' in refused, "it is not lost either"
    again = browser.post(f"{mine}deposit/", {"text": secret, "from_talk": "on"}).content.decode()
    assert secret in again[again.index('id="locked"') :].split("</textarea>")[0]
    assert secret not in again[again.index('id="text"') :].split("</textarea>")[0]
    said = browser.post(f"{mine}say/", {"text": "あ" * 2001}).content.decode()
    assert "あ" * 2001 in said[said.index('id="text"') :].split("</textarea>")[0]


@pytest.mark.parametrize("kind", list(RestrictionKind))
def test_what_peers_decided_everywhere_leaves_the_talk_of_two_open(asked, browser, aoi, kind, now):
    restrict(participant=aoi.pk, kind=kind, room=None, reason="", until=None, now=now)
    said = browser.post(f"/counseling/mine/{asked.code}/say/", {"text": "たすけて"})
    assert said.status_code == 303
    assert "たすけて" in page(browser, f"/counseling/mine/{asked.code}/")
