"""The menu of figures shows exactly what whoever looks may open."""

import re

import pytest
from django.urls import reverse

from accounts.states import Role
from reports.menu import _MENU
from tests.cast import grant, make_program, make_staff, signed_in_as

pytestmark = pytest.mark.django_db
START = {
    Role.ANALYST: "/reports/", Role.AUDITOR: "/reports/", Role.COORDINATOR: "/reports/",
    Role.COUNSELOR: "/reports/import/",
}  # fmt: skip


@pytest.mark.parametrize("role", START)
def test_each_role_is_led_to_what_it_may_open_and_to_nothing_else(role):
    person = make_staff("hito")
    grant(person, role, make_program())
    client = signed_in_as(person)
    page = client.get(START[role]).content.decode()
    menu = re.findall(r'href="([^"]+)"', page.split("<nav")[1].split("</nav>")[0])
    for address in (reverse(name) for name, _, _ in _MENU):
        assert (client.get(address).status_code == 200) == (address in menu), address
    body = re.findall(r'href="(/reports/[^"]*)"', page)
    assert all(client.get(one).status_code in (200, 302, 303) for one in body if "pdf" not in one)


def test_a_counselor_is_led_from_the_desk_and_from_home(kaede):
    client = signed_in_as(kaede)
    for address in ("/counseling/desk/", "/accounts/"):
        assert 'href="/reports/import/"' in client.get(address).content.decode()
