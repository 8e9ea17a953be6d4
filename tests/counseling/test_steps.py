"""What exists near someone: on the ladder's page, and on a municipality's."""

import pytest
from django.test import Client

from tests.counseling.places import make_agency, make_place
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken


@pytest.fixture
def there(program, now):
    return make_agency(program, now=now), make_place(program, now=now)


def test_the_ladder_shows_what_exists_near_and_leads_on_by_nobody_s_hand_but_theirs(
    there, aoi, kaede, program, now
):
    agency, place = there
    shown = page(seated(aoi), "/steps/?town=281000")
    assert agency.name in shown
    assert place.name in shown
    assert "相談をおねがいする" in shown
    assert agency.name not in page(seated(aoi), "/steps/?town=282014")
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    assert f"/counseling/mine/{case.code}/onward/where/" in page(seated(aoi), "/steps/")


def test_a_municipality_s_page_is_anyone_s_and_shows_only_what_is_there(there, program, now):
    agency, place = there
    removed = make_agency(program, now=now, name="もうないところ", removed_at=now)
    shown = page(Client(), "/m/281000/")
    assert "神戸市" in shown
    assert agency.name in shown
    assert place.name in shown
    assert removed.name not in shown
    assert Client().get("/m/999999/").status_code == 404


def test_the_ladder_is_found_from_every_page_of_whoever_sits_here(aoi, program):
    link = 'href="/steps/"'
    for address in ("/rooms/", "/me/", "/counseling/mine/"):
        assert link in page(seated(aoi), address)
    assert link not in page(Client(), "/rooms/")
