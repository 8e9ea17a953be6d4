"""Knocking at the door of staff."""

import pytest
from django.test import Client

from accounts.actions import second_factors
from accounts.models import Staff
from accounts.states import Role
from tests.cast import grant, make_staff

PASSWORD = "kiri no naka no hitsuji"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"


def typed(client: Client, *, login="sato", password=PASSWORD, **more):
    """The first step of signing in."""
    return client.post(LOGIN, {"login": login, "password": password}, **more)


def signed_in(client: Client) -> bool:
    """Whether one's own page opens."""
    return client.get("/accounts/").status_code == 200


@pytest.fixture
def sato(db, program, now) -> Staff:
    """A coordinator with a password and an authenticator app."""
    made = make_staff("sato", display_name="さとう")
    made.set_password(PASSWORD)
    made.save()
    grant(made, Role.COORDINATOR, program)
    second_factors.set_totp(made.pk, secret=SECRET, now=now)
    return made
