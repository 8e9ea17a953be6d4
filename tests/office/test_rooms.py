"""Rooms, as a coordinator sets them up by plain forms."""

import pytest
from django.test import Client

from accounts.models import Participant
from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Opening, Room, RoomEvent
from office.actions import rooms as actions
from office.sentences import sentence
from tests.cast import grant, make_program, make_room, make_staff, signed_in_as
from tests.office.desk import fields, send, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(program) -> Room:
    return make_room("yoru", name="夜の部屋", always=False)


def lines(*rows: tuple[str, str, str]) -> dict[str, str]:
    found = {"weekly-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        for name, value in zip(("weekday", "opens", "closes"), row, strict=True):
            found[f"weekly-{number}-{name}"] = value
    return found


def test_a_room_is_made_given_hours_and_stands_on_the_list(desk: Client, program):
    answer = send(desk, "/manage/rooms/new/", slug="asa", name="朝の部屋", capacity="12")
    made = Room.objects.get(slug="asa")
    assert answer.status_code == 303
    assert answer["Location"] == f"/manage/rooms/{made.pk}/hours/?said=saved"
    assert (made.program, made.capacity, len(made.stamps)) == (program, 12, 8)
    answer = send(desk, f"/manage/rooms/{made.pk}/hours/", **lines(("all", "22:00", "02:00")))
    assert answer.status_code == 303
    assert Opening.objects.filter(room=made).count() == 7
    page = words(desk.get(f"/manage/rooms/{made.pk}/hours/"))
    assert page.count("22:00〜翌2:00") == 14
    assert "朝の部屋" in Client().get("/rooms/").content.decode()


def test_who_a_room_is_for_and_where_and_how_slowly_it_goes_is_set_here(
    desk: Client, program, towns
):
    answer = send(
        desk, "/manage/rooms/new/", slug="himeji", name="姫路のしずかな部屋",
        kind="calm", audience="women", municipality="282014", slow_s="30",
    )  # fmt: skip
    assert answer.status_code == 303
    made = Room.objects.get(slug="himeji")
    assert (made.kind, made.audience, made.municipality_id, made.slow_s) == (
        "calm", "women", "282014", 30,
    )  # fmt: skip
    address = f"/manage/rooms/{made.pk}/"
    shown = fields(desk.get(address).content.decode(), address)
    changed = {"kind": "family", "audience": "family", "municipality": "281000", "slow_s": "600"}
    was = {"kind": "calm", "audience": "women", "municipality": "282014", "slow_s": "30"}
    assert {name: shown[name] for name in was} == {name: [value] for name, value in was.items()}
    assert send(desk, address, **changed).status_code == 303
    made.refresh_from_db()
    assert (made.kind, made.audience, made.municipality_id, made.slow_s) == (
        "family", "family", "281000", 600,
    )  # fmt: skip
    assert send(desk, address, municipality="").status_code == 303
    made.refresh_from_db()
    assert made.municipality_id is None


def test_a_training_room_says_so_at_its_door_and_stays_one(desk: Client, program, towns):
    told = "だれが参加したかを、スタッフが見て、記録します"
    given = {"slug": "kenshu", "name": "研修の部屋", "kind": "training"}
    assert send(desk, "/manage/rooms/new/", **given).status_code == 303
    made = Room.objects.get()
    assert told in Client().get("/rooms/").content.decode()
    assert told in desk.get("/rooms/kenshu/").content.decode()
    answer = send(desk, f"/manage/rooms/{made.pk}/", kind="calm")
    assert "研修の部屋だけは、あとから種類を変えられません" in words(answer)
    send(desk, "/manage/rooms/new/", slug="calm", name="しずか", kind="calm")
    calm = Room.objects.get(slug="calm")
    assert told not in desk.get("/rooms/calm/").content.decode()
    # Who was there before was told nothing of it.
    send(desk, f"/manage/rooms/{calm.pk}/", kind="training")
    assert sorted(Room.objects.values_list("slug", "kind")) == [
        ("calm", "calm"), ("kenshu", "training"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("kind", "palace", ""),
        # A talk with a counselor isn't made by hand.
        ("kind", "counseling", ""),
        ("audience", "nobody", ""),
        ("municipality", "999999", "市町村をえらんでください。"),
        ("slow_s", "601", "0 から 600 まで"),
        ("slow_s", "-1", "0 から 600 まで"),
        ("slow_s", "ゆっくり", "0 から 600 まで"),
    ],
)
def test_what_a_room_can_not_be_is_refused(desk: Client, program, towns, name, value, said):
    given = {"slug": "himeji", "name": "姫路の部屋", "kind": "calm", name: value}
    answer = send(desk, "/manage/rooms/new/", **given)
    assert answer.status_code == 422 and said in words(answer)
    assert "姫路の部屋" in answer.content.decode()
    assert not Room.objects.exists()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Client):
    answer = send(
        desk, "/manage/rooms/new/", slug="あさ", name="朝の部屋", required_supporters="0",
        rules="きまり" * 10,
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="あさ"' in page and "きまり" * 10 in page
    assert "1 から 5 まで" in page
    assert not Room.objects.exists()


def test_a_taken_address_is_told_at_its_field(desk: Client, night: Room):
    answer = send(desk, "/manage/rooms/new/", slug="yoru", name="べつの夜")
    assert answer.status_code == 422 and "ほかの部屋が使っています" in words(answer)


def test_of_two_who_change_a_room_the_second_sees_both_and_loses_nothing(
    desk: Client, other_desk: Client, night: Room
):
    address = f"/manage/rooms/{night.pk}/"
    seen_before = other_desk.get(address).content.decode()
    assert send(desk, address, name="もりの部屋").status_code == 303
    mine = {**fields(seen_before, address), "name": "きくの部屋", "about": "きくの紹介"}
    answer = other_desk.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "もりの部屋" in page and "きくの部屋" in page and "きくの紹介" in page
    assert Room.objects.get().name == "もりの部屋"
    again = {**fields(page, address)}
    assert again["name"] == ["きくの部屋"]
    assert other_desk.post(address, again).status_code == 303
    assert Room.objects.get().name == "きくの部屋"


def test_of_two_who_change_a_room_s_hours_the_second_sees_the_days_and_the_holidays_too(
    desk: Client, other_desk: Client, night: Room
):
    address = f"/manage/rooms/{night.pk}/hours/"
    seen_before = other_desk.get(address).content.decode()
    theirs = {
        "special-0-day": "2099-12-30",
        "special-1-day": "2099-12-31", "special-1-opens": "20:00", "special-1-closes": "06:00",
    }  # fmt: skip
    assert send(desk, address, holidays="closed", **theirs).status_code == 303
    mine = {**fields(seen_before, address), "special-0-day": "2099-11-03"}
    answer = other_desk.post(address, mine)
    page = words(answer)
    assert answer.status_code == 422
    assert "ふだんとちがう日 2099-12-30 休み 2099-12-31 20:00〜翌6:00 2099-11-03 休み" in page
    assert "国民の祝日 休み ふだんの曜日と同じ" in page
    assert "2099-12-31" in Room.objects.get().special_days
    again = fields(answer.content.decode(), address)
    assert other_desk.post(address, again).status_code == 303
    assert list(Room.objects.get().special_days) == ["2099-11-03"]


def test_a_week_of_many_stretches_is_saved_again(desk: Client, night: Room):
    address = f"/manage/rooms/{night.pk}/hours/"
    every_day = [("all", f"{hour:02}:00", f"{hour:02}:30") for hour in range(5)]
    assert send(desk, address, **lines(*every_day)).status_code == 303
    assert Opening.objects.filter(room=night).count() == 35
    again = send(desk, address, **{"weekly-0-DELETE": "on"})
    assert again.status_code == 303, words(again)
    assert Opening.objects.filter(room=night).count() == 34
    added = {"weekly-34-weekday": "0", "weekly-34-opens": "22:00", "weekly-34-closes": "23:00"}
    assert send(desk, address, **added).status_code == 303
    assert Opening.objects.filter(room=night).count() == 35


def test_a_page_of_hours_that_is_full_is_saved_again(desk: Client, night: Room):
    address = f"/manage/rooms/{night.pk}/hours/"
    every_hour = [("all", f"{hour:02}:00", f"{hour:02}:30") for hour in range(24)]
    days = {f"special-{n}-day": f"2099-12-{n + 1:02}" for n in range(14)}
    days |= {"special-TOTAL_FORMS": "14"}
    assert send(desk, address, **lines(*every_hour), **days).status_code == 303
    assert Opening.objects.filter(room=night).count() == 168
    again = send(desk, address, **{"weekly-0-DELETE": "on"})
    assert again.status_code == 303, words(again)
    assert Opening.objects.filter(room=night).count() == 167


def test_more_stretches_than_the_page_can_show_are_refused(desk: Client, night: Room):
    address = f"/manage/rooms/{night.pk}/hours/"
    half_hours = [(n // 2, 30 * (n % 2)) for n in range(25)]
    every_day = [("all", f"{h:02}:{m:02}", f"{h:02}:{m + 29:02}") for h, m in half_hours]
    answer = send(desk, address, **lines(*every_day))
    assert answer.status_code == 422 and "168個まで" in words(answer)
    assert not Opening.objects.exists()


def test_hours_that_overlap_are_refused_with_both_lines_and_kept_on_the_page(
    desk: Client, night: Room
):
    address = f"/manage/rooms/{night.pk}/hours/"
    answer = send(desk, address, **lines(("0", "22:00", "02:00"), ("1", "01:00", "03:00")))
    page = words(answer)
    assert answer.status_code == 422
    assert "「月曜日 22:00〜翌2:00」と「火曜日 1:00〜3:00」が重なっています" in page
    assert 'value="01:00"' in answer.content.decode()
    assert not Opening.objects.exists()


def test_a_line_that_is_half_written_is_told(desk: Client, night: Room):
    answer = send(desk, f"/manage/rooms/{night.pk}/hours/", **lines(("0", "22:00", "")))
    assert answer.status_code == 422 and "そろえてください" in words(answer)
    answer = send(desk, f"/manage/rooms/{night.pk}/hours/", **lines(("0", "25:00", "26:00")))
    assert answer.status_code == 422 and "22:00 のように" in words(answer)


def test_a_day_of_rest_and_a_day_with_other_hours(desk: Client, night: Room):
    answer = send(
        desk, f"/manage/rooms/{night.pk}/hours/",
        **lines(("all", "22:00", "02:00")),
        **{
            "special-0-day": "2099-12-30",
            "special-1-day": "2099-12-31", "special-1-opens": "20:00", "special-1-closes": "06:00",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    assert Room.objects.get().special_days == {
        "2099-12-30": [], "2099-12-31": [["20:00", "06:00"]],
    }  # fmt: skip
    again = send(desk, f"/manage/rooms/{night.pk}/hours/", **{"weekly-0-DELETE": "on"})
    assert again.status_code == 303
    assert Opening.objects.count() == 6, "what is struck out goes, the rest stays as it was"


def test_the_hand_switch_wants_a_reason_and_open_pages_hear_it(desk: Client, room: Room):
    address = f"/manage/rooms/{room.pk}/"
    hand = {"to": f"{address}hand/", "hand-hand": "quiet"}
    answer = send(desk, address, **hand)
    assert answer.status_code == 422 and "わけ" in words(answer)
    answer = send(desk, address, **hand, **{"hand-reason": "支援者が急に休んだため"})
    assert answer.status_code == 303
    assert RoomEvent.objects.latest("seq").body["state"] == "quiet"
    entry = AuditEntry.objects.get(verb="switch")
    assert (entry.reason, entry.values) == ("支援者が急に休んだため", {"hand": ["none", "quiet"]})


def test_whoever_switches_a_room_that_a_colleague_removes_meanwhile_is_told(
    desk: Client, room: Room, mori, monkeypatch
):
    switch = actions.switch_room

    def removed_first(viewer, *, program: int, room: int, now, **rest):
        actions.remove_room(
            viewer, program=program, room=room, version=Room.objects.get().version, reason="統合",
            now=now,
        )  # fmt: skip
        switch(viewer, program=program, room=room, now=now, **rest)

    monkeypatch.setattr(actions, "switch_room", removed_first)
    address = f"/manage/rooms/{room.pk}/"
    hand = {"hand-hand": "quiet", "hand-reason": "支援者が急に休んだため"}
    answer = send(desk, address, to=f"{address}hand/", **hand)
    page = words(answer)
    assert answer.status_code == 422 and sentence("gone") in page
    assert hand["hand-reason"] in answer.content.decode()


def test_a_room_is_removed_only_on_purpose(desk: Client, room: Room):
    address = f"/manage/rooms/{room.pk}/"
    remove = {"to": f"{address}remove/", "remove-reason": "統合"}
    assert send(desk, address, **remove).status_code == 422
    assert send(desk, address, **remove, **{"remove-sure": "on"}).status_code == 303
    assert Client().get("/rooms/").content.decode().count("roomcard") == 0
    assert desk.get(address).status_code == 404


def test_every_change_is_in_the_log_with_its_values_and_an_unchanged_form_is_not(
    desk: Client, night: Room, mori
):
    address = f"/manage/rooms/{night.pk}/"
    send(desk, address)
    assert not AuditEntry.objects.exists()
    send(desk, address, required_supporters="1", premoderated="on")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.role, entry.verb) == (mori.pk, "coordinator", "change")
    assert entry.values == {"required_supporters": [2, 1], "premoderated": [False, True]}


def test_another_programs_rooms_are_not_there(desk: Client, night: Room):
    other = make_program("kochi")
    stranger = make_staff("yuzu")
    grant(stranger, Role.COORDINATOR, other)
    theirs = signed_in_as(stranger)
    for path in ("", "hours/"):
        assert theirs.get(f"/manage/rooms/{night.pk}/{path}").status_code == 404
    assert "夜の部屋" not in theirs.get("/manage/rooms/").content.decode()
    sent = send(desk, "/manage/rooms/new/", slug="x", name="x", program="kochi")
    assert sent.status_code == 404
    assert not Room.objects.filter(slug="x").exists()


def test_who_coordinates_two_programs_chooses_the_desk(desk: Client, mori, night: Room):
    kochi = make_program("kochi")
    kochi.name = "こうちの居場所"
    kochi.save()
    grant(mori, Role.COORDINATOR, kochi)
    assert "夜の部屋" in desk.get("/manage/rooms/").content.decode()
    assert send(desk, "/manage/", to="/manage/program/", program="kochi").status_code == 303
    assert "夜の部屋" not in desk.get("/manage/rooms/").content.decode()
    assert desk.get("/manage/").content.decode().count("こうちの居場所") >= 2
    send(desk, "/manage/rooms/new/", slug="kochi-asa", name="朝")
    assert Room.objects.get(slug="kochi-asa").program == kochi


def test_nobody_else_learns_that_there_is_an_office(room: Room, ren, kaede, aoi: Participant):
    for staff in (ren, kaede):
        assert signed_in_as(staff).get("/manage/rooms/").status_code == 404
    answer = Client().get("/manage/rooms/")
    assert answer.status_code == 303 and answer["Location"].startswith("/accounts/login/")


def test_whoever_wrote_until_the_sign_in_ran_out_gets_their_words_back(desk: Client, night: Room):
    address = "/manage/texts/rules/"
    written = fields(desk.get(address).content.decode(), address)
    text = "この部屋では、だれかをさがさないでください。" * 3
    desk.logout()
    sent = {**written, "body": text, "name": "みどり", "telephone": "078-123-4567"}
    secrets = {"password": "himitsu" * 5, "again": "himitsu!", "code": "HIMITSU-1"}
    answer = desk.post(address, {**sent, **secrets, "nonce": "himitsu-0"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert all(typed in page for typed in (text, "みどり", "078-123-4567"))
    assert "himitsu" not in page.lower()
    assert "/accounts/login/?next=" in page
    picked = {"hand-hand": "quiet", "version": "12", "room": "3"}
    chosen = desk.post(f"/manage/rooms/{night.pk}/hand/", picked)
    assert chosen.status_code == 303


@pytest.mark.parametrize("day", ["9999-12-31", "2150-01-01", "0001-01-01"])
def test_a_special_day_out_of_reach_is_told_and_nothing_is_lost(
    day: str, desk: Client, night: Room
):
    typed = {"special-0-day": day, "special-0-opens": "20:00", "special-0-closes": "02:00"}
    answer = send(desk, f"/manage/rooms/{night.pk}/hours/", **typed)
    assert answer.status_code == 422
    assert "日を入れてください" in words(answer)
    assert f'value="{day}"' in answer.content.decode()
    assert Room.objects.get(pk=night.pk).special_days == night.special_days
