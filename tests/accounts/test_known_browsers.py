"""Whom a browser is known to: each of the colleagues who share a computer."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from accounts.adapters import known_browsers
from accounts.models import Staff
from foundation import clock
from tests.accounts.codes import code_of
from tests.accounts.staff_door import CODE, SECRET, sato, typed
from tests.cast import make_staff

__all__ = ["sato"]


def by_password(browser: Client, staff: Staff) -> None:
    """Known to the browser from now on, as after a real sign-in; then left."""
    request, answer = HttpRequest(), HttpResponse()
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    known_browsers.remember(request, answer, staff.username, now=clock.now())
    browser.cookies.update(answer.cookies)


def is_known(browser: Client, login: str) -> bool:
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    return known_browsers.is_known(request, login, now=clock.now())


def test_a_shared_computer_is_known_to_each_of_the_colleagues(sato, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    shared, people = Client(), [make_staff(f"kei{number}") for number in range(8)]
    typed(shared)
    shared.post(CODE, {"code": code_of(SECRET)})
    shared.post("/accounts/logout/")
    assert is_known(shared, "sato")
    assert is_known(shared, "SATO")
    for one in people[:7]:
        time_machine.shift(timedelta(days=10))
        by_password(shared, one)
    assert is_known(shared, "sato")
    by_password(shared, people[7])
    assert not is_known(shared, "sato"), "eight at most: whoever came longest ago makes room"
    assert all(is_known(shared, one.username) for one in people)
    assert "kei" not in shared.cookies[known_browsers.COOKIE].value


def test_each_colleague_is_known_for_half_a_year_of_their_own(sato, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    shared, other = Client(), make_staff("kei")
    by_password(shared, sato)
    time_machine.shift(timedelta(days=100))
    by_password(shared, other)
    assert is_known(shared, "sato")
    time_machine.shift(timedelta(days=90))
    by_password(shared, other)
    assert (is_known(shared, "sato"), is_known(shared, "kei")) == (False, True)


@pytest.mark.parametrize("value", ["", "x", "a-1.b-2", "a-1:1abc:signed", "\0", "-." * 500])
def test_a_known_browser_cannot_be_made_up(sato, value):
    shared = Client()
    shared.cookies[known_browsers.COOKIE] = value
    assert not is_known(shared, "sato")
    assert typed(shared)["Location"] == CODE


@pytest.mark.parametrize("who", ["sato", "someone-{}"])
def test_a_stranger_in_the_same_network_slows_no_known_browser(sato, who):
    at_home = Client()
    typed(at_home)
    at_home.post(CODE, {"code": code_of(SECRET)})
    at_home.post("/accounts/logout/")
    guest = Client()
    for number in range(70):
        typed(guest, login=who.format(number), password="guess guess")
    assert typed(guest).status_code != 302
    assert typed(at_home)["Location"] == CODE


def test_a_known_browser_has_no_more_guesses_than_any(sato):
    taken = Client()
    by_password(taken, sato)
    for _ in range(5):
        typed(taken, password="guess guess")
    assert typed(taken).status_code == 200
    assert typed(Client())["Location"] == CODE, "and uses up nobody else's"
