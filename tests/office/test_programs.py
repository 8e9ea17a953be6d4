"""An admin makes a program and invites its first coordinator; the log says so."""

import re

import pytest

from accounts import places
from accounts.states import Role
from audit.models import AuditEntry
from programs.models import Program
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.office.desk import words

NEW = {"name": "こうちの居場所", "slug": "kochi", "prefecture_code": "39", "may_open_alone": "on"}
ADDRESS = "/manage/programs/"


@pytest.fixture
def boss(db):
    made = make_staff("boss")
    grant(made, Role.ADMIN)
    return made


def test_a_program_begins_in_an_empty_house_and_leads_to_inviting_its_coordinator(boss):
    client = signed_in_as(boss)
    assert "まだ、ひとつもありません" in words(client.get(ADDRESS))
    answer = client.post(ADDRESS, NEW)
    assert (answer.status_code, answer["Location"]) == (
        303, "/manage/people/invite/?said=program_made",
    )  # fmt: skip
    made = Program.objects.get()
    assert (made.slug, made.prefecture_code, made.may_open_alone) == ("kochi", "39", True)
    page = words(client.get(answer["Location"]))
    assert "事業をつくりました" in page
    invited = client.post(
        "/manage/people/invite/", {"program": "kochi", "role": "coordinator", "display_name": ""}
    )
    assert invited.status_code == 200
    assert made.invitation_set.get().role == Role.COORDINATOR
    entry = AuditEntry.objects.get(object_type="program")
    assert (entry.actor, entry.role, entry.verb) == (boss.pk, "admin", "create")
    assert entry.program == made.pk
    assert entry.values["name"] == [None, "こうちの居場所"]


def test_in_an_empty_house_every_place_opens_and_a_sign_in_leads_to_the_first_program(boss):
    client = signed_in_as(boss)
    section = client.get("/accounts/").content.decode().split("開けるところ")[1]
    named = re.findall(r'href="([^"]+)"', section.split("</section>")[0])
    menu = client.get(ADDRESS).content.decode().split("<main")[0]
    named += re.findall(r'<li><a href="([^"]+)"', menu)
    assert "/manage/" in named
    for address in named:
        assert client.get(address, follow=True).status_code == 200, address
    led = client.get(places.first(staff_viewer(boss)), follow=True)
    assert led.redirect_chain == [(ADDRESS, 303)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "名前を入れてください"),
        ({"name": "あ" * 81}, "80"),
        ({"slug": "Ko chi"}, "半角"),
        ({"slug": "-"}, "半角"),
        ({"prefecture_code": "48"}, "都道府県をえらんでください"),
        ({"slug": "hyogo"}, "ほかの事業が使っています"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(boss, program, wrong, said):
    answer = signed_in_as(boss).post(ADDRESS, NEW | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    for name in {"name", "slug"} - set(wrong):
        assert f'value="{NEW[name]}"' in page
    assert Program.objects.count() == 1
    assert not AuditEntry.objects.filter(object_type="program").exists()


def test_a_coordinator_makes_no_program(mori, program):
    client = signed_in_as(mori)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, NEW).status_code == 404
    assert Program.objects.count() == 1
