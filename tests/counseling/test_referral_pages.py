"""The way across on the pages, without script: the person's, the counselor's, the agency's."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts import belongings
from counseling.actions import occasions
from counseling.models import LinkOpening, Meeting, Referral
from foundation import clock
from foundation.clock import jst, jst_day
from ledger.models import Entry
from tests.cast import long_proven, signed_in_as, staff_viewer
from tests.counseling.places import make_agency, make_place
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import call


@pytest.fixture
def station(program, now):
    return make_agency(program, now=now)


@pytest.fixture
def browser(aoi, case):
    return seated(aoi)


@pytest.fixture
def desk(kaede):
    return signed_in_as(kaede)


def post(client, address, sent=None, *, status=303):
    answer = client.post(address, sent or {})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def propose(desk, case, station):
    post(
        desk, f"/counseling/desk/{case.code}/onward/",
        {"goal": "agency", "agency": station.pk, "add-self": "夜がいいです。電話はこわいです。"},
    )  # fmt: skip
    made = Referral.objects.get()
    return (
        made,
        f"/counseling/mine/{case.code}/onward/{made.pk}/",
        (f"/counseling/desk/{case.code}/onward/{made.pk}/"),
    )


def agree(browser, mine):
    digest = re.search(r'name="digest" value="(\w+)"', page(browser, mine)).group(1)
    post(browser, f"{mine}agree/", {"digest": digest, "sure": "on"})


@pytest.fixture
def sent(browser, desk, case, station):
    """Agreed and sent by a link: (link, code, the person's page, the desk's page)."""
    _, mine, theirs = propose(desk, case, station)
    agree(browser, mine)
    shown = post(desk, f"{theirs}send/", {"by": "link"}, status=200).content.decode()
    link = re.search(r"http://testserver(/packet/[\w-]+/)", shown).group(1)
    code = re.search(r'id="way-code">(\d{6})<', shown).group(1)
    return link, code, mine, theirs


def test_from_proposal_to_arrival(sent, browser, desk):
    link, code, mine, theirs = sent
    agency = Client()
    assert "夜がいいです" not in page(agency, link)
    post(agency, link, {"code": code})
    assert "夜がいいです" in page(agency, f"{link}sheet/")
    post(agency, f"{link}accept/", {"who": "相談係"})
    assert "ありがとうございました" in page(agency, f"{link}sheet/")
    today = Referral.objects.get().accepted_at
    post(desk, f"{theirs}linked/", {"on": str(jst_day(today)), "evidence": "agency_told"})
    assert Entry.objects.get().kind == "linked"
    seen = page(browser, mine)
    for step in ("提案", "同意", "送付", "受理", "つながった", "リンクと番号で、シートを開いた"):
        assert step in seen


def test_who_only_calls_is_recorded_as_arrived_on_the_desk_and_whoever_has_a_page_is_not(
    desk, case, kaede, station, program, now
):
    told = call(now=now)
    caller = occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now).case
    where = f"/counseling/desk/{caller.code}/onward/"
    assert "本人が、自分で行ったと記録する" in page(desk, where)
    assert "本人が、自分で行ったと記録する" not in page(
        desk, f"/counseling/desk/{case.code}/onward/"
    )
    sent = {"on": str(jst_day(now)), "evidence": "person_told", "line": "ひとりで行けた"}
    refused = post(desk, f"{where}arrived/", sent | {"to": ""}, status=422).content.decode()
    assert "ひとりで行けた" in refused
    post(desk, f"{where}arrived/", sent | {"to": f"agency-{station.pk}"})
    assert Entry.objects.filter(kind="linked").count() == 1
    made = Referral.objects.get()
    assert "つながった" in page(desk, f"{where}{made.pk}/")


def test_a_link_and_its_number_are_shown_after_a_fresh_proof_alone(browser, desk, case, station):
    _, mine, theirs = propose(desk, case, station)
    agree(browser, mine)
    long_proven(desk)
    for way, sent in (("send/", {"by": "link"}), ("link/", {})):
        answer = post(desk, f"{theirs}{way}", sent)
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert Referral.objects.get().sent_at is None


def test_a_struck_sentence_is_not_on_the_page_that_is_agreed_to(browser, desk, case, station):
    _, mine, _ = propose(desk, case, station)
    assert page(browser, mine).count("電話はこわいです。") == 2
    post(
        browser, f"{mine}words/",
        {"line-self-0": "夜がいいです。", "line-self-1": "電話はこわいです。", "strike": "self-1"},
    )  # fmt: skip
    # It stands struck in the form, and not in what will leave.
    assert page(browser, mine).count("電話はこわいです。") == 1


def test_what_was_typed_is_not_lost_when_a_sentence_is_refused(browser, desk, case, station):
    _, mine, _ = propose(desk, case, station)
    answer = post(
        browser, f"{mine}words/",
        {"line-self-0": "朝でもいいです。", "add-wish": "090-1234-5678 にください"}, status=422,
    ).content.decode()  # fmt: skip
    assert "朝でもいいです。" in answer
    assert "090-1234-5678" in answer
    assert "鍵をかけて" in answer


def test_opening_a_link_spends_nothing(sent):
    link, code, _, _ = sent
    scanner = Client()
    for _ in range(3):
        answer = scanner.get(link)
        assert answer.status_code == 200
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert "no-store" in answer["Cache-Control"]
        scanner.head(link)
    assert not LinkOpening.objects.exists()
    # Nor does it tell a link that is none.
    other = scanner.get("/packet/never-made/").content
    strip = lambda body: re.sub(rb'value="[^"]*"', b"", body)  # noqa: E731
    assert strip(scanner.get(link).content) == strip(other)
    post(scanner, link, {"code": code})


def test_the_sheet_is_the_browser_s_that_gave_the_code(sent):
    link, code, _, _ = sent
    agency, other = Client(), Client()
    post(agency, link, {"code": code})
    assert "相談員より" in page(agency, f"{link}sheet/"), "whom to answer"
    assert "夜がいいです" not in page(other, f"{link}sheet/", status=422)
    post(other, link, {"code": code}, status=422)


def test_a_wrong_code_is_said_and_seen_by_the_person(sent, browser):
    link, code, mine, _ = sent
    answer = post(Client(), link, {"code": f"{(int(code) + 1) % 10**6:06d}"}, status=422)
    assert "番号がちがいます" in answer.content.decode()
    assert "ちがう番号が入れられた" in page(browser, mine)


def test_the_agency_takes_the_pdf(sent, browser):
    link, code, mine, _ = sent
    agency = Client()
    post(agency, f"{link}sheet.pdf", status=422)
    post(agency, link, {"code": code})
    answer = post(agency, f"{link}sheet.pdf", status=200)
    assert answer.content.startswith(b"%PDF-")
    assert "シートのPDFをうけとった" in page(browser, mine)


def test_withdrawn_after_sending_the_desk_is_asked_to_tell(sent, browser, desk):
    link, code, mine, theirs = sent
    post(browser, f"{mine}withdraw/")
    assert "この" in post(Client(), link, {"code": code}, status=422).content.decode()
    assert "取り下げを、おくった先に伝える" in page(desk, theirs)
    post(desk, f"{theirs}told/", {"by": "telephone"})
    assert "おくった先にも、取り下げたことを伝えました" in page(browser, mine)


@pytest.mark.parametrize("after", ["closed", "erased"])
def test_the_desk_is_asked_to_tell_also_when_all_is_over(
    sent, browser, desk, case, aoi, now, after
):
    _, _, mine, theirs = sent
    if after == "closed":
        post(browser, f"{mine}withdraw/")
        post(desk, f"/counseling/desk/{case.code}/close/")
    else:
        belongings.erase_all(aoi.pk, now=now)
    asked = "取り下げを、おくった先に伝える"
    assert asked in page(desk, "/counseling/desk/")
    post(desk, f"{theirs}told/", {"by": "telephone"})
    shown = page(desk, "/counseling/desk/")
    assert asked not in shown and (case.code in shown) == (after == "erased")


def test_somebody_else_finds_nothing(sent, yoso, ren, mori):
    _, _, mine, theirs = sent
    for address in (mine, f"{mine}sheet.pdf"):
        assert seated(yoso).get(address).status_code == 404
    for staff in (ren, mori):
        assert signed_in_as(staff).get(theirs).status_code == 404


def test_the_person_looks_for_a_place_and_begins_it_themselves(
    browser, case, station, program, now
):
    place = make_place(program, now=now)
    where = f"/counseling/mine/{case.code}/onward/where/"
    shown = page(browser, where)
    assert station.name in shown
    assert place.name in shown
    assert station.name not in page(browser, f"{where}?when=weekend")
    assert station.name in page(browser, f"{where}?when=weekday&accepts=online&town=281000")
    assert station.name not in page(browser, f"{where}?accepts=outreach")
    assert place.name not in page(browser, f"{where}?kind=youth_station")
    post(browser, f"/counseling/mine/{case.code}/onward/choose/", {"place": place.pk})
    made = Referral.objects.get()
    assert (made.place, made.goal, made.proposed_by) == (place, "place", None)


# --- appointments --------------------------------------------------------------------------------


@pytest.fixture
def offered(desk, case, now):
    first = jst(now) + timedelta(days=3)
    times = [(first + timedelta(days=n)).strftime("%Y-%m-%dT14:00") for n in range(2)]
    post(
        desk, f"/counseling/desk/{case.code}/meetings/",
        {"channel": "in_person", "choice": [*times, ""], "minutes": "50", "about": "裏口から"},
    )  # fmt: skip
    return Meeting.objects.get()


def test_one_of_the_times_is_chosen_and_goes_into_a_calendar(offered, browser, case):
    mine = f"/counseling/mine/{case.code}/"
    assert "どれも合わない" in page(browser, f"{mine}onward/")
    post(browser, f"{mine}meetings/{offered.pk}/choose/", {"time": offered.choices[1]})
    offered.refresh_from_db()
    assert offered.state == "chosen"
    file = browser.get(f"{mine}meetings/{offered.pk}.ics")
    assert file["Content-Type"].startswith("text/calendar")
    said = file.content.decode()
    assert f"DTSTART:{offered.starts_at:%Y%m%dT}050000Z" in said
    assert "SUMMARY:予定" in said
    for word in ("相談", "裏口", "対面"):
        assert word not in said


def test_none_of_them_fits(offered, browser, case):
    post(browser, f"/counseling/mine/{case.code}/meetings/{offered.pk}/choose/", {"time": "none"})
    assert Meeting.objects.get().state == "none_fits"


def test_not_having_come_is_no_failure(offered, browser, desk, case, now):
    settle = f"/counseling/desk/{case.code}/meetings/{offered.pk}/"
    mine = f"/counseling/mine/{case.code}/"
    post(browser, f"{mine}meetings/{offered.pk}/choose/", {"time": offered.choices[0]})
    assert (
        "まだ来ていない日"
        in post(desk, settle, {"outcome": "not_this_time"}, status=422).content.decode()
    )
    Meeting.objects.update(starts_at=now - timedelta(hours=1))
    post(desk, settle, {"outcome": "not_this_time"})
    assert "失敗ではありません" in page(browser, f"{mine}onward/")
    assert not Entry.objects.exists()


def test_a_choice_that_is_refused_still_belongs_to_its_referral(browser, desk, case, station):
    made, _, _ = propose(desk, case, station)
    answer = post(
        browser, f"/counseling/mine/{case.code}/onward/choose/", {"referral": made.pk}, status=422
    )
    assert f'name="referral" value="{made.pk}"' in answer.content.decode()


NUL = "a\0b"


def test_what_can_t_be_stored_gets_a_sentence_at_every_line(browser, desk, case, station, sent):
    link, code, _, theirs = sent
    agency, of_case = Client(), f"/counseling/desk/{case.code}/"
    post(agency, link, {"code": code})
    today = str(jst_day(Referral.objects.get().sent_at))
    asked = [
        (agency, f"{link}decline/", {"line": NUL}),
        (agency, f"{link}decline/", {"who": NUL}),
        (desk, f"{theirs}fail/", {"line": NUL}),
        (desk, f"{theirs}linked/", {"line": NUL, "on": today, "evidence": "agency_told"}),
        (desk, f"{theirs}stage/", {"line": NUL, "on": today, "stage": "first_talk"}),
        (desk, f"{of_case}meetings/", {"about": NUL, "choice": "2999-01-01T10:00",
                                       "channel": "web"}),
        (desk, f"{of_case}visits/", {"alone": NUL, "choice": "2999-01-01T10:00"}),
        (desk, f"{of_case}hand-over/", {"text": NUL, "to": "1"}),
    ]  # fmt: skip
    for client, address, form in asked:
        told = post(client, address, form, status=422).content.decode()
        assert "うまく受けとれませんでした" in told, address


def test_a_yes_by_telephone_says_who_when_how_and_who_wrote_it_down(
    browser, desk, case, station, kaede
):
    row, mine, theirs = propose(desk, case, station)
    agree(browser, mine)
    post(desk, f"{theirs}send/", {"by": "fax"})
    # Sent three hours ago, answered two hours ago, written down now.
    sent_at = clock.now() - timedelta(hours=3)
    Referral.objects.update(sent_at=sent_at)
    answered = jst(sent_at + timedelta(hours=1))
    wall = "%Y-%m-%dT%H:%M"
    said = {"by": "telephone", "who": "相談係", "at": answered.strftime(wall)}
    for missing, why in (
        ({"who": ""}, "だれが返事をしたか"),
        ({"at": ""}, "返事があった日時を"),
        ({"at": "2026"}, "返事があった日時を"),
        ({"at": (answered + timedelta(days=1)).strftime(wall)}, "まだ来ていません"),
        ({"at": (answered - timedelta(hours=2)).strftime(wall)}, "送ったときより前"),
        ({"by": "link"}, "どうやって"),
    ):
        shown = post(desk, f"{theirs}accept/", {**said, **missing}, status=422)
        assert why in shown.content.decode()
    row.refresh_from_db()
    assert row.state == "sent"
    post(desk, f"{theirs}accept/", said)
    row.refresh_from_db()
    assert jst(row.accepted_at).strftime(wall) == said["at"]
    assert (row.accepted_who, row.accepted_by) == ("相談係", "telephone")
    assert row.accepted_noted_by == kaede and row.accepted_noted_at > row.accepted_at
    when = f"{answered.month}月{answered.day}日 {answered.hour}:{answered.minute:02d}・電話"
    on_desk, on_hers = page(desk, theirs), page(browser, mine)
    assert f"相談係 · {when}" in on_desk and "記録した人" in on_desk
    assert "相談係" in on_hers and f"返事があったのは {when}" in on_hers
    assert "記録した人" not in on_hers


def test_a_yes_on_the_agency_s_own_page_was_written_down_by_nobody(sent, browser, desk):
    link, code, mine, theirs = sent
    agency = Client()
    post(agency, link, {"code": code})
    post(agency, f"{link}accept/", {"who": "相談係"})
    on_desk = page(desk, theirs)
    assert "うけいれの返事" in on_desk and "記録した人" not in on_desk
    assert "返事があったのは" not in page(browser, mine)


def test_every_reading_of_the_sheet_stands_among_the_steps(sent, browser, desk):
    link, code, mine, theirs = sent
    agency = Client()
    post(agency, link, {"code": code})
    for _again in range(3):
        page(agency, f"{link}sheet/")
    agency.post(f"{link}sheet.pdf")
    assert list(LinkOpening.objects.order_by("pk").values_list("what", flat=True)) == [
        "opened", "read", "read", "read", "pdf",
    ]  # fmt: skip
    for client, address in ((browser, mine), (desk, theirs)):
        assert page(client, address).count("シートを読んだ") == 3
    # Whoever has no code has read nothing.
    assert Client().get(f"{link}sheet/").status_code == 422
    assert LinkOpening.objects.filter(what="read").count() == 3
