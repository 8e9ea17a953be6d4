"""Staff sign in while the broker is dead: it is a doorbell, not a door."""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request

from ibasho.calm_cache import CalmRedis
from tests.accounts.codes import code_of
from tests.live import House


class Visitor:
    """A browser of the plainest kind."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        return self.opener.open(self.url + path, timeout=20).read().decode()

    def post(self, path: str, page: str, **fields: str) -> str:
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.url + path, data, {"Origin": self.url})
        return self.opener.open(request, timeout=20).read().decode()


def test_a_coordinator_signs_in_with_the_broker_dead(own_house: House) -> None:
    if own_house.redis is not None:
        own_house.redis.kill()
    one = own_house.told("kochi-coordinator")
    visitor = Visitor(own_house.urls[0])
    began = time.monotonic()
    page = visitor.get("/accounts/login/")
    page = visitor.post("/accounts/login/", page, login=one["username"], password=one["password"])
    code = code_of(one["totp_secret"])
    visitor.post("/accounts/2fa/authenticate/", page, code=code)
    assert "わたしのページ" in visitor.get("/accounts/")
    assert time.monotonic() - began < 20


def test_a_cache_whose_redis_is_away_still_counts_and_remembers() -> None:
    cache = CalmRedis("redis://127.0.0.1:1/0", {})
    assert cache.add("a", 1, timeout=60)
    assert not cache.add("a", 2, timeout=60)
    assert cache.incr("a") == 2
    cache.set("b", b"key", timeout=60)
    assert cache.get("b") == b"key"
    cache.delete("b")
    assert cache.get("b", "none") == "none"
