"""Records come in through a page: looked at, then taken in whole."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Entry
from tests.cast import signed_in_as

pytestmark = pytest.mark.django_db
HEAD = (
    "date,kind,program,municipality_code,channel,cohort,relation,subject,destination,quantity,note"
)
GOOD = "2026-06-01,consultation,hyogo,,phone,yes,family,A-1,,1,"


def send(client, *lines: str):
    text = "\n".join((HEAD, *lines))
    return client.post(
        "/reports/import/", {"file": SimpleUploadedFile("records.csv", text.encode())}
    )


@pytest.fixture
def client(mori):
    return signed_in_as(mori)


def test_looking_takes_nothing_in_and_taking_in_confirms(client, mori):
    page = send(client, GOOD)
    assert page.status_code == 200
    assert not Entry.objects.exists()
    assert "A-1" not in page.content.decode()
    number = page.context["laid"].imported
    answer = client.post(f"/reports/import/{number}/apply/")
    assert (answer.status_code, answer["Location"]) == (303, "/reports/import/?taken=1")
    assert Entry.objects.get().confirmed_by == str(mori.pk)
    assert "1行を帳簿に取り込みました" in client.get(answer["Location"]).content.decode()


def test_a_bad_row_is_named_and_nothing_can_be_taken_in(client):
    page = send(client, GOOD, GOOD.replace("2026-06-01", "きのう"))
    assert page.status_code == 422
    assert "3行目" in page.content.decode()
    assert "すべて取り込む" not in page.content.decode()


def test_the_same_file_twice_is_recognised(client):
    number = send(client, GOOD).context["laid"].imported
    client.post(f"/reports/import/{number}/apply/")
    assert "同じ内容が" in send(client, GOOD).content.decode()


def test_what_was_dropped_cannot_be_taken_in(client):
    number = send(client, GOOD).context["laid"].imported
    assert client.post(f"/reports/import/{number}/drop/").status_code == 303
    assert client.post(f"/reports/import/{number}/apply/").status_code == 422
    assert not Entry.objects.exists()


def test_a_file_that_is_none_gets_a_sentence(client):
    assert client.post("/reports/import/").status_code == 422
    file = SimpleUploadedFile("x.csv", b"a,b\n1,2\n")
    assert client.post("/reports/import/", {"file": file}).status_code == 422
