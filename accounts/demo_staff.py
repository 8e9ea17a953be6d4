"""The demo's members of staff, and the file with their sign-ins. Refuses to exist in production."""

import json
import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actions import second_factors
from accounts.actions.people import open_grant
from accounts.adapters import code_at, new_secret
from accounts.models import Staff
from accounts.states import Role
from foundation.clock import jst_day

FILE = "demo.json"
# (user name, name in rooms, role) of each program; `{}` is the program's slug.
_PEOPLE = (
    ("{}-coordinator", "もり", Role.COORDINATOR),
    ("{}-counselor-1", "かえで", Role.COUNSELOR),
    ("{}-counselor-2", "つばき", Role.COUNSELOR),
    ("{}-supporter-1", "はる(デモの支援者)", Role.SUPPORTER),
    ("{}-supporter-2", "なぎ(デモの支援者)", Role.SUPPORTER),
    ("{}-supporter-3", "れん(デモの支援者)", Role.SUPPORTER),
    ("{}-supporter-4", "しお(デモの支援者)", Role.SUPPORTER),
    ("{}-analyst", "すみれ", Role.ANALYST),
    ("{}-reviewer", "かしわ", Role.REVIEWER),
    ("{}-auditor", "ひいらぎ", Role.AUDITOR),
)
_ADMIN = ("admin", "けやき", Role.ADMIN)
# Who keeps the demo's open rooms (`chat/demo_keeper.py`) goes by an older name.
_KEEPERS = {"hyogo-supporter-1": "demo-haru", "hyogo-supporter-2": "demo-nagi"}


class RealAccount(RuntimeError):
    """A name of the demo's belongs to somebody; its text says whose."""


def fill(programs: Sequence[tuple[int, str]], *, now: datetime) -> list[dict[str, str | None]]:
    """Make whoever isn't there yet, in programs (number, slug); their sign-ins, also written down.

    An account that is there keeps its sign-in, unless the file that tells it is gone.
    Raises `RealAccount`.
    """
    if not settings.DEMO:
        raise RuntimeError("demo staff are refused in production")
    known = {one["username"]: one for one in sign_ins()}
    wanted = [
        (name.format(slug), shown, role, number, slug)
        for number, slug in programs
        for name, shown, role in _PEOPLE
    ]
    names = {_KEEPERS.get(name, name) for name, *_ in wanted} | {_ADMIN[0]}
    real = Staff.objects.filter(username__in=names, is_demo=False).order_by("pk").first()
    if real is not None:
        raise RealAccount(f"{real.username} is a real account: the demo leaves it alone")
    found = []
    for name, shown, role, number, slug in (*wanted, (*_ADMIN, None, None)):
        username = _KEEPERS.get(name, name)
        there = Staff.objects.filter(username=username).exists()
        told = known.get(username) if there else None
        found.append(told or _make(username, shown, role, number, slug, now=now))
    _write(found)
    return found


@transaction.atomic
def _make(
    username: str, shown: str, role: Role, program: int | None, slug: str | None, *, now: datetime
) -> dict[str, str | None]:
    password, secret = secrets.token_urlsafe(12), new_secret()
    kept = {"password": make_password(password)}
    # RFC 2606: an address that is nobody's. The demo's mail goes into files.
    mail = f"{username}@demo.invalid" if role is Role.COORDINATOR else ""
    staff, made = Staff.objects.update_or_create(
        username=username,
        defaults=kept,
        create_defaults={**kept, "display_name": shown, "is_demo": True, "email": mail},
    )
    second_factors.set_totp(staff.pk, secret=secret, now=now)
    if made:
        today = jst_day(now)
        open_grant(
            staff.pk, role=role, program=program, rooms=(), trained_on=today,
            expires_on=None, by=None, now=now,
        )  # fmt: skip
    return {
        "role": role.value, "program": slug, "username": username, "password": password,
        "totp_secret": secret,
    }  # fmt: skip


def sign_ins() -> list[dict[str, str | None]]:
    """What the file tells; empty where there is none."""
    try:
        told = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return told if isinstance(told, list) else []


def code_of(username: str, *, now: datetime) -> str | None:
    """The code that an app would show for a demo account at this moment."""
    told = next((one for one in sign_ins() if one["username"] == username), None)
    if told is None:
        return None
    return code_at(str(told["totp_secret"]), now)


def _file() -> Path:
    return Path(settings.DATA) / FILE


def _write(found: list[dict[str, str | None]]) -> None:
    draft = _file().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False, indent=1)
    draft.replace(_file())
