"""A number, a name and a street typed into every form of what leads on: where they are sealed they
lie as noise, everywhere else they lie nowhere, and nobody reads them who may not.
"""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.states import Role
from audit.models import AuditEntry
from counseling.models import ContactDetail, Meeting, Occasion, OccasionImport, Visit
from counseling.states import Detail, Sent
from foundation.clock import jst, jst_day
from tests.cast import grant, make_staff, signed_in_as
from tests.chat.deeds import rest
from tests.counseling import across
from tests.counseling.test_pages import seated
from tests.counseling.test_sent_details import put
from tests.counseling.voices import asks, taken, with_passphrase

NUMBER, DIGITS, MAIL = "080-7719-3355", "08077193355", "kanaria7719@example.jp"
NAME, STREET = "鹿鳴館かなりや子", "金糸雀町三丁目12-7"
CANARIES = (NUMBER, DIGITS, MAIL, NAME, STREET)
# What screening knows by its form: wherever it is typed, it is refused.
REFUSED = (f"電話は {NUMBER}", f"{DIGITS} です", f"メールは {MAIL}")
CALM = "しずかなことば7719"
IMPORT = "/counseling/desk/occasions/import/"
HEAD = "番号,日にち,方法,相手,分,ひとこと,分ける理由,心理カウンセリング"


def dump() -> str:
    """Every row of every table."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            said.append(f"{table}: {cursor.fetchall()!r}")
    return "\n".join(said)


def traces(where: str) -> list[str]:
    return [one for one in CANARIES if one in where]


@pytest.fixture
def case(aoi, kaede, program, now):
    """aoi's, with kaede."""
    rest()
    return taken(asks(aoi, program, now=now), kaede, now=now)


@pytest.fixture
def logs(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def said_in(logs) -> str:
    return "\n".join(f"{row.getMessage()} {row.exc_text} {row.__dict__}" for row in logs.records)


def must_be_nowhere(logs) -> None:
    assert traces(dump()) == []
    assert traces(repr(list(AuditEntry.objects.values()))) == []
    assert traces(said_in(logs)) == []


@pytest.mark.parametrize("words", REFUSED)
def test_the_ask_form_keeps_none_and_logs_none(aoi, program, words, logs, now):
    with_passphrase(aoi, now)
    sent = {"relation": "self", "wish": ["web"]}
    browser = seated(aoi)
    answer = browser.post("/counseling/ask/", {**sent, "nonce": str(uuid4()), "words": words})
    assert answer.status_code == 422
    browser.post("/counseling/ask/", {**sent, "nonce": words, "words": CALM, "program": words})
    browser.get("/counseling/ask/", {"words": words})
    must_be_nowhere(logs)


@pytest.mark.parametrize("words", REFUSED)
def test_no_form_of_a_case_keeps_one(referral, case, aoi, kaede, ren, words, logs, now):
    """Visits, appointments, packet, answers, notes, steps: by whoever writes there."""
    desk, her = signed_in_as(kaede), seated(aoi)
    at = (jst(now) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    base, one = f"/counseling/desk/{case.code}/", f"onward/{referral.pk}/"
    by_staff = {
        "visits/": {"choice": at, "minutes": "60", "visitor": [ren.pk], "alone": words},
        "meetings/": {"channel": "web", "choice": at, "minutes": "50", "about": words},
        "onward/": {"goal": "agency", "add-self": words},
        "notes/": {"note": words},
        "steps/": {"step": words, "due_on": str(jst_day(now))},
        "details/": {"reason": words},
        f"{one}fail/": {"line": words},
        f"{one}accept/": {"by": "fax", "who": words, "line": words},
    }
    for path, sent in by_staff.items():
        answer = desk.post(base + path, sent)
        assert answer.status_code == 422, path
    mine = f"/counseling/mine/{case.code}/"
    for path, sent in {
        f"{one}words/": {"add-wish": words, "line-self-0": words},
        "say/": {"text": words, "nonce": str(uuid4())},
    }.items():
        assert her.post(mine + path, sent).status_code == 422, path
    assert not Visit.objects.exists()
    assert not Meeting.objects.exists()
    must_be_nowhere(logs)


@pytest.mark.parametrize("words", REFUSED)
def test_an_import_keeps_no_row_that_holds_one(case, kaede, words, logs, now):
    on = jst_day(now).isoformat()
    rows = [HEAD, f"{case.code},{on},電話,本人,25,{words},,", f",{on},{words},本人,25,{CALM},,",
            f"{words},{on},電話,本人,25,,,", f",{on},電話,本人,25,,{words},"]  # fmt: skip
    for data in ("\n".join(rows), f"{HEAD},{words}\n,{on},電話,本人,25,,,,", words):
        file = SimpleUploadedFile("相談.csv", data.encode())
        signed_in_as(kaede).post(IMPORT, {"file": file})
    assert [one["at"] for one in OccasionImport.objects.get().bad]
    assert OccasionImport.objects.get().rows == []
    assert not Occasion.objects.exists()
    must_be_nowhere(logs)


@pytest.fixture
def sealed(case, aoi, now):
    """All of it in the vault, where it belongs."""
    for kind, text in (
        (Detail.TELEPHONE, NUMBER), (Detail.TELEPHONE, DIGITS), (Detail.MAIL, MAIL),
        (Detail.NAME, NAME), (Detail.ADDRESS, STREET),
    ):  # fmt: skip
        put(aoi, case, kind, text, now=now)
    return case


def test_what_is_sealed_sent_and_changed_leaves_no_trace(sealed, referral, aoi, kaede, logs, now):
    across.agree(aoi, referral, now=now, details=tuple(Detail))
    across.send(kaede, referral, now=now, by=Sent.FAX)
    across.accept(kaede, referral, now=now)
    put(aoi, sealed, Detail.MAIL, MAIL, now=now, instead=True)
    assert ContactDetail.objects.count() == 5
    must_be_nowhere(logs)


def test_only_the_counselor_and_the_recipient_ever_read_them(
    sealed, referral, aoi, haha, kaede, mori, ren, logs, now
):
    """Every page near it, for everybody else; and the two who may, so that the look can fail."""
    other = make_staff("sora")
    grant(other, Role.COUNSELOR)
    across.agree(aoi, referral, now=now, details=tuple(Detail))
    way = across.send(kaede, referral, now=now)
    desk, mine = f"/counseling/desk/{sealed.code}/", f"/counseling/mine/{sealed.code}/"
    one, link = f"onward/{referral.pk}/", f"/packet/{way.token}/"
    near = [
        desk, f"{desk}onward/", f"{desk}{one}", mine, f"{mine}onward/", f"{mine}{one}",
        "/counseling/desk/", "/counseling/visits/", "/counseling/mine/", "/me/", "/me/export/",
        "/accounts/audit/", "/counseling/desk/absences/", f"{link}sheet/", link, "/letters/",
    ]  # fmt: skip
    agency = Client()
    for who in (
        seated(aoi), seated(haha), signed_in_as(kaede), signed_in_as(other), signed_in_as(mori),
        signed_in_as(ren), agency,
    ):  # fmt: skip
        for address in near:
            assert traces(who.get(address).content.decode("utf-8", "replace")) == [], address
    for who in (signed_in_as(other), signed_in_as(mori), signed_in_as(ren), seated(haha)):
        answer = who.post(f"{desk}details/", {"reason": "見たい"})
        assert traces(answer.content.decode()) == []
    answer = agency.post(link, {"code": f"{(int(way.code) + 1) % 10**6:06d}"})
    assert traces(answer.content.decode()) == []
    assert agency.post(link, {"code": way.code}).status_code == 303
    assert len(traces(agency.get(f"{link}sheet/").content.decode())) == len(CANARIES)
    opened = signed_in_as(kaede).post(f"{desk}details/", {"reason": "お電話"}).content.decode()
    assert len(traces(opened)) == len(CANARIES)
    must_be_nowhere(logs)


def test_the_look_itself_sees_what_is_kept_in_clear(case, kaede, logs):
    signed_in_as(kaede).post(f"/counseling/desk/{case.code}/notes/", {"note": CALM})
    assert CALM in dump()
    logging.getLogger("ibasho").warning("%s", NUMBER)
    assert traces(said_in(logs)) == [NUMBER]
