"""A room's own rules and stamps, changed through the page on which coordinators change them."""

import pytest
from django.test import Client

from accounts.models import Participant
from audit.models import AuditEntry
from chat.models import Room, RoomEvent
from tests.house.everyone import seated
from tests.office.desk import fields, send, words

pytestmark = pytest.mark.django_db

RULES = "ここでは、なおそうとしません。\nきいてほしいだけの日も、あります。"
OWN = "うん\nねこ\n<b>ふとん</b>\nここにいるよ"


@pytest.fixture
def address(room: Room) -> str:
    return f"/manage/rooms/{room.pk}/"


def test_rules_and_stamps_are_changed_by_the_form_and_everybody_in_the_room_hears(
    desk: Client, room: Room, address: str, aoi: Participant
):
    was = room.stamps
    assert fields(desk.get(address).content.decode(), address)["stamps"] == ["\n".join(was)]
    sent = {"rules": RULES.replace("\n", "\r\n"), "stamps": OWN.replace("\n", "\r\n") + "\r\n\r\n"}
    assert send(desk, address, **sent).status_code == 303
    room.refresh_from_db()
    assert (room.rules, room.stamps) == (RULES, OWN.split("\n"))
    shown = fields(desk.get(address).content.decode(), address)
    assert (shown["rules"], shown["stamps"]) == ([RULES], [OWN])
    told = RoomEvent.objects.filter(room=room, kind="room").order_by("seq")
    assert [one.body["stamps"] for one in told if "stamps" in one.body] == [OWN.split("\n")]
    entry = AuditEntry.objects.get(verb="change")
    assert entry.values["rules"] == ["", RULES]
    assert entry.values["stamps"] == [was, OWN.split("\n")]
    assert set(entry.values) == {"rules", "stamps"}, "what wasn't touched isn't named"
    seen = seated(aoi).get(f"/rooms/{room.slug}/").content.decode()
    assert "なおそうとしません" in seen and "<b>ふとん" not in seen


def test_rules_are_taken_away_again(desk: Client, room: Room, address: str):
    assert send(desk, address, rules=RULES).status_code == 303
    assert send(desk, address, rules=" \r\n ").status_code == 303
    room.refresh_from_db()
    assert room.rules == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("stamps", "", "スタンプを、ひとつは入れてください。"),
        ("stamps", " \n　\n", "スタンプを、ひとつは入れてください。"),
        ("stamps", "うん\n" + "あ" * 13, "ひとつ12文字まで"),
        ("stamps", "\n".join(f"ね{n}" for n in range(17)), "スタンプは16個まで"),
        ("stamps", "うん\nねこ\nうん", "同じスタンプが2つあります。"),
        ("stamps", "うん\nねこ\u202e\nねこ", "同じスタンプが2つあります。"),
        ("stamps", "うん\n\u200b", "使えない文字が入っています。"),
        ("stamps", "う" * 401, "400"),
        ("rules", "き" * 1001, "1000文字までにしてください(いまは1001文字)"),
    ],
)
def test_what_can_not_be_kept_is_told_at_its_field_and_nothing_typed_is_lost(
    desk: Client, room: Room, address: str, name: str, value: str, said: str
):
    typed = {"name": "みどりの部屋", "rules": RULES, "stamps": OWN, name: value}
    answer = send(desk, address, **typed)
    assert answer.status_code == 422 and said in words(answer)
    kept = fields(answer.content.decode(), address)
    assert {one: kept[one] for one in typed} == {one: [text] for one, text in typed.items()}
    before = room.version, room.rules, room.stamps
    room.refresh_from_db()
    assert (room.version, room.rules, room.stamps) == before
    assert not AuditEntry.objects.exists()


def test_sixteen_stamps_of_twelve_letters_are_kept(desk: Client, room: Room, address: str):
    most = [f"{n:02}" + "あ" * 10 for n in range(16)]
    assert send(desk, address, stamps="\r\n".join(most)).status_code == 303
    room.refresh_from_db()
    assert room.stamps == most


def test_of_two_who_change_rules_and_stamps_the_second_sees_both_and_loses_nothing(
    desk: Client, other_desk: Client, room: Room, address: str
):
    seen_before = fields(other_desk.get(address).content.decode(), address)
    theirs = {"rules": "もりのきまり", "stamps": "うん\nもり"}
    assert send(desk, address, **theirs).status_code == 303
    mine = {**seen_before, "rules": "きくのきまり", "stamps": "うん\nきく"}
    answer = other_desk.post(address, mine)
    page = words(answer)
    assert answer.status_code == 422 and "ほかの人が変えました" in page
    assert "この部屋のきまり もりのきまり きくのきまり" in page
    assert "スタンプ うん もり うん きく" in page
    room.refresh_from_db()
    assert (room.rules, room.stamps) == ("もりのきまり", ["うん", "もり"])
    again = fields(answer.content.decode(), address)
    assert (again["rules"], again["stamps"]) == (["きくのきまり"], ["うん\nきく"])
    assert other_desk.post(address, again).status_code == 303
    room.refresh_from_db()
    assert (room.rules, room.stamps) == ("きくのきまり", ["うん", "きく"])
    changed = AuditEntry.objects.filter(verb="change").order_by("pk")
    assert [one.values["rules"] for one in changed] == [
        ["", "もりのきまり"], ["もりのきまり", "きくのきまり"],
    ]  # fmt: skip
