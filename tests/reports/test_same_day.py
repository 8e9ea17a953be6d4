"""A file of ledger records tells a consultation of a day once, unless its row says why again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError

from ledger.entries import counter_enter
from ledger.models import Entry, Note
from ledger.states import Reason
from programs.actions.counting import decide
from programs.states import CountedAs
from tests.cast import make_program, signed_in_as
from tests.reports.test_import import HEAD, taken

pytestmark = pytest.mark.django_db
ROW = "2021-03-31,consultation,kochi,,phone,yes,family,K-1,,1,"
TWICE = "同じ人との、同じ日の、同じ手段の相談が、もうあります"


def file(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


def test_the_second_row_is_named_by_its_line_and_nothing_is_taken_in(tmp_path):
    with pytest.raises(CommandError, match=f"3行目: 備考: {TWICE}") as no:
        taken(tmp_path, file(ROW, ROW))
    assert "2行目" not in str(no.value) and "K-1" not in str(no.value)
    assert not Entry.objects.exists()


def test_a_reason_in_its_words_makes_it_another_one_and_stays(tmp_path):
    taken(tmp_path, file(ROW, f"{ROW}夜にべつの用件"))
    assert Entry.objects.count() == 2
    assert Note.objects.get().body == "夜にべつの用件"


@pytest.mark.parametrize(
    "other",
    [
        "2021-03-30,consultation,kochi,,phone,yes,family,K-1,,1,",
        "2021-03-31,consultation,kochi,,visit,yes,family,K-1,,1,",
        "2021-03-31,consultation,kochi,,phone,yes,self,K-1,,1,",
        "2021-03-31,consultation,kochi,,phone,yes,family,K-2,,1,",
        "2021-03-31,consultation,tottori,,phone,yes,family,K-1,,1,",
        "2021-03-31,counseling_session,kochi,,phone,yes,family,K-1,,1,",
    ],
)
def test_what_differs_is_another_one(tmp_path, other):
    taken(tmp_path, file(ROW, other))
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "row",
    [
        "2021-03-31,consultation,kochi,,phone,yes,family,,,1,",
        "2021-03-31,consultation,kochi,,,yes,family,K-1,,1,",
    ],
)
def test_what_says_too_little_can_t_be_compared(tmp_path, row):
    taken(tmp_path, file(row, row))
    assert Entry.objects.count() == 2


def test_what_the_ledger_holds_is_there_until_it_is_taken_back(tmp_path, now):
    taken(tmp_path, file(ROW))
    more = file(ROW, ROW.replace("K-1", "K-2"))
    with pytest.raises(CommandError, match=f"2行目: 備考: {TWICE}"):
        taken(tmp_path, more)
    counter_enter("kochi", seq=1, reason=Reason.NOT_CONFIRMED, confirmed_by=1, now=now)
    taken(tmp_path, more)
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 2


def test_where_each_one_counts_a_file_may_tell_as_many_as_there_were(tmp_path):
    program, first = make_program("kochi"), date(2021, 3, 31)
    before = datetime(2021, 3, 1, tzinfo=UTC)
    decide(program=program.pk, counted_as=CountedAs.EACH, since=first, after=0, now=before)
    taken(tmp_path, file(ROW, ROW, ROW))
    assert Entry.objects.count() == 3
    yesterday = ROW.replace("03-31", "03-30")
    with pytest.raises(CommandError, match=f"4行目: 備考: {TWICE}"):
        taken(tmp_path, file(ROW, yesterday, yesterday))


def test_what_came_between_looking_and_taking_in_is_seen(mori, program, tmp_path):
    client, page = signed_in_as(mori), "/reports/import/"
    day = (datetime.now(UTC).date() - timedelta(days=40)).isoformat()
    row = f"{day},consultation,hyogo,,phone,yes,family,A-1,,1,"

    def laid(*rows: str) -> int:
        sent = SimpleUploadedFile("records.csv", file(*rows).encode())
        return client.post(page, {"file": sent}).context["laid"].imported

    first, second = laid(row), laid(row, row.replace("A-1", "A-2"))
    assert client.post(f"{page}{first}/apply/").status_code == 303
    answer = client.post(f"{page}{second}/apply/")
    assert answer.status_code == 422
    assert "何も取り込んでいません" in answer.content.decode()
    assert Entry.objects.count() == 1
