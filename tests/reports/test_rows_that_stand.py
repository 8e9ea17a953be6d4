"""A file that grew, or was sorted anew, brings old rows along: they never count twice unseen."""

import pytest

from ledger.models import Entry
from ledger.states import Reason
from reports.actions.taking_back import counter_import
from tests.cast import signed_in_as
from tests.reports.test_import import HEAD, taken
from tests.reports.test_import_page import GOOD, send

pytestmark = pytest.mark.django_db
OTHER = GOOD.replace("06-01", "06-02")
NEW = GOOD.replace("06-01", "07-01")


@pytest.fixture
def client(mori):
    return signed_in_as(mori)


def total() -> int:
    return sum(Entry.objects.values_list("quantity", flat=True))


def take(client, laid, alike: str):
    return client.post(f"/reports/import/{laid.imported}/apply/", {"alike": alike})


def test_the_page_names_the_rows_and_leaves_them_out(client):
    take(client, send(client, GOOD, OTHER).context["laid"], "anew")
    page = send(client, NEW, OTHER, GOOD)
    assert page.context["laid"].standing == [3, 4]
    words = page.content.decode()
    assert "2行は、ほかのファイルから取り込んだ行と" in words and "3・4行目" in words
    assert "taken=1" in take(client, page.context["laid"], "pass")["Location"]
    assert total() == 3


def test_events_that_only_look_alike_may_be_taken_in(client):
    take(client, send(client, GOOD).context["laid"], "anew")
    page = send(client, GOOD, NEW)
    assert "taken=2" in take(client, page.context["laid"], "anew")["Location"]
    assert total() == 3


def test_each_row_there_stands_for_one_row_only(client):
    take(client, send(client, GOOD, GOOD).context["laid"], "anew")
    page = send(client, GOOD, GOOD, GOOD)
    assert page.context["laid"].standing == [2, 3]
    take(client, page.context["laid"], "pass")
    assert total() == 3


def test_what_was_taken_back_stands_no_more(client, now):
    first = send(client, GOOD).context["laid"]
    take(client, first, "anew")
    counter_import(first.imported, by="1", reason=Reason.TWICE, now=now)
    assert send(client, GOOD, NEW).context["laid"].standing == []


def test_two_uploads_at_once_are_looked_at_again_when_they_are_taken_in(client):
    one, two = (send(client, *rows).context["laid"] for rows in ((GOOD, OTHER), (GOOD, NEW)))
    assert one.standing == two.standing == []
    take(client, one, "pass")
    assert "taken=1" in take(client, two, "pass")["Location"]
    assert total() == 3


def test_the_command_says_so_and_leaves_them_out_when_asked(db, tmp_path):
    row = "2021-03-31,consultation,kochi,392014,phone,yes,family,K-1,,2,"
    more = row.replace("K-1", "K-2")
    taken(tmp_path, f"{HEAD}\n{row}\n")
    said = taken(tmp_path, f"{HEAD}\n{more}\n{row}\n", "--skip-standing")
    assert (
        "1行は、ほかのファイルからすでに入っている行と同じです" in said
        and "1行を取り込みました" in said
    )
    assert total() == 4
    said = taken(tmp_path, f"{HEAD}\n{row}\n{row}\n")
    assert "--skip-standing" in said and total() == 8
