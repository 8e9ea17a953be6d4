"""The demo's rooms are open at any hour, and production knows no demo."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import demo_staff
from chat import demo_keeper
from chat.actions import rooms
from chat.models import Message, Room
from duty.models import Shift
from duty.queries import attending
from duty.states import STANDING, ShiftState
from foundation import clock
from foundation.clock import jst_day
from programs.models import Program
from tests.accounts.codes import code_of
from tests.cast import make_staff
from tests.live import bare_environment

ROOT = Path(__file__).resolve().parents[2]
NIGHT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # 03:00 in Japan
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 10:00 in Japan


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [NIGHT, MORNING])
@pytest.mark.parametrize("slug", ["zatsudan", "yofukashi"])
def test_someone_enters_and_posts_at_any_hour(at: datetime, slug: str) -> None:
    with time_machine.travel(at, tick=True):
        call_command("demo", verbosity=0)
        demo_keeper.renew(now=clock.now())
        someone = Client()
        entered = someone.post(
            "/enter/", {"handle": "よるのとり", "agree": "on", "next": f"/rooms/{slug}/"}
        )
        assert entered.status_code == 303
        words = {"text": "まだ起きていました", "nonce": str(uuid4())}
        said = someone.post(f"/rooms/{slug}/", words)
        assert said.status_code == 303
        assert Message.objects.filter(room__slug=slug, text="まだ起きていました").count() == 1


@pytest.mark.django_db(transaction=True)
def test_filling_it_twice_changes_nothing() -> None:
    call_command("demo", verbosity=0)
    before = Room.objects.count(), Message.objects.count()
    call_command("demo", verbosity=0)
    assert (Room.objects.count(), Message.objects.count()) == before
    assert before[0] >= 12


@pytest.mark.django_db(transaction=True)
def test_demo_supporters_leave_their_desks_when_nobody_renews_them() -> None:
    with time_machine.travel(NIGHT, tick=False) as clock_in_hand:
        call_command("demo", verbosity=0)
        someone = Client()
        someone.post("/enter/", {"handle": "よるのとり", "agree": "on", "next": "/rooms/"})
        # Ten minutes without an act, and the two for which a room waits.
        clock_in_hand.shift(12 * 60)
        said = someone.post("/rooms/zatsudan/", {"text": "だれかいますか", "nonce": str(uuid4())})
        assert said.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_after_a_night_with_the_house_shut_the_demo_s_rooms_are_open_at_once() -> None:
    with time_machine.travel(NIGHT, tick=False) as clock_in_hand:
        call_command("demo", verbosity=0)
        clock_in_hand.shift(9 * 3600)
        rooms.bring_up_to_date(now=clock.now())
        demo_keeper.renew(now=clock.now())
        someone = Client()
        someone.post("/enter/", {"handle": "あさのとり", "agree": "on", "next": "/rooms/"})
        said = someone.post("/rooms/zatsudan/", {"text": "おはよう", "nonce": str(uuid4())})
        assert said.status_code == 303


@pytest.mark.django_db(transaction=True)
def test_every_demo_account_signs_in_with_what_the_file_tells() -> None:
    call_command("demo", verbosity=0)
    file = Path(settings.DATA) / "demo.json"
    assert file.stat().st_mode & 0o777 == 0o600
    people = json.loads(file.read_text(encoding="utf-8"))
    held = Counter((one["program"], one["role"]) for one in people)
    for program in ("hyogo", "kochi"):
        wanted = {"coordinator": 1, "counselor": 2, "supporter": 4, "analyst": 1, "auditor": 1}
        for role, number in {**wanted, "reviewer": 1}.items():
            assert held[program, role] == number
    assert held[None, "admin"] == 1
    for one in people:
        cache.clear()
        someone = Client()
        login = {"login": one["username"], "password": one["password"]}
        assert someone.post("/accounts/login/", login)["Location"] == "/accounts/2fa/authenticate/"
        code = {"code": code_of(one["totp_secret"])}
        assert someone.post("/accounts/2fa/authenticate/", code).status_code == 302
        assert someone.get("/accounts/").status_code == 200
    assert secrets_of(people) & {str(row) for row in Authenticator.objects.values("data")} == set()
    call_command("demo", verbosity=0)
    assert json.loads(file.read_text(encoding="utf-8")) == people, "filled once"


def told(data: Path, **env: str) -> str:
    """What `make run` says of signing in, as a process of its own."""
    asked = "from tools.run import told_sign_ins as told; print(told('http://127.0.0.1:8000'))"
    ran = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT, env={**bare_environment(), "IBASHO_DATA": str(data), **env},
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


@pytest.mark.django_db(transaction=True)
def test_the_house_tells_on_opening_how_to_sign_in_and_never_in_production() -> None:
    call_command("demo", verbosity=0)
    data = Path(settings.DATA)
    people = json.loads((data / "demo.json").read_text(encoding="utf-8"))
    said = told(data)
    assert "http://127.0.0.1:8000/accounts/login/" in said
    rows = [line.split() for line in said.splitlines()]
    for one in people:
        assert [one["username"], one["password"], one["totp_secret"]] in rows
    assert told(data, IBASHO_ENV="production") == ""


@pytest.mark.parametrize("kept", [None, "", "[", "\xff"])
def test_a_house_without_a_demo_tells_no_sign_ins(tmp_path: Path, kept: str | None) -> None:
    if kept is not None:
        (tmp_path / "demo.json").write_text(kept, encoding="latin-1")
    assert told(tmp_path) == ""


def secrets_of(people: list[dict[str, str]]) -> set[str]:
    return {one["totp_secret"] for one in people} | {one["password"] for one in people}


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_an_app_would_show(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", verbosity=0)
    capsys.readouterr()
    call_command("demo", code="kochi-coordinator")
    secret = next(
        one["totp_secret"]
        for one in demo_staff.sign_ins()
        if one["username"] == "kochi-coordinator"
    )
    assert capsys.readouterr().out.strip() in {
        code_of(secret), code_of(secret, at=time.time() - 5)
    }  # fmt: skip
    with pytest.raises(CommandError):
        call_command("demo", code="nobody")


@pytest.mark.django_db(transaction=True)
def test_a_house_where_somebody_bears_the_demo_s_name_is_left_alone() -> None:
    make_staff("admin")
    with pytest.raises(CommandError, match="admin is a real account"):
        call_command("demo", verbosity=0)
    assert (Room.objects.count(), Program.objects.count()) == (0, 0)


def test_production_refuses_the_demo(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("demo")
    with pytest.raises(RuntimeError):
        demo_staff.fill([], now=clock.now())
    with pytest.raises(RuntimeError):
        demo_keeper.renew(now=clock.now())


@pytest.mark.parametrize("forbidden", ["IBASHO_FAULT", "IBASHO_LIMITS"])
def test_production_refuses_to_start_with_shortcuts(forbidden: str, tmp_path: Path) -> None:
    names = "SECRET_KEY", "PASSPHRASE_KEY", "REPEAT_KEY", "SEALING_KEY", "SUBJECT_KEY"
    secrets = dict.fromkeys(names, "x" * 50)
    env = {
        "PATH": os.environ["PATH"],
        "IBASHO_ENV": "production",
        "IBASHO_DATA": str(tmp_path),
        "IBASHO_ORIGINS": "https://ibasho.example",
        **secrets,
    }
    command = [sys.executable, "-c", "import ibasho.settings as s; assert not s.DEMO"]
    allowed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert allowed.returncode == 0, allowed.stderr.decode()
    refused = subprocess.run(
        command, cwd=ROOT, env={**env, forbidden: "posts=2"}, capture_output=True, check=False
    )
    assert refused.returncode != 0
    assert b"refused in production" in refused.stderr


def test_production_makes_up_no_secret(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "IBASHO_ENV": "production", "IBASHO_DATA": str(tmp_path)}
    started = subprocess.run(
        [sys.executable, "-c", "import ibasho.settings"],
        cwd=ROOT, env=env, capture_output=True, check=False,
    )  # fmt: skip
    assert started.returncode != 0
    assert b"SECRET_KEY" in started.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [NIGHT, MORNING])
def test_every_program_has_a_weeks_rota_and_somebody_may_begin_at_once(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        call_command("demo", verbosity=0)
        for program in Program.objects.all():
            planned = Shift.objects.filter(program=program, state=ShiftState.PLANNED)
            days = {jst_day(shift.starts_at) for shift in planned}
            assert days >= {jst_day(at) + timedelta(days=n) for n in range(7)}
            assert planned.values("supporter").distinct().count() == 4
            assert planned.filter(starts_at__lte=at, ends_at__gt=at + timedelta(hours=2)).exists()
            stretches = sorted(
                (one.supporter_id, one.starts_at, one.ends_at)
                for one in Shift.objects.filter(program=program, state__in=STANDING)
            )
            for one, other in pairwise(stretches):
                assert one[0] != other[0] or one[2] <= other[1]


# Two days, five minutes at a time: a busy machine needs longer than other tests may hang.
@pytest.mark.timeout(240)
@pytest.mark.django_db(transaction=True)
def test_the_keepers_keep_their_own_rota_around_the_clock() -> None:
    with time_machine.travel(MORNING, tick=False) as clock_in_hand:
        call_command("demo", verbosity=0)
        rooms = list(Room.objects.filter(slug__in=demo_keeper.ALWAYS_OPEN))
        for _ in range(2 * 24 * 12):
            clock_in_hand.shift(5 * 60)
            now = clock.now()
            demo_keeper.renew(now=now)
            assert attending([room.pk for room in rooms], now=now) == {r.pk: 2 for r in rooms}
        # Those on the rota were begun, not passed over.
        theirs = Shift.objects.filter(supporter__username__in=demo_keeper.KEEPERS)
        assert not theirs.filter(state__in=(ShiftState.MISSED, ShiftState.CANCELLED)).exists()
