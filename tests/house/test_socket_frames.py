"""Every socket's door, and every frame that a client may send there × everyone: what each gets.

A new door or frame without a line fails, and so does a line without everyone.
"""

from collections.abc import Callable
from itertools import count

import msgspec
import pytest

from accounts.models import Participant
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn, arrive
from chat.models import Room, Seat
from foundation import clock
from ibasho.asgi import sockets
from moderation.consumers import arrives
from tests.chat.deeds import post, rest, said
from tests.house.everyone import EVERYONE, OTHER_ROOM, everyone

OUTSIDE: dict[str, str] = {"visitor": "4401", "barred": "4403"} | dict.fromkeys(
    # Signed in by a password alone, or with no role in this room.
    ("unverified", "counselor", "counselor_not_assigned", "analyst", "reviewer", "auditor",
     "admin", "supporter_other_room", "supporter_elsewhere", "analyst_elsewhere",
     "coordinator_elsewhere"), "4403",
)  # fmt: skip
PEOPLE = ("participant", "mother")
KEEPERS = ("supporter", "coordinator")
_addresses = count()
NONCE = "0b6f1d3e-6f0c-4a55-9f67-8b0f8e1a2c3d"


def line(people: str, keepers: str, **others: str) -> dict[str, str]:
    """What participants get, and what those who keep the room get; nobody else gets in."""
    return OUTSIDE | dict.fromkeys(PEOPLE, people) | dict.fromkeys(KEEPERS, keepers) | others


# frame: (as it is sent, what everyone gets). `of=1` is the participant's, `of=2` the supporter's.
FRAMES: dict[type[p.Incoming], list[tuple[p.Incoming, dict[str, str]]]] = {
    p.Post: [
        (p.Post(nonce=NONCE, text="こんばんは"), line("ack", "ack")),
        (p.Post(nonce=NONCE, text="080-1234-5678"), line("contact", "contact")),
    ],
    # Supporters don't murmur to themselves.
    p.Murmur: [(p.Murmur(nonce=NONCE, text="ねむれない"), line("ack", "not_yours"))],
    p.Stamp: [(p.Stamp(of=1, stamp="うん", on=True, nonce=NONCE), line("ack", "ack"))],
    p.Withdraw: [
        (p.Withdraw(of=1, nonce=NONCE), line("not_yours", "not_yours", participant="ack")),
        (p.Withdraw(of=2, nonce=NONCE), line("not_yours", "not_yours", supporter="ack")),
    ],
    p.Report: [(p.Report(of=1, reason="worry", nonce=NONCE), line("ack", "ack"))],
    p.Stay: [(p.Stay(mode="here", nonce=NONCE), line("ack", "ack"))],
    # Answered by the socket itself, to whoever was let in.
    p.Resume: [(p.Resume(since=0), line("let in", "let in"))],
    p.Ping: [(p.Ping(at=1), line("let in", "let in"))],
}
# The desk says a number and hears nothing: the program's team is let in, whoever else isn't told
# whether it is there.
DESK = dict.fromkeys(EVERYONE, "4403") | dict.fromkeys((*KEEPERS, OTHER_ROOM), "let in")
DOORS = {"ws/rooms/<slug:slug>/": [row for rows in FRAMES.values() for _, row in rows],
         "ws/desk/<slug:slug>/": [DESK]}  # fmt: skip
LINES = [pytest.param(frame, row, id=f"{kind.__name__}-{number}")
         for kind, rows in FRAMES.items() for number, (frame, row) in enumerate(rows)]  # fmt: skip


def test_every_frame_has_a_line_and_every_line_has_everyone() -> None:
    assert set(FRAMES) == set(p.Incoming.__subclasses__())
    for rows in FRAMES.values():
        assert rows
        for _, row in rows:
            assert set(row) == set(EVERYONE)


def test_every_door_has_lines_and_every_line_has_everyone() -> None:
    *doors, nowhere = sockets.routes
    assert {str(one.pattern) for one in doors} == set(DOORS)
    assert str(nowhere.pattern) == ""
    for rows in DOORS.values():
        assert rows
        for row in rows:
            assert set(row) == set(EVERYONE)


@pytest.fixture
def callers(room: Room, aoi: Participant, haha: Participant, ren, kaede, mori, now):
    known = {"supporter": ren, "counselor": kaede, "coordinator": mori}
    return everyone(room, aoi=aoi, haha=haha, known=known, now=now)


@pytest.fixture
def spoken(callers, room: Room, aoi: Participant, ren) -> Callable[[str], p.Incoming | str]:
    """A room with a word of aoi's and one of ren's; who knocks, and with what."""
    said(aoi, room, "だれか")
    rest()
    found = knock(callers["supporter"])
    assert isinstance(found, LetIn)
    seat = Seat.objects.get(staff=ren)
    carry_out([Act(room.pk, seat.pk, post("います"))], now=clock.now())
    return callers


def knock(client):
    cookie = client.cookies.get("seat")
    # Each from an address of its own: handshakes are slowed by address.
    scope = {"client": (f"10.0.0.{next(_addresses) % 250 + 1}", 50000), "headers": []}
    key = cookie.value if cookie else None
    return arrive(Knock("zatsudan", key, scope, None, None), clock.now())


def got(client, frame: p.Incoming) -> str:
    """A close code, a refusal's code, the answer's type, or `let in`."""
    rest()
    here = knock(client)
    if not isinstance(here, LetIn):
        return str(here.code.value)
    if isinstance(frame, p.Resume | p.Ping):
        return "let in"
    act = Act(here.room, here.seat, frame, here.viewer.session)
    (answer,) = carry_out([act], now=clock.now())
    if answer.close is not None:
        return str(answer.close.value)
    told = answer.frames[-1]
    return told.code if isinstance(told, p.RefusedFrame) else str(msgspec.to_builtins(told)["type"])


@pytest.mark.parametrize(("frame", "row"), LINES)
def test_everyone_gets_what_the_line_says(spoken, frame: p.Incoming, row: dict[str, str]) -> None:
    # Whoever may take something away comes last.
    order = sorted(EVERYONE, key=lambda name: row[name] == "ack")
    assert {name: got(spoken[name], frame) for name in order} == row


@pytest.mark.parametrize("slug", ["hyogo", "no-such-program"])
def test_everyone_gets_at_the_desk_s_door_what_the_line_says(callers, slug: str) -> None:
    row = DESK if slug == "hyogo" else dict.fromkeys(EVERYONE, "4403")
    keys = {name: client.cookies.get("seat") for name, client in callers.items()}
    came = {name: arrives(key.value if key else None, slug) for name, key in keys.items()}
    assert {name: "let in" if found else "4403" for name, found in came.items()} == row
