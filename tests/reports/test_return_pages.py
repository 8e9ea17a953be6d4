"""Monthly files over a page, and a sheet for new years: forms, roles, and lines in the log."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.states import Role
from audit.models import AuditEntry
from ledger.entries import Fact, enter
from ledger.models import Entry
from ledger.states import Kind
from ledger.subjects import subject_of
from reports import queries, returning
from reports.models import Install, OwnSheet
from tests.cast import grant, make_program, make_staff, signed_in_as
from tests.reports.test_returns import House

pytestmark = pytest.mark.django_db
PAGE = "/reports/returns/"


@pytest.fixture
def kochi():
    return make_program("kochi")


def client_of(name: str, role: Role, program):
    person = make_staff(name)
    grant(person, role, program)
    return signed_in_as(person)


@pytest.fixture
def client(kochi):
    return client_of("tosa", Role.COORDINATOR, kochi)


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def sent(data: bytes) -> dict:
    return {"file": SimpleUploadedFile("a.json", data, "application/json")}


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_house_is_joined_and_its_file_taken_in_once(client, settings):
    north = House(settings, "北")
    (data,) = north.files("2022-09")
    assert "登録されていません" in words(client.post(f"{PAGE}take/", sent(data)))
    asked = {"join-name": "北", "join-key": north.key}
    assert client.post(f"{PAGE}join/?program=kochi", asked).status_code == 303
    answer = client.post(f"{PAGE}take/", sent(data))
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?month=2022-09&taken=2")
    assert "新しいものは2行です" in words(client.get(answer["Location"]))
    assert client.post(f"{PAGE}take/", sent(data))["Location"].endswith("taken=0")
    assert Entry.objects.count() == 2
    assert verbs() == ["return.joined", "return.taken", "return.taken"]
    assert AuditEntry.objects.filter(object_id="kochi/2022-09").count() == 2


def test_a_key_that_is_known_is_not_changed_on_the_page(client, settings):
    asked = {"join-name": "北", "join-key": "a" * 64}
    client.post(f"{PAGE}join/?program=kochi", asked)
    answer = client.post(f"{PAGE}join/?program=kochi", asked | {"join-key": "b" * 64})
    assert answer.status_code == 422
    assert client.post(f"{PAGE}join/", {"join-name": "南", "join-key": "x"}).status_code == 422
    assert Install.objects.get().public_key == "a" * 64
    assert verbs() == ["return.joined"]


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[]"])
def test_rubbish_changes_nothing(client, data):
    assert client.post(f"{PAGE}take/", sent(data)).status_code == 422
    assert client.post(f"{PAGE}take/").status_code == 422
    assert not verbs() and not Entry.objects.exists()


def test_another_program_s_file_is_not_taken_in(client, settings):
    north = House(settings, "北")
    (data,) = north.files("2022-09")
    other = client_of("mori", Role.COORDINATOR, make_program())
    other.post(f"{PAGE}join/", {"join-name": "北", "join-key": north.key})
    answer = other.post(f"{PAGE}take/", sent(data))
    assert answer.status_code == 422
    assert "あなたの事業のファイルではありません" in words(answer)
    assert not Entry.objects.exists()


def test_an_auditor_writes_a_month_with_a_reason_and_nobody_else(client, kochi):
    fact = Fact(
        program="kochi", kind=Kind.NEW_CASE, occurred_on=date(2022, 9, 1), cohort="yes",
        subject=subject_of("kochi", "a"),
    )  # fmt: skip
    with transaction.atomic():
        enter(fact, confirmed_by=1, now=datetime(2022, 9, 2, tzinfo=UTC))
    asked = {"write-month": "2022-09", "write-reason": "県への月次報告"}
    assert client.post(f"{PAGE}write/", asked).status_code == 404
    assert "書きだすのは、監査役です" in words(client.get(PAGE))
    auditor = client_of("kansa", Role.AUDITOR, kochi)
    for wrong in ({"write-reason": " "}, {"write-month": "2999-01"}, {"write-month": "9月"}):
        assert auditor.post(f"{PAGE}write/", asked | wrong).status_code == 422
    assert not verbs()
    answer = auditor.post(f"{PAGE}write/", asked)
    assert answer["Content-Disposition"] == 'attachment; filename="kochi-2022-09.json"'
    assert len(returning.read(answer.content).entries) == 1
    assert json.loads(answer.content)["sender"] == returning.own_key()
    noted = AuditEntry.objects.get(verb="return.written")
    assert (noted.object_id, noted.reason) == ("kochi/2022-09", "県への月次報告")
    assert noted.role == Role.AUDITOR


START = "/reports/kpi/?program=kochi&model=kochi-2020&first_year=2023&years=2"
TOLD = {
    "name": "つづき", "decision": "第2次", "cost": "37500", "baseline_0": "105",
    "target_0_2023": "10", "target_0_2024": "20", "target_2_2023": "5", "target_2_2024": "6",
}  # fmt: skip


def test_a_coordinator_starts_a_sheet_on_a_page(client):
    assert "kochi-2020" in words(client.get("/reports/kpi/"))
    assert "令和6年度" in words(client.get(START))
    answer = client.post(START, TOLD)
    assert (answer.status_code, answer["Location"]) == (303, "/reports/?program=kochi&said=sheet")
    assert "つづき" in words(client.get(answer["Location"]))
    sheet = queries.sheet("kochi-2023")
    assert [one.code for one in sheet.indicators] == ["kochi.new", "kochi.linked"]
    assert sheet.indicators[0].targets == {2023: 10, 2024: 20}
    assert (sheet.indicators[0].baseline, sheet.decision, sheet.cost) == (105, "第2次", 37500)
    assert list(AuditEntry.objects.values_list("verb", "object_id")) == [("create", "kochi-2023")]
    again = client.post(START, TOLD)
    assert again.status_code == 422 and "もうあります" in words(again)


def test_a_coordinator_says_whether_our_own_room_counts(client):
    assert "居場所等に入れる" in words(client.get(START))
    client.post(START, TOLD | {"own_room": "on"})
    assert [one.own_room for one in queries.sheet("kochi-2023").indicators] == [True, True]
    elsewhere = client.get("/reports/kpi/?program=kochi&model=kobe-2020&first_year=2023&years=2")
    assert "居場所等に入れる" not in words(elsewhere)


@pytest.mark.parametrize(
    "wrong",
    [{"target_0_2024": ""}, {"name": ""}, {"target_0_2023": "-1"}, {"baseline_0": "x"}],
)
def test_a_sheet_with_a_gap_is_not_started_and_what_was_typed_stays(client, wrong):
    answer = client.post(START, TOLD | wrong)
    assert answer.status_code == 422
    assert 'value="37500"' in words(answer)
    assert not OwnSheet.objects.exists() and not verbs()


def test_a_sheet_without_targets_or_of_no_model_is_none(client):
    assert client.post(START, {"name": "つづき"}).status_code == 422
    assert client.post("/reports/kpi/", TOLD).status_code == 422
    for bad in ("model=atlantis-2020", "model=kochi-2020&first_year=1", "years=9&model=kochi-2020"):
        assert client.get(f"/reports/kpi/?{bad}").status_code == 422
    assert client.get("/reports/kpi/?program=hyogo").status_code == 404
    assert not OwnSheet.objects.exists()
