"""The yearly publication: words of a coordinator to a closed year, then for anyone."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.states import Role
from audit.models import AuditEntry
from ledger.entries import Fact, enter_all
from ledger.states import Kind
from ledger.subjects import subject_of
from reports.models import Closing
from tests.cast import grant, make_program, make_staff, signed_in_as

pytestmark = pytest.mark.django_db
SHEET, PUBLIC = "/reports/kpi/kochi-2020/", "/published/kochi-2020/"
CODE = "kochi.consultations"
LATER = datetime(2021, 7, 20, tzinfo=UTC)


def consult(many: int, channel: str, on: date, known: datetime, *, first: int = 0) -> None:
    facts = [
        Fact(
            program="kochi", kind=Kind.CONSULTATION, occurred_on=on,
            subject=subject_of("kochi", f"{channel}{first + number}"), channel=channel,
            cohort="yes",
        )
        for number in range(many)
    ]  # fmt: skip
    enter_all(facts, confirmed_by=1, now=known)


@pytest.fixture
def two(db):
    kochi = make_program("kochi")
    people = [make_staff(name, display_name=f"{name}さん") for name in ("hitori", "futari")]
    for one in people:
        grant(one, Role.COORDINATOR, kochi)
    return people


def close(one, other, year: int, at: datetime) -> Closing:
    """Closed by one, checked by the other."""
    with time_machine.travel(at, tick=False):
        assert signed_in_as(one).post(f"{SHEET}close/", {"year": str(year)}).status_code == 303
        row = Closing.objects.get(year=year)
        assert signed_in_as(other).post(f"{SHEET}close/{row.pk}/check/").status_code == 303
    return row


@pytest.fixture
def closed(two):
    """令和2年度 with 33 consultations, three of them by Web; 17 of the next year are known too."""
    consult(30, "phone", date(2020, 5, 1), datetime(2020, 5, 2, tzinfo=UTC))
    consult(3, "web", date(2020, 5, 1), datetime(2020, 5, 3, tzinfo=UTC))
    consult(17, "phone", date(2021, 4, 2), datetime(2021, 4, 3, tzinfo=UTC), first=70)
    row = close(*two, 2020, datetime(2021, 4, 20, tzinfo=UTC))
    with time_machine.travel(LATER, tick=False):
        yield row


def address(row: Closing, what: str) -> str:
    return f"{SHEET}close/{row.pk}/{what}/"


def test_a_year_is_read_by_anyone_once_a_coordinator_published_it(closed, two):
    one, anybody = signed_in_as(two[0]), Client()
    assert anybody.get(PUBLIC).status_code == 404
    assert "kochi-2020" not in anybody.get("/published/").content.decode()
    words = {CODE: "目標にはとどきませんでしたが、\n電話がふえました。"}
    assert one.post(address(closed, "words"), words).status_code == 303
    assert anybody.get(PUBLIC).status_code == 404, "words alone publish nothing"
    sent = one.post(address(closed, "publish"))
    assert (sent.status_code, sent["Location"]) == (303, PUBLIC)
    page = anybody.get(PUBLIC).content.decode()
    assert "電話がふえました。" in page and ">33<" in page
    assert PUBLIC in anybody.get("/published/").content.decode()
    verbs = AuditEntry.objects.filter(object_type="sheet").values_list("verb", flat=True)
    assert {"remark", "publish"} <= set(verbs)


def test_nothing_but_totals_of_published_years_is_told(closed, two):
    signed_in_as(two[0]).post(address(closed, "publish"))
    page = Client().get(PUBLIC).content.decode()
    for split in ("うちWeb", "うち電子居場所から", "四半期", "＊"):
        assert split not in page
    text = Client().get(f"{PUBLIC}table.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    told = next(row for row in rows if "延べ相談件数" in row[0])
    # The running year is known to the closing and to nobody who reads this.
    assert told[3:9] == ["300", "33", "525", "-", "750", "-"]
    assert told[9:11] == ["1575", "33"]
    assert "17" not in {cell for row in rows for cell in row}


def test_what_nobody_else_confirmed_is_not_published(two):
    consult(12, "phone", date(2020, 5, 1), datetime(2020, 5, 2, tzinfo=UTC))
    with time_machine.travel(LATER, tick=False):
        one = signed_in_as(two[0])
        one.post(f"{SHEET}close/", {"year": "2020"})
        row = Closing.objects.get()
        refused = one.post(address(row, "publish"))
    assert refused.status_code == 422
    assert "確認者が確認してから" in refused.content.decode()
    assert Client().get(PUBLIC).status_code == 404


def test_it_is_published_once_and_its_words_may_be_put_better(closed, two):
    one = signed_in_as(two[0])
    assert one.post(address(closed, "publish")).status_code == 303
    assert one.post(address(closed, "publish")).status_code == 422
    one.post(address(closed, "words"), {CODE: "はじめのことば"})
    one.post(address(closed, "words"), {CODE: "あとのことば"})
    page = Client().get(PUBLIC).content.decode()
    assert "あとのことば" in page and "はじめのことば" not in page
    one.post(address(closed, "words"), {CODE: " "})
    assert "あとのことば" not in Client().get(PUBLIC).content.decode()


def test_words_too_long_are_given_back_whole(closed, two):
    long = "あ" * 1001
    answer = signed_in_as(two[0]).post(address(closed, "words"), {CODE: long})
    assert answer.status_code == 422
    assert "1,000文字まで" in answer.content.decode() and long in answer.content.decode()
    assert not closed.remarks.exists()


def test_a_year_that_was_corrected_later_says_so(closed, two):
    signed_in_as(two[0]).post(address(closed, "publish"))
    consult(2, "phone", date(2020, 6, 1), datetime(2021, 6, 1, tzinfo=UTC), first=50)
    at = datetime(2022, 4, 20, tzinfo=UTC)
    later = close(*two, 2021, at)
    with time_machine.travel(at, tick=False):
        signed_in_as(two[0]).post(address(later, "publish"))
        page = Client().get(PUBLIC).content.decode()
    assert "過年度修正: 令和2年度は、はじめの公表では 33、いまは 35 です。" in page
    assert ">17<" in page


def test_a_year_between_that_nobody_published_is_not_told(closed, two):
    """Closed and checked isn't published."""
    close(*two, 2021, datetime(2022, 4, 20, tzinfo=UTC))
    at = datetime(2023, 4, 20, tzinfo=UTC)
    last = close(*two, 2022, at)
    with time_machine.travel(at, tick=False):
        for row in (closed, last):
            assert signed_in_as(two[0]).post(address(row, "publish")).status_code == 303
        text = Client().get(f"{PUBLIC}table.csv").content.decode("utf-8-sig")
    told = next(row for row in csv.reader(io.StringIO(text)) if "延べ相談件数" in row[0])
    assert told[3:9] == ["300", "33", "525", "-", "750", "0"]
    assert told[10] == "33"


def test_nobody_else_writes_or_publishes(closed):
    stranger = make_staff("yosomono")
    grant(stranger, Role.COORDINATOR, make_program())
    client = signed_in_as(stranger)
    for what in ("words", "publish"):
        assert client.post(address(closed, what), {CODE: "よそ"}).status_code == 404
    assert not closed.remarks.exists()
    assert Client().post(address(closed, "publish")).status_code == 303
    closed.refresh_from_db()
    assert closed.published_at is None


def test_what_the_document_does_not_say_is_said(closed, two):
    signed_in_as(two[0]).post(address(closed, "publish"))
    for page in (Client().get(PUBLIC), signed_in_as(two[0]).get(SHEET)):
        assert "<dt>交付金対象事業費</dt><dd>資料に記載なし</dd>" in page.content.decode()


def test_the_public_page_asks_the_database_little(closed, two, django_assert_max_num_queries):
    signed_in_as(two[0]).post(address(closed, "publish"))
    anybody = Client()
    with django_assert_max_num_queries(4):
        anybody.get(PUBLIC)
