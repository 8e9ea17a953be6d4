"""Everyone who may knock at an address: the columns of the grid."""

import hashlib
from datetime import datetime
from functools import cache

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.hashers import make_password
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.actions import second_factors
from accounts.models import Participant, Staff
from accounts.states import Role
from accounts.viewer import SESSION_PARTICIPANT
from chat.actions.moderation import restrict
from chat.models import Room
from chat.states import RestrictionKind
from tests.cast import (
    grant,
    make_participant,
    make_program,
    make_room,
    make_staff,
    signed_in_as,
)

PEOPLE = ("participant", "barred", "mother")
# What is called after a place is about its own program's things; the others are of another one.
ROLES = (
    "supporter", "counselor", "analyst", "coordinator", "reviewer", "auditor", "admin",
)  # fmt: skip
ELSEWHERE = ("supporter_elsewhere", "analyst_elsewhere", "coordinator_elsewhere")
# Of the program, and of no case that a line names.
UNASSIGNED = "counselor_not_assigned"
# Of the program, with a role narrowed to a room that no line names.
OTHER_ROOM = "supporter_other_room"
EVERYONE = ("visitor", *PEOPLE, *ROLES, *ELSEWHERE, UNASSIGNED, OTHER_ROOM, "unverified")
Row = dict[str, int]


def anyone(code: int = 200, **others: int) -> Row:
    """For the public; staff first need their second factor."""
    return dict.fromkeys(EVERYONE, code) | {"unverified": 303} | others


def always() -> Row:
    """Nothing may stand before it."""
    return dict.fromkeys(EVERYONE, 200)


def entered(code: int = 200) -> Row:
    """For participants; everybody else is shown to the entrance."""
    return dict.fromkeys(EVERYONE, 303) | dict.fromkeys(PEOPLE, code)


def staff(*roles: str, code: int = 200, everywhere: bool = False) -> Row:
    """For these roles in the program it is about (`everywhere`: in any). No role named: for all.

    A visitor is shown to the sign-in; whoever may not know of it is told that it isn't there.
    """
    let_in = set(roles) or set(ROLES)
    # Unless the line says otherwise: most of the desk is the whole team's.
    let_in |= {OTHER_ROOM} if "supporter" in let_in else set()
    if everywhere or not roles:
        let_in |= {name for name in ELSEWHERE if name.removesuffix("_elsewhere") in let_in}
        let_in |= {UNASSIGNED} if "counselor" in let_in else set()
    return (
        dict.fromkeys(EVERYONE, 404)
        | {"visitor": 303, "unverified": 303}
        | dict.fromkeys(sorted(let_in), code)
    )


def seated(person: Participant) -> Client:
    client = Client()
    session = client.session
    session[SESSION_PARTICIPANT] = person.pk
    session.save()
    client.cookies["seat"] = session.session_key
    return client


def everyone(
    room: Room, *, aoi: Participant, haha: Participant, known: dict[str, Staff], now: datetime
) -> dict[str, Client]:
    """Who calls: browsers that follow no redirect by themselves. Things are aoi's and mori's.

    `known` are those of the cast who hold a role, by its name.
    """
    hyogo, kochi = room.program, make_program("kochi")
    barred, mori, known = make_participant("でいり"), known["coordinator"], dict(known)
    restrict(
        participant=barred.pk, kind=RestrictionKind.BAR, room=None, reason="", until=None, now=now
    )
    second_factors.set_totp(mori.pk, secret="JBSWY3DPEHPK3PXP", now=now)
    second_factors.new_sheet(mori.pk, now=now)
    found = {
        "visitor": Client(), "participant": seated(aoi), "mother": seated(haha),
        "barred": seated(barred),
    }  # fmt: skip
    for name in (*ROLES, *ELSEWHERE, UNASSIGNED):
        if name not in known:
            known[name] = make_staff(name, display_name="だれか")
            role = Role.COUNSELOR if name == UNASSIGNED else Role(name.removesuffix("_elsewhere"))
            grant(known[name], role, kochi if name in ELSEWHERE else hyogo)
    known[OTHER_ROOM] = make_staff(OTHER_ROOM, display_name="だれか")
    other = make_room("hokano", name="ほかの部屋")
    grant(known[OTHER_ROOM], Role.SUPPORTER, hyogo, rooms=(other.pk,))
    Staff.objects.update(password=some_password())
    for name, person in known.items():
        person.refresh_from_db()
        found[name] = signed_in_as(person)
    return found | {"unverified": signed_in_as(known["supporter"], verified=False)}


@cache
def some_password() -> str:
    """As everybody has one."""
    return make_password("kiri no naka no hitsuji")


def passkey_of(staff: int) -> int:
    """A passkey of theirs, as a browser would have made it; its number."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AuthenticatorData.create(
        hashlib.sha256(b"testserver").digest(),
        AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT,
        0,
        AttestedCredentialData.create(b"\0" * 16, b"k" * 16, public),
    )
    credential = {
        "id": websafe_encode(b"k" * 16),
        "rawId": websafe_encode(b"k" * 16),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(
                CollectedClientData.create("webauthn.create", b"c" * 32, "https://testserver")
            ),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
    }
    return Authenticator.objects.create(
        user_id=staff, type="webauthn", data={"name": "かぎ", "credential": credential}
    ).pk
