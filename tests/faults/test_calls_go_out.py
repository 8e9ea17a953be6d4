"""A house by itself sends what was decided: nobody visits, no script runs, the broker is dead."""

import time

from tests.accounts.codes import code_of
from tests.duty.post_offices import MailServer, running
from tests.faults.test_staff_without_broker import Visitor

IN_TIME = 10.0  # seconds; the round comes every two


def test_a_test_alarm_is_in_the_post_within_seconds(make_house) -> None:
    with running(MailServer()) as post:
        house = make_house(env={"EMAIL_URL": f"smtp://127.0.0.1:{post.port}"})
        if house.redis is not None:
            house.redis.kill()
        one = house.told("kochi-coordinator")
        desk = Visitor(house.urls[0])
        page = desk.get("/accounts/login/")
        login = {"login": one["username"], "password": one["password"]}
        page = desk.post("/accounts/login/", page, **login)
        desk.post("/accounts/2fa/authenticate/", page, code=code_of(one["totp_secret"]))
        page = desk.get("/moderation/alerts/")
        desk.post("/moderation/alerts/mail/", page, program="kochi", mail="mori@example.org")
        began = time.monotonic()
        desk.post("/moderation/alerts/test/", page, program="kochi")
        while not post.took and time.monotonic() - began < IN_TIME:
            time.sleep(0.1)
        assert len(post.took) == 1
        assert "To: mori@example.org" in post.took[0]
        while "送りました" not in (page := desk.get("/moderation/alerts/")):
            assert time.monotonic() - began < IN_TIME, page
            time.sleep(0.2)
        time.sleep(3)
        assert len(post.took) == 1, "once, also with two processes"
