"""Each rule that a program can't keep today is named, with what to do, until it is kept."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.states import Role
from chat.models import Opening, Room
from foundation.clock import jst_day
from helplines import actions as helplines
from helplines.lines import lines
from helplines.writing import mark
from office.readiness import readiness
from programs.actions import agencies, texts
from programs.states import TextKey
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer
from tests.duty.team import shift_of
from tests.office.desk import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("towns")]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def missing(mori, program, now):
    def ask() -> dict[str, str]:
        found = readiness(staff_viewer(mori), program=program.pk, now=now)
        return {one.code: one.todo for one in found if not one.ok}

    return ask


def agency(program, now, day: date) -> None:
    values = {
        "name": "窓口", "kind": "town_desk", "municipality_id": "282014", "source": "市",
        "verified_on": day,
    }  # fmt: skip
    agencies.add(program=program.pk, values=values, now=now)


def test_a_new_program_is_told_everything_it_lacks(missing, program, now):
    found = missing()
    assert {
        "second_coordinator", "other_judge", "tested_alarm", "hours", "counselor",
        "second_counselor", "rules",
        "notice", "lines", "agencies",
    } <= set(found)  # fmt: skip
    assert all(found.values()), "each with what to do"


def test_a_room_that_asks_for_more_supporters_than_there_are_is_named(
    missing, room: Room, ren, now
):
    today = jst_day(now)
    ren.grants.update(trained_on=today)
    assert "雑談の部屋" in missing()["enough_supporters"]
    grant(make_staff("nagi"), Role.SUPPORTER, rooms=(room.pk + 1,), trained_on=today)
    assert "enough_supporters" in missing(), "someone of another room doesn't keep this one"
    grant(make_staff("shio"), Role.SUPPORTER, rooms=(room.pk,), trained_on=today)
    assert "enough_supporters" not in missing()


def test_who_may_not_keep_a_shift_is_not_counted_and_is_named(missing, room: Room, ren, now):
    today = jst_day(now)
    ren.grants.update(trained_on=today)
    for days in (None, 1):
        later = None if days is None else today + timedelta(days=days)
        sora = make_staff(f"sora-{days}", display_name=f"そら{days}")
        grant(sora, Role.SUPPORTER, trained_on=later)
        named = missing()["enough_supporters"].partition("当番に入れない人: ")[2]
        assert f"そら{days}" in named
    sora.grants.update(trained_on=today)
    assert "enough_supporters" not in missing()


def test_what_is_planned_past_a_role_s_last_day_is_named_with_a_way_to_the_rota(
    desk: Client, missing, room: Room, ren, now
):
    today = jst_day(now)
    shift_of(ren, room.program, day=today + timedelta(days=2))
    ren.grants.update(trained_on=today, expires_on=today + timedelta(days=2))
    assert "within_roles" not in missing()
    ren.grants.update(expires_on=today + timedelta(days=1))
    assert "れん" in missing()["within_roles"]
    page = desk.get("/manage/readiness/").content.decode()
    assert 'href="/moderation/rota/"' in page and "数えていません" in page


def test_a_room_without_hours_is_named(missing, room: Room):
    assert "hours" not in missing()
    Opening.objects.all().delete()
    assert "雑談の部屋" in missing()["hours"]


def test_a_role_that_ends_soon_or_has_ended_is_named(missing, kaede, now):
    assert "counselor" not in missing() and "expiring" not in missing()
    for days in (30, -1):
        kaede.grants.update(expires_on=jst_day(now) + timedelta(days=days))
        assert "kaede(相談員)" in missing()["expiring"]
    assert "counselor" in missing(), "a role whose last day is over is no role"


def test_one_counselor_alone_and_one_coordinator_alone_are_warned_of(missing, kaede, mori):
    found = missing()
    assert "counselor" not in found
    assert "引きつげる" in found["second_counselor"]
    assert "単独" in found["second_coordinator"]
    grant(make_staff("sora"), Role.COUNSELOR)
    grant(make_staff("nao"), Role.COORDINATOR)
    assert {"second_counselor", "second_coordinator"}.isdisjoint(missing())


def test_texts_lines_and_agencies_are_kept_once_somebody_looked_after_them(missing, program, now):
    for key in TextKey:
        texts.write(program=program.pk, key=key, body="x", after=0, now=now)
    for one in lines():
        helplines.verify(one.key, seen=mark(one), now=now)
    agency(program, now, jst_day(now) - timedelta(days=366))
    assert not {"rules", "notice", "lines"} & set(missing())
    assert "1か所" in missing()["agencies"]


def test_the_page_says_it_in_sentences_with_a_way_to_go(desk: Client, room: Room):
    answer = desk.get("/manage/readiness/")
    page = words(answer)
    assert "いまは守れません" in page and "もうひとり、統括をまねいて" in page
    assert 'href="/manage/people/invite/"' in answer.content.decode()
    assert page.index("守れていること") < page.index("どの部屋にも、開く時間がある")


def test_every_way_that_the_page_names_leads_somewhere(desk: Client, missing):
    page = desk.get("/manage/readiness/").content.decode()
    ways = {way for way in page.split('"') if way.startswith(("/manage/", "/moderation/"))}
    assert {desk.get(way).status_code for way in ways} == {200}


def test_another_programs_readiness_is_its_own(missing, program):
    stranger = make_staff("yuzu")
    grant(stranger, Role.COORDINATOR, make_program("kochi"))
    page = words(signed_in_as(stranger).get("/manage/readiness/"))
    assert "部屋をつくってください" in page
