"""Pages for when something didn't work out: calm, and without a database."""

import pytest
from django.test import Client, RequestFactory

from accounts import messages

REQUEST = RequestFactory().get("/nowhere/")


# Without the `django_db` mark pytest-django blocks the database.
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (messages.bad_request, 400),
        (messages.forbidden, 403),
        (messages.stale_form, 403),
        (messages.not_found, 404),
        (messages.server_error, 500),
    ],
)
def test_each_says_one_thing_in_japanese_and_needs_no_database(view, status):
    answer = view(REQUEST)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "もう" in page or "ここ" in page or "うまく" in page
    assert "nowhere" not in page


def test_the_last_page_comes_even_when_templates_are_broken(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(messages, "render_to_string", broken)
    page = messages.server_error(REQUEST).content.decode()
    assert "/now/" in page and "うまく動いていません" in page


@pytest.mark.django_db
def test_an_unknown_address_does_not_echo_itself():
    answer = Client().get("/<script>alert(1)</script>/")
    assert answer.status_code == 404 and b"script>alert" not in answer.content


@pytest.mark.parametrize(
    ("path", "back"),
    [("/enter/", "/enter/"), ("/me/erase/", "/"), ("/letters/x/", "/"), ("//evil/", "/")],
)
def test_a_stale_form_leads_back_only_to_a_page(path, back):
    request = RequestFactory().post("/", {"text": "ことば"})
    request.path = path
    page = messages.stale_form(request).content.decode()
    assert f'href="{back}"' in page and "ことば" in page


@pytest.mark.django_db
def test_a_browser_that_keeps_no_cookies_is_told_so_and_not_that_it_was_late():
    without, late = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    late.get("/enter/")
    sent = {"handle": "はじめて", "agree": "on", "next": "/rooms/"}
    told = without.post("/enter/", sent)
    assert told.status_code == 403 and "Cookieを" in told.content.decode()
    told = late.post("/enter/", sent)
    assert told.status_code == 403 and "時間がたった" in told.content.decode()
    assert "Cookie" not in told.content.decode()
