"""Words beside an entry can be erased, with a reason; previews that nobody takes in go."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.states import Role
from audit.models import AuditEntry
from foundation import clock
from ledger.entries import Fact, enter_all
from ledger.models import Entry, Note
from ledger.queries import verify
from ledger.states import Kind
from ledger.subjects import evidence_number
from reports import rounds
from reports.models import RecordImport
from tests.cast import grant, make_program, make_staff, signed_in_as

pytestmark = pytest.mark.django_db
PAGE = "/reports/notes/"
WHY = "ご本人からのおねがい"


def entered(program: str, words: str) -> str:
    fact = Fact(program=program, kind=Kind.CONSULTATION, occurred_on=clock.jst_day(clock.now()))
    with transaction.atomic():
        (row,) = enter_all([fact], confirmed_by=1, now=clock.now(), notes=[words])
    return evidence_number(program, row.seq)


@pytest.fixture(params=[Role.COORDINATOR, Role.AUDITOR])
def who(request, db):
    person = make_staff("hito")
    grant(person, request.param, make_program())
    return person, request.param


def test_a_note_is_erased_with_a_reason_and_no_sum_changes(who):
    person, role = who
    number, kept = entered("hyogo", "はやしさんの母から"), entered("hyogo", "のこすことば")
    client = signed_in_as(person)
    page = client.get(PAGE).content.decode()
    assert number in page and kept in page and "はやしさん" not in page
    for sent, words in (
        ({"number": number, "reason": " あ "}, "理由を書いてください"),
        ({"number": "ない", "reason": WHY}, "備考はありません"),
    ):
        answer = client.post(PAGE, sent)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Note.objects.count() == 2
    answer = client.post(PAGE, {"number": number, "reason": WHY})
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert "備考を消しました" in page and number not in page
    assert Note.objects.get().body == "のこすことば"
    assert Entry.objects.count() == 2 and not any(one.broken for one in verify())
    line = AuditEntry.objects.get(verb="note.erased")
    assert (line.reason, line.role, line.object_id) == (WHY, role, f"hyogo:{number}")


def test_notes_of_another_program_are_out_of_reach(who):
    make_program("kochi")
    number = entered("kochi", "よそのことば")
    client = signed_in_as(who[0])
    assert number not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"number": number, "reason": WHY}).status_code == 422
    assert client.get(f"{PAGE}?program=kochi").status_code == 404
    assert Note.objects.exists()


def test_whoever_confirmed_reads_the_words_with_the_whole_entry(program, kaede):
    fact = Fact(program="hyogo", kind=Kind.CONSULTATION, occurred_on=clock.jst_day(clock.now()))
    with transaction.atomic():
        enter_all([fact], confirmed_by=kaede.pk, now=clock.now(), notes=["母から"])
    page = signed_in_as(kaede).post("/reports/entries/", {"reason": "たしかめる"})
    assert "<td>母から</td>" in page.content.decode()


def test_a_preview_that_nobody_takes_in_goes_after_a_day(db):
    now = clock.now()
    old, fresh, taken = (
        RecordImport.objects.create(
            digest=str(hours), by="1", at=now - timedelta(hours=hours), rows=1,
            waiting=[[{}, "名前", 2]], applied_at=now if hours == 30 else None,
        )
        for hours in (25, 23, 30)
    )  # fmt: skip
    rounds.turn()
    for row in (old, fresh, taken):
        row.refresh_from_db()
    assert old.dropped_at is not None and old.waiting == []
    assert fresh.dropped_at is None and fresh.waiting
    assert taken.dropped_at is None
