"""People at the desk: invited, given roles, reminded, let in again; and never nobody left."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import people
from accounts.models import Invitation, RoleGrant, RoleRoom, Staff
from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Room
from duty.models import Attendance, Shift
from duty.queries import attending
from foundation.clock import jst_day
from foundation.refusals import Refused
from office import people as office_people
from tests.cast import (
    attend,
    grant,
    long_proven,
    make_program,
    make_room,
    make_staff,
    signed_in_as,
    staff_viewer,
)
from tests.office.desk import fields, send, words

pytestmark = pytest.mark.django_db


WHY = "研修をおえたため"


def of(staff: Staff) -> str:
    return f"/manage/people/{staff.pk}/"


def give(desk: Client, staff: Staff, **changed: object):
    sent = {f"give-{name}": value for name, value in {"reason": WHY, **changed}.items()}
    return send(desk, of(staff), to=f"{of(staff)}give/", **sent)


def renew(desk: Client, held: RoleGrant, **changed: object):
    to = f"{of(held.staff)}roles/{held.pk}/renew/"
    terms = {"reason": WHY, **changed}
    sent = {f"renew-{held.pk}-{name}": value for name, value in terms.items()}
    return send(desk, of(held.staff), to=to, **sent)


def end(desk: Client, held: RoleGrant, reason: str = "年度がかわるため"):
    to = f"{of(held.staff)}roles/{held.pk}/end/"
    return send(desk, of(held.staff), to=to, **{"end-reason": reason})


def open_roles(staff: Staff) -> list[str]:
    return sorted(staff.grants.filter(ended_at=None).values_list("role", flat=True))


def test_a_supporter_is_invited_for_their_rooms_and_the_link_is_shown_once(
    desk: Client, room: Room
):
    answer = send(
        desk, "/manage/people/invite/", role="supporter", rooms=[str(room.pk)],
        display_name="なつ", expires_on="2099-03-31",
    )  # fmt: skip
    assert answer.status_code == 200
    (link,) = re.findall(r"/accounts/invitation/[\w-]+/", answer.content.decode())
    assert "なつ" in Client().get(link).content.decode()
    made = Invitation.objects.get()
    assert (made.role, made.rooms, made.display_name) == ("supporter", [room.pk], "なつ")
    page = desk.get("/manage/people/").content.decode()
    assert link not in page and "まねいている人" in page
    withdraw = f"/manage/people/invitations/{made.pk}/withdraw/"
    assert desk.post(withdraw, fields(page, withdraw)).status_code == 303
    assert Client().get(link).status_code == 404
    assert "もうありません" in words(desk.post(withdraw, fields(page, withdraw)))


def test_an_invitation_goes_by_mail_where_the_house_can_and_else_says_so(
    desk: Client, settings, mailoutbox
):
    sent = {"role": "counselor", "mail": "natsu@example.jp"}
    settings.CAN_MAIL = False
    assert "送れませんでした" in words(send(desk, "/manage/people/invite/", **sent))
    settings.CAN_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert "メールを送りました" in words(send(desk, "/manage/people/invite/", **sent))
    assert "/accounts/invitation/" in mailoutbox[0].body
    assert "natsu" not in str(list(Invitation.objects.values())), "the address is kept nowhere"


def test_what_is_wrong_with_an_invitation_is_told_and_kept(desk: Client):
    answer = send(
        desk, "/manage/people/invite/", display_name="なつ", mail="natsu",
        trained_on="2999-01-01", expires_on="2020-01-01", rooms=["999999"],
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in ("メールアドレスを見なおして", "きょうより後", "もうすぎて", "この事業の部屋"):
        assert said in page
    assert 'value="なつ"' in page
    assert not Invitation.objects.exists()


def test_the_list_reminds_of_roles_that_end_within_thirty_days(desk: Client, ren, kaede, now):
    today = jst_day(now)
    for staff, days in ((ren, 30), (kaede, 31)):
        staff.grants.update(expires_on=today + timedelta(days=days))
    page = words(desk.get("/manage/people/"))
    assert page.count("もうすぐ期限です") == 1
    kaede.grants.update(expires_on=today - timedelta(days=1))
    assert "期限がすぎました" in words(desk.get("/manage/people/"))


def test_a_role_is_given_anew_with_another_last_day_and_other_rooms(desk: Client, ren, room: Room):
    answer = renew(
        desk, ren.grants.get(), rooms=[str(room.pk)], trained_on="2026-01-10",
        expires_on="2099-03-31",
    )  # fmt: skip
    assert answer.status_code == 303, words(answer)
    assert open_roles(ren) == ["supporter"]
    held = ren.grants.get(ended_at=None)
    assert [one.room for one in held.rooms.all()] == [room.pk]
    assert "雑談の部屋" in words(desk.get(of(ren)))


def test_a_role_narrowed_keeps_no_other_room(desk: Client, ren, room: Room, now):
    other = make_room("yofukashi", name="夜ふかしの部屋")
    attend(room, ren, now=now)
    attend(other, ren, now=now)
    later = {
        "supporter": ren, "program": room.program, "changed_at": now,
        "starts_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2, hours=2),
    }  # fmt: skip
    both = Shift.objects.create(rooms=[room.pk, other.pk], **later)
    renew(desk, ren.grants.get(), rooms=[str(room.pk), str(other.pk)], trained_on="2026-01-10")
    assert Attendance.objects.filter(shift__supporter=ren).count() == 2
    held = ren.grants.get(ended_at=None)
    answer = renew(desk, held, rooms=[str(room.pk)], trained_on="2026-01-10")
    assert answer.status_code == 303, words(answer)
    assert Attendance.objects.get(shift__supporter=ren).room == room.pk
    both.refresh_from_db()
    assert both.rooms == [room.pk]
    noted = AuditEntry.objects.filter(verb__startswith="duty.").values_list("verb", flat=True)
    assert list(noted) == ["duty.left_room", "duty.narrowed"]


def test_a_role_renewed_for_its_last_day_alone_keeps_its_rooms_and_its_training(
    desk: Client, ren, room: Room
):
    other = make_room("asa", name="朝の部屋")
    held = ren.grants.get()
    RoleGrant.objects.filter(pk=held.pk).update(
        trained_on=date(2026, 1, 10), expires_on=date(2099, 1, 31)
    )
    RoleRoom.objects.bulk_create(RoleRoom(grant=held, room=one.pk) for one in (room, other))
    Room.objects.filter(pk=other.pk).update(removed_at=held.granted_at)
    answer = renew(desk, held, expires_on="2099-03-31")
    assert answer.status_code == 303, words(answer)
    anew = ren.grants.get(ended_at=None)
    assert sorted(one.room for one in anew.rooms.all()) == sorted((room.pk, other.pk))
    assert (anew.trained_on, anew.expires_on) == (date(2026, 1, 10), date(2099, 3, 31))
    page = words(desk.get(answer["Location"]))
    assert re.search(r"新しくする前:.*2099-01-31 まで → いま:.*2099-03-31 まで", page)
    entry = AuditEntry.objects.get(verb="given")
    assert entry.values["expires_on"] == ["2099-01-31", "2099-03-31"]
    assert entry.values["trained_on"] == ["2026-01-10", "2026-01-10"]
    assert entry.values["rooms"] == [sorted((room.pk, other.pk))] * 2
    assert renew(desk, anew, expires_on="2020-01-01").status_code == 422
    assert ren.grants.get(ended_at=None).pk == anew.pk


def test_a_role_that_is_held_is_not_given_from_an_empty_form(desk: Client, ren, room: Room):
    RoleRoom.objects.create(grant=ren.grants.get(), room=room.pk)
    answer = give(desk, ren, role="supporter", expires_on="2099-03-31")
    assert answer.status_code == 422 and "「期限をのばす」で変えて" in words(answer)
    (held,) = ren.grants.all()
    assert [one.room for one in held.rooms.all()] == [room.pk]


def test_the_office_and_the_desk_remind_of_one_s_own_last_day(desk: Client, mori, room, now):
    for days, said in ((31, 0), (30, 1)):
        mori.grants.update(expires_on=jst_day(now) + timedelta(days=days))
        for address in ("/manage/", "/moderation/"):
            assert words(desk.get(address)).count("あなたの役割「統括」は") == said, address


def test_nobody_gives_themselves_a_role_and_nobody_makes_an_admin(desk: Client, mori, ren):
    assert "わたすことはできません" in words(desk.get(of(mori)))
    data = {"program": "hyogo", "give-role": "auditor"}
    answer = desk.post(f"{of(mori)}give/", data)
    assert answer.status_code == 422 and open_roles(mori) == ["coordinator"]
    assert desk.post(f"{of(ren)}give/", {**data, "give-role": "admin"}).status_code == 422
    assert open_roles(ren) == ["supporter"]


def test_a_role_ends_with_a_reason_and_its_doors_close(desk: Client, ren):
    held = ren.grants.get()
    answer = end(desk, held, reason="")
    assert answer.status_code == 422 and "わけ" in words(answer)
    assert end(desk, held).status_code == 303
    assert open_roles(ren) == []
    assert AuditEntry.objects.get(verb="ended").reason == "年度がかわるため"
    page = words(desk.get("/manage/people/"))
    assert "れん" in page, "whoever had a role can be given it again"


def test_the_last_coordinator_stays_and_a_sentence_says_why(desk: Client, mori, program):
    held = mori.grants.get()
    answer = end(desk, held)
    assert answer.status_code == 422 and "統括が、ひとりもいなく" in words(answer)
    assert "年度がかわるため" in answer.content.decode(), "the reason that was typed is kept"
    kiku = make_staff("kiku")
    grant(kiku, Role.COORDINATOR, program)
    assert end(desk, held).status_code == 303
    assert open_roles(kiku) == ["coordinator"]


def test_whose_role_ends_watches_no_room_any_more(desk: Client, ren, room, now):
    assert attending([room.pk], now=now)[room.pk] == 2
    end(desk, ren.grants.get())
    assert attending([room.pk], now=now)[room.pk] == 1
    assert not ren.shifts.filter(state="begun").exists()


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_end_each_other_at_once_leave_one(mori, program, now):
    kiku = make_staff("kiku")
    grant(kiku, Role.COORDINATOR, program)
    viewers = {mori: staff_viewer(mori), kiku: staff_viewer(kiku)}
    said: list[str] = []

    def ends(who: Staff, whom: Staff) -> None:
        try:
            people.end(viewers[who], grant=whom.grants.get(ended_at=None).pk, now=now)
            said.append("ended")
        except Refused as no:
            said.append(no.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=ends, args=pair) for pair in ((mori, kiku), (kiku, mori))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(said) == ["ended", "last_coordinator"]
    assert RoleGrant.objects.filter(role="coordinator", ended_at=None).count() == 1


def test_who_lost_everything_is_let_in_again_by_a_link_or_a_sheet(desk: Client, ren):
    answer = send(desk, f"{of(ren)}again/", drops_factors="on", reason="電話をなくした")
    (link,) = re.findall(r"/accounts/invitation/[\w-]+/", answer.content.decode())
    assert Client().get(link).status_code == 200
    answer = send(desk, f"{of(ren)}sheet/", reason="電話をもたないため")
    assert len(re.findall(r"<code>\d{8}</code>", answer.content.decode())) == 40


def test_a_link_to_come_back_is_listed_and_can_be_taken_back(desk: Client, ren):
    send(desk, f"{of(ren)}again/")
    page = desk.get("/manage/people/")
    assert "もどるためのリンク れん" in words(page)
    made = Invitation.objects.get()
    withdraw = f"/manage/people/invitations/{made.pk}/withdraw/"
    assert send(desk, "/manage/people/", to=withdraw).status_code == 303
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert "もどるためのリンク" not in words(desk.get("/manage/people/"))


def test_a_link_that_only_an_admin_may_take_back_is_in_an_admin_s_list_alone(desk: Client, ren):
    send(desk, f"{of(ren)}again/")
    grant(ren, Role.SUPPORTER, make_program("kochi"))
    assert "もどるためのリンク" not in words(desk.get("/manage/people/"))
    admin = make_staff("admin")
    grant(admin, Role.ADMIN)
    assert "もどるためのリンク" in words(signed_in_as(admin).get("/manage/people/?program=hyogo"))


def test_who_also_works_elsewhere_is_let_in_by_an_admin_alone(desk: Client, ren, program):
    grant(ren, Role.SUPPORTER, make_program("kochi"))
    assert "管理者にたのんで" in words(desk.get(of(ren)))
    assert desk.get(f"{of(ren)}sheet/").status_code == 404
    admin = make_staff("admin")
    grant(admin, Role.ADMIN)
    theirs = signed_in_as(admin)
    assert theirs.get(f"{of(ren)}sheet/").status_code == 200
    assert theirs.get("/manage/").status_code == 200
    assert theirs.get("/manage/rooms/").status_code == 404


def test_an_account_is_closed_with_a_reason(desk: Client, ren):
    to = f"{of(ren)}close/"
    assert send(desk, of(ren), to=to).status_code == 422
    assert send(desk, of(ren), to=to, **{"close-reason": "退職"}).status_code == 303
    ren.refresh_from_db()
    assert not ren.is_active
    assert "れん" not in words(desk.get("/manage/people/"))


def test_a_screen_left_open_is_not_enough_to_let_somebody_in(desk: Client, ren):
    answer = long_proven(desk).get(f"{of(ren)}sheet/")
    assert answer.status_code == 303
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")


def test_people_of_another_program_are_not_there(desk: Client):
    stranger = make_staff("yuzu", display_name="ゆず")
    grant(stranger, Role.SUPPORTER, make_program("kochi"))
    assert desk.get(of(stranger)).status_code == 404
    assert "ゆず" not in words(desk.get("/manage/people/"))


def test_a_long_list_of_people_goes_on_and_each_of_them_opens(
    desk: Client, mori, ren, program, now, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(office_people, "PAGE", 3)
    made = [make_staff(f"sora{number}", display_name=f"そら{number}") for number in range(4)]
    for one in made:
        # A role that was renewed many times over is one person, not many.
        for _ in range(5):
            grant(one, Role.SUPPORTER, program, ended_at=now)
        grant(one, Role.SUPPORTER, program)
    ren.grants.update(ended_at=now)
    with django_assert_max_num_queries(24):
        pages = [desk.get(f"/manage/people/?page={n}").content.decode() for n in (1, 2)]
    listed = [re.findall(r"<small>(\w+)</small></h2>", page) for page in pages]
    assert listed == [["mori", "sora0", "sora1"], ["sora2", "sora3", "ren"]], "who left comes last"
    assert "次へ" in pages[0] and "前へ" not in pages[0]
    assert "前へ" in pages[1] and "次へ" not in pages[1]
    assert all(desk.get(of(one)).status_code == 200 for one in (*made, ren))
    for odd in ("0", "-1", "x", "９", "99999", "1" * 40):
        assert desk.get(f"/manage/people/?page={odd}").status_code == 200


def test_where_older_invitations_are_left_out_the_page_says_so(
    desk: Client, room: Room, monkeypatch
):
    monkeypatch.setattr(office_people, "MOST", 2)
    for number, said in ((1, False), (2, True), (3, True)):
        name = ("あ", "か", "さ")[number - 1]
        send(desk, "/manage/people/invite/", role="counselor", display_name=name)
        assert ("古いものは、ここにありません" in words(desk.get("/manage/people/"))) is said
