"""A visit to a satellite office, confirmed by a form, counts as one from a file does."""

from datetime import timedelta

import pytest
from django.db import transaction

from audit.models import AuditEntry
from foundation import clock
from ledger.entries import Fact, enter_all
from ledger.models import Entry, Note
from ledger.queries import verify
from ledger.states import Kind
from ledger.subjects import evidence_number, subject_of
from reports.rules import shipped
from reports.whole import merged
from tests.cast import make_program, signed_in_as

pytestmark = pytest.mark.usefixtures("towns")
PAGE = "/reports/offices/"


def today():
    return clock.jst_day(clock.now())


def visit(**told) -> dict[str, str]:
    plain = {
        "code": "4711-0815", "on": today().isoformat(), "office": "筑後", "cohort": "yes",
        "evidence": "受付簿 12", "municipality": "282014",
    }  # fmt: skip
    return plain | told


@pytest.fixture
def client(kaede):
    return signed_in_as(kaede)


@pytest.fixture
def known(program):
    fact = Fact(
        program="hyogo", kind=Kind.CONSULTATION, occurred_on=today() - timedelta(9),
        subject=subject_of("hyogo", "4711-0815"),
    )  # fmt: skip
    with transaction.atomic():
        enter_all([fact], confirmed_by=1, now=clock.now())


def test_a_visit_feeds_the_ledger_as_a_file_would(client, kaede, known):
    assert client.post(PAGE, visit()).status_code == 303
    row = Entry.objects.get(kind=Kind.OFFICE_VISIT)
    assert row.subject == subject_of("hyogo", "4711-0815")
    assert (row.cohort, row.channel, row.destination) == ("yes", "in_person", "筑後")
    assert (row.municipality_code, row.confirmed_by) == ("282014", str(kaede.pk))
    assert row.evidence == "office:form" and Note.objects.get().body == "受付簿 12"
    assert "4711" not in "".join(str(value) for value in vars(row).values())
    page = client.get(PAGE).content.decode()
    assert "受付簿 12" in page and evidence_number("hyogo", row.seq) in page
    assert "4711" not in page
    assert AuditEntry.objects.get(object_type="office_visit").verb == "open"
    assert shipped()["fukuoka-2020"].indicator("fukuoka.satellite_users").kind == row.kind
    assert merged("hyogo", clock.now()) == {}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"code": "4711-0816"}, "まだありません"),
        ({"evidence": "090-1234-5678"}, "番号などで書いてください"),
        ({"on": "2999-01-01"}, "まだ来ていない日"),
        ({"evidence": ""}, ""),
        ({"code": ""}, ""),
        ({"municipality": "392014"}, ""),
        ({"cohort": "perhaps"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_entered(client, known, told, words):
    answer = client.post(PAGE, visit(**told))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Entry.objects.filter(kind=Kind.OFFICE_VISIT).exists()


def test_a_first_number_is_taken_when_it_is_meant_and_the_same_visit_only_once(client, program):
    assert client.post(PAGE, visit()).status_code == 422
    assert client.post(PAGE, visit(first="on")).status_code == 303
    answer = client.post(PAGE, visit())
    assert (answer.status_code, "もう済んでいます" in answer.content.decode()) == (422, True)
    assert client.post(PAGE, visit(office="筑豊")).status_code == 303
    assert Entry.objects.count() == 2


def test_a_visit_is_taken_back_whole_and_only_in_one_s_program(client, program):
    client.post(PAGE, visit(first="on"))
    number = evidence_number("hyogo", Entry.objects.get().seq)
    address = f"{PAGE}{number}/withdraw/"
    make_program("kochi")
    assert client.post(f"{address}?program=kochi", {"reason": "mistyped"}).status_code == 404
    assert client.post(address, {"reason": "mistyped"}).status_code == 303
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 0
    assert not any(one.broken for one in verify())
    assert client.post(address, {"reason": "mistyped"}).status_code == 404
    assert number not in client.get(PAGE).content.decode()
    assert client.post(PAGE, visit()).status_code == 303  # the right one may follow


def test_a_visit_stands_in_the_register_of_whoever_confirmed_it_alone(client, program, mori):
    """Beside the numbers of the cohort on the sheet, a day and a paper would tell one visitor's."""
    client.post(PAGE, visit(first="on"))
    number = evidence_number("hyogo", Entry.objects.get().seq)
    other = signed_in_as(mori)
    other.post(PAGE, visit(code="4711-0816", first="on", office="筑豊", evidence="受付簿 13"))
    mine, theirs = (one.get(PAGE).content.decode() for one in (client, other))
    assert number in mine and "受付簿 12" in mine and "受付簿 13" not in mine
    assert "受付簿 13" in theirs and "受付簿 12" not in theirs and number not in theirs
    assert theirs.count("<tr>") == mine.count("<tr>") == 2
