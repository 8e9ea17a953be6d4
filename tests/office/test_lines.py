"""Help lines at the desk: corrected, verified, and two at once."""

import pytest
from django.test import Client

from accounts.states import Role
from audit.models import AuditEntry
from helplines.lines import lines
from helplines.writing import hours_in_words
from tests.cast import grant, make_program, make_staff, signed_in_as
from tests.office.desk import fields, send, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def note(key: str) -> str:
    return next(one.note for one in lines() if one.key == key)


def test_what_nobody_verified_lately_comes_first_and_is_verified_in_one_step(desk: Client, mori):
    page = words(desk.get("/manage/lines/"))
    assert page.count("たしかめてください") == len(lines())
    address = "/manage/lines/yorisoi/verify/"
    assert send(desk, "/manage/lines/", to=address).status_code == 303
    page = words(desk.get("/manage/lines/"))
    assert page.count("たしかめてください") == len(lines()) - 1
    assert page.index("よりそいホットライン") > page.index("チャイルドライン")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.object_id) == (mori.pk, "verify", "yorisoi")


def test_a_line_is_corrected_and_seen_by_everyone(desk: Client):
    address = "/manage/lines/kokoro-dial/"
    answer = send(
        desk, address, hours="平日 9:00-17:00\n毎月10日 8:00-8:00", verified_on="2026-11-01"
    )
    assert answer.status_code == 303
    assert "平日 9:00〜17:00、毎月10日 8:00〜翌8:00" in Client().get("/now/").content.decode()


def test_a_day_alone_verifies_nothing_and_a_tick_does(desk: Client):
    address = "/manage/lines/yorisoi/"

    def verified() -> bool:
        return next(one.verified for one in lines() if one.key == "yorisoi")

    assert send(desk, address, note="なおした", verified_on="2026-11-01").status_code == 303
    assert not verified()
    assert send(desk, address, verified="on", verified_on="").status_code == 422
    assert send(desk, address, verified="on", verified_on="2026-11-01").status_code == 303
    assert verified()
    # It stays so while only the words change.
    assert send(desk, address, note="またなおした").status_code == 303
    assert verified()


def test_what_is_wrong_is_told_and_kept(desk: Client):
    answer = send(
        desk, "/manage/lines/yorisoi/", hours="いつでも", number="でんわ",
        url="http://example.jp", source=" ", verified_on="2999-01-01",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in (
        "「いつでも」が読みとれません",
        "数字とハイフン",
        "https://",
        "出典",
        "きょうより後",
    ):
        assert said in page
    assert 'value="でんわ"' in page
    assert send(desk, "/manage/lines/yorisoi/", number="").status_code == 422


def test_of_two_who_correct_one_line_the_second_sees_both(desk: Client, other_desk: Client):
    address = "/manage/lines/yorisoi/"
    before = fields(other_desk.get(address).content.decode(), address)
    assert send(desk, address, note="もりの説明").status_code == 303
    answer = other_desk.post(address, {**before, "note": "きくの説明"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "もりの説明" in page and page.count("きくの説明") == 2
    assert other_desk.post(address, fields(page, address)).status_code == 303
    assert note("yorisoi") == "きくの説明"


def test_a_line_is_added_and_taken_away_again(desk: Client):
    new = {"name": "ひょうごの窓口", "kind": "phone", "number": "078-000-0000", "source": "県"}
    assert send(desk, "/manage/lines/new/", key="yorisoi", **new).status_code == 422
    assert send(desk, "/manage/lines/new/", key="hyogo", **new).status_code == 303
    assert "tel:0780000000" in Client().get("/now/").content.decode()
    remove = {"to": "/manage/lines/hyogo/remove/", "remove-reason": "おわったため"}
    assert send(desk, "/manage/lines/hyogo/", **remove).status_code == 422
    assert send(desk, "/manage/lines/hyogo/", **remove, **{"remove-sure": "on"}).status_code == 303
    assert desk.get("/manage/lines/hyogo/").status_code == 404


def test_the_log_tells_what_a_line_was_before_and_afterwards_and_nothing_of_an_unchanged_form(
    desk: Client,
):
    address = "/manage/lines/yorisoi/"
    before = next(one for one in lines() if one.key == "yorisoi")
    assert send(desk, address, note="あたらしい説明", hours="平日 9:00-17:00").status_code == 303
    assert send(desk, address).status_code == 303
    entry = AuditEntry.objects.get()
    assert entry.values == {
        "note": [before.note, "あたらしい説明"],
        "hours": [hours_in_words(before.hours), "月火水木金 09:00-17:00"],
    }
    send(desk, "/manage/lines/", to=f"{address}verify/")
    assert AuditEntry.objects.get(verb="verify").values.keys() >= {"verified_on"}
    remove = {"to": f"{address}remove/", "remove-reason": "おわったため", "remove-sure": "on"}
    assert send(desk, address, **remove).status_code == 303
    gone = AuditEntry.objects.get(verb="remove").values
    assert gone["note"] == ["あたらしい説明", None]
    assert gone["name"] == [before.name, None] and gone["number"] == [before.number, None]


def test_a_change_that_is_refused_leaves_nothing_in_the_log(desk: Client, other_desk: Client):
    address = "/manage/lines/yorisoi/"
    before = fields(other_desk.get(address).content.decode(), address)
    send(desk, address, note="もりの説明")
    assert other_desk.post(address, {**before, "note": "きくの説明"}).status_code == 422
    assert AuditEntry.objects.count() == 1


def test_every_coordinator_finds_in_the_log_what_was_done_to_the_lines(desk: Client, program):
    send(desk, "/manage/lines/", to="/manage/lines/yorisoi/verify/")
    elsewhere = make_staff("yuzu")
    grant(elsewhere, Role.COORDINATOR, make_program("kochi"))
    for client in (desk, signed_in_as(elsewhere)):
        found = words(client.get("/accounts/audit/", {"object_type": "help_line"}))
        assert "窓口 yorisoi" in found
