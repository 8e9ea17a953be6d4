"""What is broken, forged or stale at the doors of staff gets a sentence, never a fault."""

import json
import re
import time
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.states import Role
from tests.accounts.codes import code_of
from tests.accounts.staff_door import CODE, LOGIN, PASSWORD, SECRET, sato, signed_in, typed
from tests.cast import grant, make_staff, signed_in_as
from tests.house.everyone import passkey_of

__all__ = ["sato"]

CREDENTIALS = [
    "", "{", "[]", "null", "7", '"x"', "{}", '{"response": 1}', '{"response": {}}',
    '{"id": "a", "rawId": "!", "type": "public-key", "response": {"userHandle": null}}',
    json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {
        "clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AA",
        "userHandle": "MQ"}}),
    json.dumps({"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {
        "clientDataJSON": "e30", "attestationObject": "oA"}}),
    "[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_a_broken_passkey_is_only_no_passkey(sato, credential):
    passkey_of(sato.pk)
    stranger = Client()
    stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    sent = {"credential": credential}
    assert stranger.post("/accounts/2fa/webauthn/login/", sent).status_code in (200, 302)
    assert not signed_in(stranger)
    typed(stranger)
    assert stranger.get(CODE).status_code == 200
    assert stranger.post(CODE, sent).status_code == 200
    assert not signed_in(stranger)
    within = signed_in_as(sato)
    for address in ("add/", "reauthenticate/"):
        within.get(f"/accounts/2fa/webauthn/{address}")
        assert within.post(f"/accounts/2fa/webauthn/{address}", sent).status_code in (200, 302)
    assert within.get("/accounts/2fa/").status_code == 200


@pytest.mark.parametrize(
    "login", ["", "sato\0", "\ud800", "s" * 5000, "' OR 1=1 --", "さとう", " sato"]
)
@pytest.mark.parametrize("password", ["", "\0", "p" * 100_000])
def test_whatever_is_typed_at_the_door_is_answered(client, sato, login, password):
    cache.clear()
    form = urlencode({"login": login, "password": password}, errors="surrogatepass")
    answer = client.post(LOGIN, form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize("token", ["a", "あ", "%00", "x" * 3000, "..", "a b", "<script>"])
def test_an_address_that_is_no_invitation_says_so_and_nothing_more(client, db, token):
    answer = client.get(f"/accounts/invitation/{token}/")
    assert answer.status_code == 404
    assert "<script>" not in answer.content.decode()


def test_a_sign_in_changes_the_session_s_key(client, sato):
    client.get(LOGIN)
    typed(client)
    before = client.session.session_key
    client.post(CODE, {"code": code_of(SECRET)})
    assert client.session.session_key != before
    forged = Client()
    forged.cookies["seat"] = before
    assert not signed_in(forged)


def test_a_form_left_open_too_long_leads_back_to_the_door(sato):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(LOGIN, {"login": "sato", "password": PASSWORD})
    assert answer.status_code == 403
    assert f'href="{LOGIN}"' in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


def test_the_password_alone_never_opens_what_lies_behind_the_second_factor(client, sato):
    typed(client)
    for address in ("/accounts/", "/accounts/audit/", "/admin/", "/accounts/2fa/", "/me/"):
        assert client.get(address).status_code == 303
    assert client.post("/accounts/2fa/totp/activate/", {"code": "1"}).status_code == 303


@pytest.mark.parametrize("door", [CODE, "/accounts/2fa/reauthenticate/"])
def test_the_code_that_set_an_app_up_is_used_at_every_other_door_too(program, door):
    neu = make_staff("neu")
    neu.set_password(PASSWORD)
    neu.save()
    grant(neu, Role.COORDINATOR, program)
    client, setting_up = Client(), "/accounts/2fa/totp/activate/"
    typed(client, login="neu")
    page = client.get(setting_up).content.decode()
    secret = re.search(r'<code id="secret">([A-Z2-7]{32})</code>', page)[1]
    code = code_of(secret)
    client.post(setting_up, {"code": code})
    assert signed_in(client)
    other = Client() if door == CODE else client
    if door == CODE:
        typed(other, login="neu")
    again = other.post(door, {"code": code})
    assert again.status_code == 200
    assert "一度使った番号は使えません" in again.content.decode()
    later = code_of(secret, at=time.time() + 30)
    assert other.post(door, {"code": later}).status_code == 302, "the next one is good"


def test_a_forged_proof_of_a_session_s_own_making_is_none(client, sato):
    """Whoever could write the session would be in; a form can't."""
    client.post(
        LOGIN, {"login": "sato", "password": PASSWORD, "account_authentication_methods": "mfa"}
    )
    assert not signed_in(client)
