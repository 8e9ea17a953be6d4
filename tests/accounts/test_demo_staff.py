"""The demo's members of staff stand beside real ones and never in their place."""

import subprocess
import sys

import pytest

from accounts import demo_staff
from accounts.models import Staff
from foundation import clock
from tests.cast import make_staff
from tests.live import bare_environment


def test_the_demo_takes_no_real_account_over(db, settings, tmp_path):
    settings.DATA = tmp_path
    real = make_staff("admin")
    before = real.password
    with pytest.raises(RuntimeError, match="real account"):
        demo_staff.fill([], now=clock.now())
    real.refresh_from_db()
    assert real.password == before
    assert not demo_staff.sign_ins()


def test_a_coordinator_of_the_demo_can_be_called(db, program, settings, tmp_path):
    settings.DATA = tmp_path
    demo_staff.fill([(program.pk, program.slug)], now=clock.now())
    called = Staff.objects.exclude(email="").values_list("username", "email")
    name = f"{program.slug}-coordinator"
    assert list(called) == [(name, f"{name}@demo.invalid")]
    assert settings.CAN_MAIL


def test_mail_of_the_demo_lies_in_a_file_and_production_has_none_by_itself(tmp_path):
    told = "from ibasho import settings as s; print(s.CAN_MAIL, getattr(s, 'EMAIL_FILE_PATH', ''))"
    keys = ("SECRET_KEY", "PASSPHRASE_KEY", "REPEAT_KEY", "SEALING_KEY", "SUBJECT_KEY")
    bare = {**bare_environment(), "IBASHO_DATA": str(tmp_path)}
    for more, wanted in (
        ({}, f"True {tmp_path / 'mail'}"),
        ({"IBASHO_ENV": "production", **dict.fromkeys(keys, "k" * 64)}, "False "),
    ):
        done = subprocess.run(
            [sys.executable, "-c", told], env={**bare, **more}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert done.stdout.rstrip("\n") == wanted
