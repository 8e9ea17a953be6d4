"""Registers on their pages: what is entered there is in the ledger at once."""

import re
from datetime import datetime, time, timedelta

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Seat, Visit
from foundation import clock
from ledger.models import Entry
from ledger.queries import verify
from ledger.subjects import evidence_number
from reports.indicators import figures
from reports.models import (
    Attendance,
    EffectRecord,
    FamilyRun,
    Improvement,
    Install,
    Return,
    Site,
    Support,
    Training,
)
from reports.queries import not_reported
from reports.rules import shipped
from tests.cast import grant, make_program, make_room, make_staff, signed_in_as

pytestmark = pytest.mark.usefixtures("towns")
SITE = {
    "kind": "ibasho", "municipality": "282014", "name": "ひだまり", "operator": "NPO",
    "opened_on": "2021-05-01", "evidence": "要綱 第3条",
}  # fmt: skip


@pytest.fixture
def client(mori):
    return signed_in_as(mori)


def words(answer) -> str:
    return answer.content.decode()


def actual(code: str) -> dict[int, int]:
    return next(
        one.actual for one in figures(shipped()["hyogo-2020"]) if one.indicator.code == code
    )


def test_an_ibasho_is_opened_closed_and_taken_back_on_the_page(program, client):
    assert client.post("/reports/sites/?program=hyogo", SITE).status_code == 303
    site = Site.objects.get()
    page = words(client.get("/reports/sites/?program=hyogo&said=entered"))
    for told in (
        "姫路市",
        "ひだまり",
        "NPO",
        "対面",
        "2021-05-01",
        "要綱 第3条",
        "帳簿に入れました",
    ):
        assert told in page
    assert actual("hyogo.ibasho")[2021] == 1
    close = f"/reports/sites/{site.pk}/close/?program=hyogo"
    assert client.post(close, {"on": "2021-04-01"}).status_code == 422
    assert client.post(close, {"on": "2021-09-30"}).status_code == 303
    withdraw = f"/reports/sites/{site.pk}/withdraw/?program=hyogo"
    assert client.post(withdraw, {"reason": "なぜか"}).status_code == 404
    assert client.post(withdraw, {"reason": "mistyped"}).status_code == 303
    assert actual("hyogo.ibasho")[2021] == 0
    assert Entry.objects.filter(counters__isnull=False).count() == 2
    assert all(not verdict.broken for verdict in verify())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"municipality": "392014"}, "正しく選択"),
        ({"evidence": ""}, "必須"),
        ({"opened_on": "きのう"}, "日付を読めませんでした"),
        ({"opened_on": "2999-01-01"}, "まだ来ていない日"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost_or_entered(program, client, wrong, said):
    answer = client.post("/reports/sites/", SITE | wrong)
    assert answer.status_code == 422
    assert said in words(answer) and "ひだまり" in words(answer)
    assert not Site.objects.exists() and not Entry.objects.exists()


def test_the_baseline_is_listed_on_the_page(program, client):
    sent = {"before-kind": "ibasho", "before-municipality": "281000", "before-on": "2019-04-01"}
    assert client.post("/reports/sites/baseline/", sent).status_code == 303
    assert "神戸市 (居場所)" in words(client.get("/reports/sites/"))
    (line,) = (
        one for one in figures(shipped()["hyogo-2020"]) if one.indicator.code == "hyogo.ibasho"
    )
    assert line.caveat == "基準の市町が未登録 (1/3)"


def test_a_municipality_listed_by_mistake_is_taken_back_and_never_listed_twice(program, client):
    sent = {"before-kind": "ibasho", "before-municipality": "281000", "before-on": "2019-04-01"}
    client.post("/reports/sites/baseline/", sent)
    answer = client.post("/reports/sites/baseline/", sent)
    assert answer.status_code == 422 and "もう基準に入っています" in words(answer)
    assert Entry.objects.count() == 1
    back = "/reports/sites/baseline/ibasho/281000/withdraw/?program=hyogo"
    for wrong in ("ibasho/282014", "window/281000", "else/281000", "ibasho/x"):
        at = f"/reports/sites/baseline/{wrong}/withdraw/?program=hyogo"
        assert client.post(at, {"reason": "twice"}).status_code == 404, wrong
    assert client.post(back, {"reason": "twice"}).status_code == 303
    assert client.post(back, {"reason": "twice"}).status_code == 404
    assert "神戸市 (居場所)" not in words(client.get("/reports/sites/"))
    (line,) = (
        one for one in figures(shipped()["hyogo-2020"]) if one.indicator.code == "hyogo.ibasho"
    )
    assert line.caveat == "基準の市町が未登録 (0/3)"
    assert client.post("/reports/sites/baseline/", sent).status_code == 303


def test_attendance_is_confirmed_by_codes_and_counted_both_ways(program, client):
    course = {"course": "craft", "name": "実践者研修", "held_on": "2021-06-01", "days": "2",
              "each_day": "on"}  # fmt: skip
    assert client.post("/reports/trainings/", course).status_code == 303
    row = Training.objects.get()
    page = f"/reports/trainings/{row.pk}/"
    assert client.post(page, {"day": "1", "typed": "K-1\nK-2\n\nＫ－１"}).status_code == 303
    assert client.post(page, {"day": "2", "typed": "K-1"}).status_code == 303
    assert client.post(page, {"day": "3", "typed": "K-1"}).status_code == 422
    assert actual("hyogo.craft")[2021] == 3
    text = words(client.get(page))
    assert "延べ <b>3</b>" in text and "実人数 <b>2</b>" in text
    assert "K-1" not in text and "k-1" not in text
    listed = words(client.get("/reports/trainings/"))
    assert '<td class="number">3</td><td class="number">2</td>' in listed
    one = Attendance.objects.filter(day=2).get()
    client.post(f"{page}attendances/{one.pk}/withdraw/", {"reason": "twice"})
    assert actual("hyogo.craft")[2021] == 2


def test_a_course_on_running_an_ibasho_never_enters_the_craft_line(program, client):
    course = {"course": "ibasho-operation", "name": "運営", "held_on": "2021-06-01", "days": "1"}
    client.post("/reports/trainings/", course)
    page = f"/reports/trainings/{Training.objects.get().pk}/"
    client.post(page, {"day": "1", "typed": "a\nb"})
    assert Entry.objects.filter(kind="training_attended").count() == 2
    assert actual("hyogo.craft")[2021] == 0


def test_presence_in_a_training_room_is_proposed_and_confirmed_by_staff(
    program, client, aoi, haha, mori
):
    room = make_room(slug="kenshu", kind="training")
    on = clock.jst_day(clock.now())
    client.post(
        "/reports/trainings/",
        {"course": "craft", "name": "Web研修", "held_on": f"{on}", "days": "1", "online": "on"},
    )
    start = datetime.combine(on, time(10), clock.JST)
    for person, minutes in ((aoi, 40), (haha, 10)):
        seat = Seat.objects.create(
            room=room, participant=person, key=f"k{person.pk}", handle=person.handle, mark="m"
        )
        end = start + timedelta(minutes=minutes)
        Visit.objects.create(room=room, seat=seat, started_at=start, seen_at=end, ended_at=end)
    page = f"/reports/trainings/{Training.objects.get().pk}/"
    proposed = words(client.get(f"{page}?room={room.pk}&day=1"))
    assert aoi.handle in proposed and haha.handle not in proposed
    looks = AuditEntry.objects.filter(verb="presence.looked").values_list("actor", "object_id")
    course = Training.objects.get().pk
    assert list(looks) == [(mori.pk, f"{course}/1/{room.pk}")]
    glance = {"Sec-Purpose": "prefetch"}
    assert client.get(f"{page}?room={room.pk}&day=1", headers=glance).status_code == 204
    sent = {"room": room.pk, "day": "1", "there": [aoi.pk, haha.pk]}
    assert client.post(f"{page}presence/", sent).status_code == 303
    assert Attendance.objects.count() == 1, "nobody is counted whom the room didn't propose"
    assert client.get(f"{page}?room={room.pk}&day=2").status_code == 404
    for day in ("0", "2", "999999999"):
        assert client.post(f"{page}presence/", sent | {"day": day}).status_code == 404
    many = {"there": ["9" * 4400, "9" * 19, haha.pk]}
    assert client.post(f"{page}presence/", sent | many).status_code == 303
    assert Attendance.objects.count() == 1


def test_an_entry_of_a_register_names_the_row_behind_it(program, client):
    client.post("/reports/sites/?program=hyogo", SITE)
    client.post("/reports/sites/?program=hyogo", SITE | {"kind": "window"})
    listed = {"before-kind": "ibasho", "before-municipality": "282014", "before-on": "2020-03-31"}
    client.post("/reports/sites/baseline/?program=hyogo", listed)
    meeting = {"kind": "network_meeting", "on": "2021-06-01", "bodies": "3"}
    client.post("/reports/supports/", meeting)
    course = {"course": "craft", "name": "研修", "held_on": "2021-06-01", "days": "1"}
    client.post("/reports/trainings/", course)
    sites = dict(Site.objects.values_list("kind", "pk"))
    assert dict(Entry.objects.values_list("kind", "evidence")) == {
        "ibasho_opened": f"site:{sites['ibasho']}",
        "window_opened": f"site:{sites['window']}",
        "baseline_listed": "baseline:282014",
        "network_meeting": f"support:{Support.objects.get().pk}",
        "training_held": f"training:{Training.objects.get().pk}",
    }
    numbers = dict(Entry.objects.values_list("evidence", "seq"))
    for site in Site.objects.all():
        assert site.opened_seq == numbers[f"site:{site.pk}"]
    assert Support.objects.get().seq == numbers[f"support:{Support.objects.get().pk}"]
    assert Training.objects.get().seq == numbers[f"training:{Training.objects.get().pk}"]
    auditor = make_staff("kansa", display_name="かんさ")
    grant(auditor, Role.AUDITOR, program)
    asked = {"as_of": f"{clock.jst_day(clock.now())}", "reason": "会計検査の抽出"}
    page = signed_in_as(auditor).post("/reports/kpi/hyogo-2020/hyogo.ibasho/2021/entries/", asked)
    assert f"site:{sites['ibasho']}" in words(page)


def test_no_register_prints_an_entry_s_own_number(program, client):
    """It would count what came in between: consultations and new cases of a day, among others."""
    for _ in range(3):
        client.post("/reports/sites/?program=hyogo", SITE)
    site = Site.objects.last()
    client.post(f"/reports/sites/{site.pk}/close/?program=hyogo", {"on": "2021-09-30"})
    client.post("/reports/supports/", {"kind": "network_meeting", "on": "2021-06-01", "bodies": 3})
    course = {"course": "craft", "name": "研修", "held_on": "2021-06-01", "days": "1"}
    client.post("/reports/trainings/", course)
    row = Training.objects.get()
    client.post(f"/reports/trainings/{row.pk}/", {"day": "1", "typed": "a"})
    cells = {
        cell
        for address in ("sites/", "supports/", f"trainings/{row.pk}/")
        for cell in re.findall(r"<td[^>]*>([^<]*)</td>", words(client.get(f"/reports/{address}")))
    }
    site.refresh_from_db()
    shown = [evidence_number("hyogo", seq) for seq in (site.opened_seq, site.closed_seq)]
    assert "・".join(shown) in cells
    assert evidence_number("hyogo", Support.objects.get().seq) in cells
    own = {str(seq) for seq in Entry.objects.values_list("seq", flat=True)} - {"1", "3"}
    assert len(own) > 3 and not cells & own  # 1: the day of the course, 3: the bodies that met


@pytest.mark.parametrize("kind", ["chat", "withdrawn", "family", "night", "counseling"])
def test_who_was_in_another_room_is_shown_to_no_keeper(program, room, client, aoi, kind):
    type(room).objects.filter(pk=room.pk).update(kind=kind)
    make_room(slug="kenshu", kind="training")
    now = clock.now()
    seat = Seat.objects.create(room=room, participant=aoi, key="k", handle=aoi.handle, mark="m")
    start = datetime.combine(clock.jst_day(now), time(10), clock.JST)
    end = start + timedelta(hours=1)
    Visit.objects.create(room=room, seat=seat, started_at=start, seen_at=end, ended_at=end)
    client.post(
        "/reports/trainings/",
        {"course": "craft", "name": "Web", "held_on": f"{clock.jst_day(now)}", "days": "1",
         "online": "on"},
    )  # fmt: skip
    page = f"/reports/trainings/{Training.objects.get().pk}/"
    assert f'<option value="{room.pk}"' not in words(client.get(page))
    assert client.get(f"{page}?room={room.pk}&day=1").status_code == 404
    sent = {"room": room.pk, "day": "1", "there": [aoi.pk]}
    client.post(f"{page}presence/", sent)
    assert not Attendance.objects.exists()


def test_a_day_before_the_course_was_entered_proposes_nobody(program, client, aoi):
    room = make_room(slug="kenshu", kind="training")
    on = clock.jst_day(clock.now()) - timedelta(days=1)
    client.post(
        "/reports/trainings/",
        {"course": "craft", "name": "Web", "held_on": f"{on}", "days": "2", "online": "on"},
    )
    page = f"/reports/trainings/{Training.objects.get().pk}/"
    assert client.get(f"{page}?room={room.pk}&day=1").status_code == 404
    assert client.post(f"{page}presence/", {"room": room.pk, "day": "1"}).status_code == 404
    assert client.get(f"{page}?room={room.pk}&day=2").status_code == 200


def test_a_visit_keeps_what_was_advised_and_how_far_a_municipality_is(program, client):
    sent = {"kind": "adviser_sent", "on": "2021-05-01", "municipality": "282014",
            "by_whom": "県の会", "bodies": "1",
            "words": "要綱のひな形", "stage": "planning"}  # fmt: skip
    client.post("/reports/supports/", sent)
    client.post("/reports/supports/", sent | {"on": "2021-07-01", "stage": "open"})
    meeting = {"kind": "network_meeting", "on": "2021-08-01", "bodies": "12", "words": "年の計画"}
    assert client.post("/reports/supports/", meeting).status_code == 303
    page = words(client.get("/reports/supports/"))
    assert '<th scope="row">姫路市</th><td>ひらいた</td><td>2021-07-01</td>' in page
    assert "要綱のひな形" in page and "年の計画" in page
    assert Entry.objects.filter(kind="adviser_sent").count() == 2
    last = Support.objects.get(on="2021-07-01")
    client.post(f"/reports/supports/{last.pk}/withdraw/", {"reason": "wrong_day"})
    page = words(client.get("/reports/supports/"))
    assert '<th scope="row">姫路市</th><td>検討中</td>' in page


def test_a_visit_without_its_municipality_is_refused_with_its_words_kept(program, client):
    sent = {"kind": "adviser_sent", "on": "2021-05-01", "words": "要綱のひな形"}
    answer = client.post("/reports/supports/", sent)
    assert answer.status_code == 422
    assert "足りないところ" in words(answer) and "要綱のひな形" in words(answer)


RUN = {
    "name": "春の回", "started_on": "2021-05-01", "burden": "負担", "burden_lowest": "0",
    "burden_highest": "20", "relation": "関係", "relation_lowest": "0", "relation_highest": "5",
}  # fmt: skip


def test_the_effect_of_a_run_is_recorded_by_code_and_hidden_while_few(program, client):
    assert client.post("/reports/effects/", RUN).status_code == 303
    run = FamilyRun.objects.get()
    page = f"/reports/effects/{run.pk}/"
    assert run.instrument["burden"]["highest"] == 20

    def record(family: int, point: str, burden: int, on: str = "2021-05-02"):
        return client.post(
            page,
            {"typed": f"F-{family}", "point": point, "on": on, "burden": burden, "relation": 1,
             "used_service": "true"},
        )  # fmt: skip

    for family in range(9):
        record(family, "before", 15)
        record(family, "after", 11)
    few = words(client.get(page))
    assert "-4" not in few and "＊" in few
    record(9, "before", 15)
    record(9, "after", 11)
    assert '<td class="number">10</td><td class="number">10</td><td class="number">-4' in words(
        client.get(page)
    )
    assert record(9, "after", 21).status_code == 422
    assert "F-9" not in words(client.get(page))
    assert EffectRecord.objects.count() == 20


def test_a_yearly_note_of_improvement_is_the_coordinators(program, client, kaede):
    sent = {"change-year": "2021", "change-words": "夜の回をふやす"}
    assert signed_in_as(kaede).post("/reports/effects/improve/", sent).status_code == 404
    assert client.post("/reports/effects/improve/", sent).status_code == 303
    assert client.post("/reports/effects/improve/", sent | {"change-words": " "}).status_code == 422
    assert Improvement.objects.get().words == "夜の回をふやす"
    assert "夜の回をふやす" in words(client.get("/reports/effects/"))


def test_the_prefecture_sees_who_has_not_reported(program, client):
    at = clock.now()
    came, late = (
        Install.objects.create(name=name, public_key=name, joined_at=at)
        for name in ("東の会", "西の会")
    )
    Return.objects.create(
        install=came, program="hyogo", month="2026-10", first_seq=4711, last_seq=4799,
        shares_key=False, taken_at=at,
    )  # fmt: skip
    page = words(client.get("/reports/returns/?month=2026-10"))
    assert "まだ届いていないものが、1件あります。" in page
    assert page.index("西の会") and "<strong>まだ</strong>" in page
    assert "団体間の重複は除けない" in page
    assert "4711" not in page and "4799" not in page, "how many entries a house has is not told"
    assert client.get("/reports/returns/?month=soon").status_code == 422
    assert late.pk
    Return.objects.create(
        install=came, program="kochi", month="2026-09", first_seq=1, last_seq=2,
        shares_key=False, taken_at=at,
    )  # fmt: skip
    page = words(client.get("/reports/returns/?month=2026-10"))
    assert "まだ届いていないものが、2件あります。" in page, "one program's file is not another's"
    assert not_reported("2026-10") == ["東の会 (kochi)", "西の会"]


def test_who_keeps_no_register_here_sees_and_enters_nothing(program, client, kaede):
    client.post("/reports/sites/", SITE)
    site = Site.objects.get()
    stranger = make_staff("yosomono")
    grant(stranger, Role.COORDINATOR, make_program("kochi"))
    other = signed_in_as(stranger)
    assert "ひだまり" not in words(other.get("/reports/sites/"))
    for address, sent in (
        ("/reports/sites/?program=hyogo", SITE),
        (f"/reports/sites/{site.pk}/withdraw/", {"reason": "twice"}),
        (f"/reports/sites/{site.pk}/close/?program=hyogo", {"on": "2021-06-01"}),
    ):
        assert other.post(address, sent).status_code == 404
    site.refresh_from_db()
    assert (site.withdrawn_at, site.closed_on) == (None, None)
    assert signed_in_as(kaede).get("/reports/sites/").status_code == 200
