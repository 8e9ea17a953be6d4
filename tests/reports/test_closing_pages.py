"""締め on the page: closed by one, checked by another, read again as it was."""

import csv
import io
from datetime import UTC, date, datetime
from itertools import product

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from openpyxl import load_workbook

from accounts.states import Role
from audit.models import AuditEntry
from foundation.refusals import Refused
from ledger.entries import Fact, enter_all
from ledger.states import Kind
from ledger.subjects import subject_of
from reports import guarded
from reports.models import Closing, Remark
from reports.states import CLOSING_MOVES, ClosingState, closing_state
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer

pytestmark = pytest.mark.django_db
SHEET = "/reports/kpi/kochi-2020/"
CODE = "kochi.consultations"
LATER = datetime(2021, 7, 20, tzinfo=UTC)


@pytest.fixture
def kochi():
    return make_program("kochi")


@pytest.fixture
def two(kochi):
    """Two coordinators, who sign in later: a proof of April is none in July."""
    people = [make_staff(name, display_name=f"{name}さん") for name in ("hitori", "futari")]
    for one in people:
        grant(one, Role.COORDINATOR, kochi)
    return people


def consult(many: int, channel: str, known: datetime, *, first: int = 0) -> None:
    facts = [
        Fact(
            program="kochi",
            kind=Kind.CONSULTATION,
            occurred_on=date(2020, 5, 1),
            subject=subject_of("kochi", f"{channel}{first + number}"),
            channel=channel,
            cohort="yes",
        )
        for number in range(many)
    ]
    enter_all(facts, confirmed_by=1, now=known)


@pytest.fixture
def closed(two):
    """Closed in April with 33 consultations, three of them by Web; two more came in June."""
    consult(30, "phone", datetime(2020, 5, 2, tzinfo=UTC))
    consult(3, "web", datetime(2021, 4, 3, tzinfo=UTC))
    with time_machine.travel(datetime(2021, 4, 20, tzinfo=UTC), tick=False):
        answer = signed_in_as(two[0]).post(f"{SHEET}close/", {"year": "2020"})
    assert answer["Location"] == f"{SHEET}?closed=2020"
    consult(2, "phone", datetime(2021, 6, 1, tzinfo=UTC), first=90)
    with time_machine.travel(LATER, tick=False):
        yield Closing.objects.get()


def test_one_closes_and_another_checks(closed, two):
    one, other = map(signed_in_as, two)
    check = f"{SHEET}close/{closed.pk}/check/"
    assert "確認待ち" in one.get(SHEET).content.decode()
    assert check not in one.get(SHEET).content.decode()
    assert check in other.get(SHEET).content.decode()
    refused = one.post(check)
    assert (refused.status_code, "べつの人が確認します" in refused.content.decode()) == (422, True)
    assert other.post(check).status_code == 303
    closed.refresh_from_db()
    assert closed.checked_by == two[1].pk
    assert "futariさん" in one.get(SHEET).content.decode()


def test_a_year_is_closed_once_and_only_when_it_is_over(closed, two):
    client = signed_in_as(two[0])
    for year, words in (("2020", "もう済んでいます"), ("2021", "まだ終わっていません"), ("x", "")):
        answer = client.post(f"{SHEET}close/", {"year": year})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Closing.objects.count() == 1


def test_a_closing_is_read_as_it_was_with_its_revisions_beside(closed, two):
    viewer = staff_viewer(two[0])
    then = guarded.read(viewer, "kochi-2020", as_of=None, closed=2020, now=LATER)
    line = next(one for one in then.lines if one.indicator.code == CODE)
    assert line.exact.actual[2020] == 33
    ((_, (cell,)),) = then.revisions
    assert (cell.code, cell.closed, cell.now, cell.difference) == (CODE, 33, 35, 2)
    before = guarded.read(viewer, "kochi-2020", as_of=date(2021, 3, 31), now=LATER)
    assert before.revisions == []
    with pytest.raises(Refused, match="no_such_closing"):
        guarded.read(viewer, "kochi-2020", as_of=None, closed=2021, now=LATER)


def test_revisions_are_told_on_every_format(closed, two):
    client = signed_in_as(two[0])
    for address in ("?closed=2020", "?as_of=2021-06-30"):
        page = client.get(f"{SHEET}{address}").content.decode()
        assert "過年度修正(令和2年度の締めから2021-06-30まで)" in page
        assert "+2" in page
    text = client.get(f"{SHEET}sheet.csv?closed=2020").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert any(row[2:4] == ["33", "35"] for row in rows)
    assert any("作成者 hitoriさん" in row[1] for row in rows if row[:1] == ["締め"])
    book = load_workbook(io.BytesIO(client.get(f"{SHEET}sheet.xlsx?closed=2020").content))
    assert any(row[2:4] == (33, 35) for row in book.active.iter_rows(values_only=True))


def test_a_closing_between_two_ends_counts_among_what_was_told(closed, two):
    """The three by Web stay hidden at the closing and after it; what was told before, stands."""
    viewer = staff_viewer(two[0])
    reading = guarded.read(viewer, "kochi-2020", as_of=date(2021, 6, 30), now=LATER)
    line = next(one for one in reading.lines if one.indicator.code == CODE)
    web = next(one for one in line.parts if one.words == "うちWeb")
    assert (web.years[2020], web.since[2020]) == (0, date(2021, 3, 31))
    assert len(reading.moments) == 6
    assert closed.upto in reading.moments


def test_a_baseline_that_is_not_listed_is_told_on_every_format(two):
    hyogo = make_program()
    grant(two[0], Role.COORDINATOR, hyogo)
    words, sheet = "基準の市町が未登録 (0/3)", "/reports/kpi/hyogo-2020/"
    client = signed_in_as(two[0])
    answer = client.get(sheet)
    assert words in answer.content.decode()
    assert words in client.get(f"{sheet}sheet.csv").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get(f"{sheet}sheet.xlsx").content))
    assert any(words in row for row in book.active.iter_rows(values_only=True))
    # The page that is set on paper as PDF.
    assert words in render_to_string("reports/sheet_paper.html", answer.context[-1].flatten())


def test_a_coordinator_of_another_program_closes_and_checks_nothing(closed):
    stranger = make_staff("yosomono")
    grant(stranger, Role.COORDINATOR, make_program())
    client = signed_in_as(stranger)
    assert client.post(f"{SHEET}close/", {"year": "2020"}).status_code == 404
    assert client.post(f"{SHEET}close/{closed.pk}/check/").status_code == 404
    closed.refresh_from_db()
    assert closed.checked_by is None


def test_a_cell_of_a_closed_sheet_opens_its_evidence_as_it_stood_then(closed, two):
    client = signed_in_as(two[0])
    page = client.get(f"{SHEET}?closed=2020").content.decode()
    address = f"{SHEET}{CODE}/2020/?closed=2020"
    assert f'href="{address}">33</a>' in page
    answer = client.get(address).content.decode()
    assert answer.count('class="code"') == 33  # the two of June came later
    assert "2021年4月20日の締め" in answer and f"{SHEET}?closed=2020" in answer
    assert client.get(f"{SHEET}{CODE}/2020/").content.decode().count('class="code"') == 35
    assert "人数の少ない欄があるため" in answer  # three by Web: under the same guard
    assert client.get(f"{SHEET}{CODE}/2020/?closed=2021").status_code == 422


def test_the_one_who_checks_sends_it_back_with_a_reason_and_the_year_is_closed_anew(closed, two):
    one, other = map(signed_in_as, two)
    back = f"{SHEET}close/{closed.pk}/back/"
    assert back in other.get(SHEET).content.decode() and back not in one.get(SHEET).content.decode()
    for client, why, words in (
        (one, "じぶんの締め", "べつの人が確認します"),
        (other, " 短い ", "理由を書いてください"),
    ):
        answer = client.post(back, {"reason": why})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert other.post(back, {"reason": "6月の2件を入れてから締めてください"}).status_code == 303
    line = AuditEntry.objects.get(verb="send_back")
    assert (line.actor, line.reason) == (two[1].pk, "6月の2件を入れてから締めてください")
    page = one.get(SHEET).content.decode()
    assert "差しもどされました" in page and "6月の2件を入れてから締めてください" in page
    assert one.get(f"{SHEET}?closed=2020").status_code == 422
    for deed in ("check", "back", "publish", "words"):
        answer = other.post(f"{SHEET}close/{closed.pk}/{deed}/", {"reason": "もう一度"})
        assert answer.status_code in (404, 422), deed
    # Its figures were told: they stay a moment after which parts are guarded.
    assert (
        closed.upto
        in guarded.read(staff_viewer(two[0]), "kochi-2020", as_of=None, now=LATER).moments
    )
    Remark.objects.create(closing=closed, code=CODE, words="よくなりました", by=1, at=LATER)
    assert one.post(f"{SHEET}close/", {"year": "2020"}).status_code == 303
    anew = Closing.objects.get(sent_back_at=None)
    assert ">35</a>" in one.get(f"{SHEET}?closed=2020").content.decode()
    assert "差しもどされました" not in one.get(SHEET).content.decode()
    assert anew.remarks.get().words == "よくなりました"
    assert other.post(f"{SHEET}close/{anew.pk}/check/").status_code == 303
    answer = other.post(f"{SHEET}close/{anew.pk}/back/", {"reason": "おそすぎました"})
    assert (answer.status_code, "もう済んでいます" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sent_back_at": LATER}, {"sent_back_reason": "わけ"}, {"sent_back_by": 999},
        {"sent_back_at": LATER, "sent_back_by": 999},
    ],
)  # fmt: skip
def test_the_database_knows_what_sent_back_means(closed, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.filter(pk=closed.pk).update(**wrong)


def test_the_table_of_moves_and_what_marks_say():
    names = ("checked", "sent_back", "published")
    marks = [dict(zip(names, one, strict=True)) for one in product([True, False], repeat=3)]
    assert {closing_state(**one) for one in marks} == set(ClosingState) == set(CLOSING_MOVES)
    assert not CLOSING_MOVES[ClosingState.SENT_BACK]
