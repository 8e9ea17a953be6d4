"""Who may open a socket at all: exact origins, someone entered, a room that is there."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.caller import Person, enter
from tests.chat.bare import Bare, no_fault
from tests.chat.wire import check
from tests.live import House


@pytest.fixture(scope="module")
def person(house: House) -> Person:
    return enter(house, "とびらのひと")


@pytest.fixture(autouse=True)
def quiet_logs(house: House) -> Iterator[None]:
    before = len(house.logs())
    yield
    no_fault(house.logs()[before:])


# What a browser on another site, or a clever page, could send; `{host}` is the site's own.
FOREIGN = [
    ["https://evil.example"],
    ["http://evil.example"],
    ["https://{host}"],
    ["http://{name}"],
    ["http://{name}:8443"],
    ["http://{name}:3000"],
    ["ftp://{host}"],
    ["file://{host}"],
    ["//{host}"],
    ["{host}"],
    ["http://evil@{host}"],
    ["http://{host}@evil.example"],
    ["http://{host}.evil.example"],
    ["http://evil.example/{host}"],
    ["http://{host}/"],
    ["http://{host}/path"],
    ["HTTP://{host}"],
    ["http://{host}."],
    ["http://localhost:1"],
    ["http://[::1]"],
    ["null"],
    ["file://"],
    [],
]


NO_ORIGIN = [["{host}"], ["http://{host}.evil.example"], ["http://{host}."]]


@pytest.mark.parametrize("origins", FOREIGN, ids=lambda o: o[0] if o else "none")
def test_a_foreign_origin_is_refused_at_the_handshake(person: Person, origins: list[str]):
    own = urlsplit(person.origin)
    said = [one.format(host=own.netloc, name=own.hostname) for one in origins]
    with Bare(person, origins=said) as socket:
        # What is no origin at all, daphne's own library refuses first.
        assert socket.status in ((400, 403) if origins in NO_ORIGIN else (403,)), socket.head


def test_two_origins_are_none(person: Person):
    for pair in ([person.origin, "https://evil.example"], [person.origin] * 2):
        with Bare(person, origins=pair) as socket:
            assert socket.status in (400, 403), socket.head


def test_an_unknown_room_of_a_foreign_origin_is_refused_alike(person: Person):
    for path in ("/ws/rooms/nanimonai/", "/ws/", "/ws/rooms/zatsudan/x"):
        with Bare(person, path, origins=["https://evil.example"]) as socket:
            assert socket.status == 403


def test_the_own_origin_is_let_in_without_deflate(person: Person):
    with Bare(person, more="Sec-WebSocket-Extensions: permessage-deflate\r\n") as socket:
        assert socket.status == 101
        assert "permessage-deflate" not in socket.head.lower()
        assert socket.hears(b'"welcome"')


def goodbye(socket: Bare) -> int:
    """The code of the `bye` and of the close, which must be one."""
    assert socket.status == 101, socket.head
    assert socket.is_closed()
    bye = json.loads(socket.frames()[0][1])
    check(bye)
    assert bye["type"] == "bye"
    assert bye["code"] == socket.close_code()
    return bye["code"]


@pytest.mark.parametrize(
    "cookie",
    [
        "seat=nobody", "seat=", "=;;=", "seat", "a" * 4000, 'seat="\\000"', 'seat="\\377\\000x"',
        "seat=" + "x" * 3000, "seat=あ", "seat=' OR 1=1 --", "seat=1; seat=2", "sessionid=nobody",
    ],
)  # fmt: skip
def test_whoever_has_not_entered_is_told_4401(person: Person, house: House, cookie: str):
    with Bare(person, cookie=cookie) as socket:
        assert goodbye(socket) == 4401


def test_no_cookie_at_all_is_4401(house: House):
    with Bare(Person(house)) as socket:
        assert goodbye(socket) == 4401


@pytest.mark.parametrize("path", ["/ws/rooms/nanimonai/", "/ws/", "/ws/rooms/", "/ws/rooms/a/b/"])
def test_a_room_that_is_not_there_is_4404(person: Person, path: str):
    with Bare(person, path) as socket:
        assert goodbye(socket) == 4404


@pytest.mark.parametrize(
    "query",
    [
        "since=-1", "since=x", "since=" + "9" * 400, "since=1e3", "since=%00", "since=1&since=2",
        "since=%D9%A1", "epoch=%00", "epoch=%ff&since=1", "epoch=" + "e" * 2000, "&=&=&",
        "sessionid=abc", "token=abc", "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10",
    ],
)  # fmt: skip
def test_a_position_that_makes_no_sense_is_a_fresh_start(person: Person, query: str):
    with Bare(person, f"/ws/rooms/zatsudan/?{query}") as socket:
        assert socket.hears(b'"welcome"'), socket.frames()
        hello = json.loads(socket.frames()[0][1])
        assert hello["recovered"] is False


def test_a_session_in_the_query_opens_nothing(person: Person, house: House):
    key = person.cookies["seat"]
    with Bare(Person(house), f"/ws/rooms/zatsudan/?seat={key}&session={key}") as socket:
        assert goodbye(socket) == 4401


def test_forwarded_headers_change_nobodys_address_or_door(person: Person):
    more = "X-Forwarded-For: 203.0.113.9\r\nX_Forwarded_For: 203.0.113.9\r\n"
    with Bare(person, more=more) as socket:
        assert socket.hears(b'"welcome"')


@pytest.mark.parametrize("path", ["/x", "/ws", "/ws/rooms/zatsudan", "%"])
def test_nobody_tells_daphne_from_outside_where_the_house_stands(person: Person, path: str):
    with Bare(person, more=f"Daphne-Root-Path: {path}\r\n") as socket:
        assert socket.status == 101, socket.head
        assert socket.hears(b'"welcome"')


@pytest.mark.parametrize(
    "more", ["Sec-WebSocket-Protocol: evil, chat\r\n", "X-Odd: a\x0bb\r\n", "X-Odd: \x85\r\n"]
)
def test_odd_headers_open_a_socket_or_are_refused_and_break_nothing(person: Person, more: str):
    with Bare(person, more=more) as socket:
        assert socket.status in (101, 400, 403)
        assert "evil" not in socket.head
    with Bare(person) as socket:
        assert socket.hears(b'"welcome"')
