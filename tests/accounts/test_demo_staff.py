"""The demo's members of staff stand beside real ones and never in their place."""

import pytest

from accounts import demo_staff
from foundation import clock
from tests.cast import make_staff


def test_the_demo_takes_no_real_account_over(db, settings, tmp_path):
    settings.DATA = tmp_path
    real = make_staff("admin")
    before = real.password
    with pytest.raises(RuntimeError, match="real account"):
        demo_staff.fill([], now=clock.now())
    real.refresh_from_db()
    assert real.password == before
    assert not demo_staff.sign_ins()
