"""Someone who comes to a live house: by HTTP as a form without script does, by WebSocket as a page.

HTTP is done with the standard library, so that no cookie or header comes from a framework.
"""

import asyncio
import contextlib
import http.client
import json
import time
import urllib.parse
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.reader import Reader, flatten

Wanted = str | Callable[[dict[str, Any]], bool]


class Urls(Protocol):
    """What a house says of itself."""

    urls: list[str]


@dataclass
class Answer:
    """An HTTP answer; `headers` with lower-case names (the last of each)."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def location(self) -> str:
        """Where a redirect leads, or an empty string."""
        return self.headers.get("location", "")


class _Token(HTMLParser):
    token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "input" and named.get("name") == "csrfmiddlewaretoken":
            self.token = self.token or named.get("value") or ""


def form_token(body: str) -> str:
    """The CSRF token of the first form of a page, or an empty string."""
    parser = _Token()
    parser.feed(body)
    return parser.token


@dataclass
class Person:
    """Cookies and nothing else: one browser without script, on one house, at any of its doors."""

    house: Urls
    door: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Scheme, host and port of the door this person uses now."""
        return self.house.urls[self.door]

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def ask(
        self,
        method: str,
        path: str,
        *,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; no redirect is followed."""
        body = urllib.parse.urlencode(data) if data is not None else None
        sent = {"Origin": self.origin, "Referer": self.origin + path} if method != "GET" else {}
        if self.cookies:
            sent["Cookie"] = self.cookie
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self.origin).netloc, timeout=20
        )
        try:
            connection.request(method, path, body=body, headers={**sent, **(headers or {})})
            got = connection.getresponse()
            for line in got.headers.get_all("Set-Cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.cookies.pop(name, None)
                    else:
                        self.cookies[name] = morsel.value
            return Answer(
                got.status,
                {name.lower(): value for name, value in got.headers.items()},
                got.read().decode("utf-8", "replace"),
            )
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """GET."""
        return self.ask("GET", path)

    def post(self, path: str, *, form: str | None = None, **data: str) -> Answer:
        """POST a form. The token is taken from the page `form` (default: the same path)."""
        token = form_token(self.get(form or path).body)
        return self.ask("POST", path, data={"csrfmiddlewaretoken": token, **data})

    def enter(self, handle: str) -> Answer:
        """Become someone. Anything but a redirect is an AssertionError."""
        answer = self.post("/enter/", handle=handle, agree="on", next="/rooms/")
        assert answer.status == 303, f"/enter/ answered {answer.status}: {answer.body[:2000]}"
        return answer


def enter(house: Urls, handle: str, *, door: int = 0) -> Person:
    """A new person who has entered by that door."""
    person = Person(house, door)
    person.enter(handle)
    return person


class Caller:
    """One socket of one person in one room, with the page's memory behind it.

    `frames` is everything received, flattened; `reader` has applied it. A `resume` that the
    protocol's rule makes due is sent by itself and counted in `resumes`.
    """

    def __init__(self, person: Person, *, reader: Reader | None = None) -> None:
        self.person = person
        self.reader = reader or Reader()
        self.frames: list[dict[str, Any]] = []
        self.raw: list[str] = []
        self.resumes = 0
        self.patience = 15.0  # seconds for a handshake
        # Another way to the house than its own address: `sock`, or `host` and `port`.
        self.by: dict[str, Any] = {}
        self.close_code: int | None = None
        self._socket: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._news = asyncio.Event()

    @property
    def socket(self) -> ClientConnection:
        """The open socket."""
        assert self._socket is not None, "not joined"
        return self._socket

    async def open(
        self,
        slug: str,
        *,
        since: int | None = None,
        epoch: str | None = None,
        door: int | None = None,
        origin: str | None = "own",
    ) -> "Caller":
        """Connect, without waiting for anything. `origin`: "own", another one, or None for none.

        Raises websockets' InvalidStatus when the handshake is refused.
        """
        if door is not None:
            self.person.door = door
        query = {"epoch": epoch, "since": since}
        asked = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        url = self.person.origin.replace("http", "ws", 1) + f"/ws/rooms/{slug}/"
        self._socket = await connect(
            url + (f"?{asked}" if asked else ""),
            origin=self.person.origin if origin == "own" else origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.person.cookie} if self.person.cookies else {},
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=self.patience,
            proxy=None,
            **self.by,
        )
        self.close_code = None
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._catch_up())]
        return self

    async def join(
        self,
        slug: str,
        *,
        since: int | None = None,
        epoch: str | None = None,
        door: int | None = None,
    ) -> dict[str, Any]:
        """Connect and wait for this connection's `welcome`."""
        before = len(self.frames)
        await self.open(slug, since=since, epoch=epoch, door=door)
        return await self.wait_for("welcome", after=before)

    async def rejoin(self, slug: str, *, door: int | None = None) -> dict[str, Any]:
        """Come back to where the reader stands."""
        await self.leave()
        return await self.join(slug, since=self.reader.last, epoch=self.reader.epoch, door=door)

    async def send(self, frame: dict[str, Any] | str | bytes) -> None:
        """One client message: an object is encoded, a string or bytes go as they are."""
        is_raw = isinstance(frame, (str, bytes))
        await self.socket.send(frame if is_raw else json.dumps(frame))  # type: ignore[arg-type]

    async def post(self, text: str, *, nonce: str | None = None, veil: str = "") -> str:
        """Send a `post` and give its nonce; the answer is for `answer()` to await."""
        nonce = nonce or str(uuid.uuid4())
        frame = {"type": "post", "nonce": nonce, "text": text}
        await self.send({**frame, "veil": veil} if veil else frame)
        return nonce

    async def say(self, text: str, *, timeout: float = 10) -> dict[str, Any]:
        """Post and wait for the answer (`ack`, `held` or `refused`)."""
        return await self.answer(await self.post(text), timeout=timeout)

    async def answer(self, nonce: str, *, after: int = 0, timeout: float = 10) -> dict[str, Any]:
        """The answer to that nonce: `ack`, `held` or `refused`."""
        return await self.wait_for(
            lambda f: f.get("nonce") == nonce and f["type"] in ("ack", "held", "refused"),
            after=after,
            timeout=timeout,
        )

    async def wait_for(
        self, want: Wanted, *, after: int = 0, timeout: float = 10
    ) -> dict[str, Any]:
        """The first frame from number `after` on that has the type, or for which `want` holds."""
        fits = want if callable(want) else lambda f: f["type"] == want
        at = after
        try:
            async with asyncio.timeout(timeout):
                while True:
                    self._news.clear()
                    while at < len(self.frames):
                        if fits(self.frames[at]):
                            return self.frames[at]
                        at += 1
                    if self.close_code is not None:
                        raise AssertionError(f"closed with {self.close_code}: {self._story()}")
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"nothing like {want} came: {self._story()}") from None

    async def wait_until(self, holds: Callable[[Reader], bool], *, timeout: float = 10) -> Reader:
        """Wait until the reader satisfies `holds`."""
        try:
            async with asyncio.timeout(timeout):
                while not holds(self.reader):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never so; last={self.reader.last}: {self._story()}") from None
        return self.reader

    async def closed(self, *, timeout: float = 10) -> int:
        """Wait for the close and give its code (1006: none came)."""
        async with asyncio.timeout(timeout):
            while self.close_code is None:
                self._news.clear()
                await self._news.wait()
        return self.close_code

    async def leave(self) -> None:
        """Close the socket; the reader keeps what it knows."""
        if self._socket is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(3):
                    await self._socket.close()
            if self._socket.transport is not None:
                self._socket.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks, self._socket = [], None

    async def __aenter__(self) -> "Caller":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.leave()

    def heard(self, message: str | bytes) -> None:
        """Take in what one message carries."""
        self.raw.append(message if isinstance(message, str) else repr(message))
        for frame in flatten(json.loads(message)):
            self.frames.append(frame)
            self.reader.take(frame, at=time.monotonic())

    async def _hear(self) -> None:
        try:
            async for message in self.socket:
                self.heard(message)
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self.close_code = self.socket.close_code or 1006
            self._news.set()

    async def _catch_up(self) -> None:
        while True:
            since = self.reader.wants(at=time.monotonic())
            if since is not None:
                self.resumes += 1
                with contextlib.suppress(ConnectionClosed):
                    await self.send({"type": "resume", "since": since})
            await asyncio.sleep(0.05)

    def _story(self) -> str:
        return ", ".join(f["type"] for f in self.frames[-30:]) or "no frame at all"
