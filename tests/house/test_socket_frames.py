"""Every socket's door, and every frame that a client may send there × everyone: what each gets.

A new door or frame without a line fails, and so does a line without everyone.
"""

from collections.abc import Callable
from itertools import count
from uuid import uuid4

import msgspec
import pytest
from django.db import transaction

from accounts.models import Participant
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn
from chat.models import Item, Room, Seat
from counseling.actions import talk
from counseling.actions.moves import make_case
from foundation import clock
from ibasho.asgi import sockets
from moderation.consumers import arrives
from tests.cast import seen_by, staff_viewer
from tests.chat.deeds import arrive, post, rest, said
from tests.counseling.voices import taken
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
# A talk of two is there for the two alone: whose case it is, and their counselor. Whoever has no
# session is asked to enter first, as at any room's door.
HIDDEN = dict.fromkeys(EVERYONE, "4404") | {"visitor": "4401"}


def two(person: str, counselor: str) -> dict[str, str]:
    """What whoever asked gets, and what their counselor gets."""
    return HIDDEN | {"participant": person, "counselor": counselor}


# `of=1` is the participant's, `of=2` the counselor's. Nothing of a talk is for the supporters.
TALK_FRAMES: dict[type[p.Incoming], list[tuple[p.Incoming, dict[str, str]]]] = {
    p.Post: [
        (p.Post(nonce=NONCE, text="こんばんは"), two("ack", "ack")),
        (p.Post(nonce=NONCE, text="080-1234-5678"), two("contact", "contact")),
    ],
    p.Murmur: [(p.Murmur(nonce=NONCE, text="ねむれない"), two("not_yours", "not_yours"))],
    p.Stamp: [
        (p.Stamp(of=1, stamp="うん", on=True, nonce=NONCE), two("no_such_stamp", "no_such_stamp"))
    ],
    p.Withdraw: [
        (p.Withdraw(of=1, nonce=NONCE), two("ack", "not_yours")),
        (p.Withdraw(of=2, nonce=NONCE), two("not_yours", "ack")),
    ],
    # What a counselor wrote, told of by whoever it was written to; it goes above the counselors.
    p.Report: [
        (p.Report(of=1, reason="worry", nonce=NONCE), two("not_yours", "not_yours")),
        (p.Report(of=2, reason="worry", nonce=NONCE), two("ack", "not_yours")),
    ],
    p.Stay: [(p.Stay(mode="here", nonce=NONCE), two("ack", "ack"))],
    p.Resume: [(p.Resume(since=0), two("let in", "let in"))],
    p.Ping: [(p.Ping(at=1), two("let in", "let in"))],
}
# The desk says a number and hears nothing: the program's team is let in, whoever else isn't told
# whether it is there.
DESK = dict.fromkeys(EVERYONE, "4403") | dict.fromkeys((*KEEPERS, OTHER_ROOM), "let in")
KINDS = {"room": FRAMES, "talk": TALK_FRAMES}
DOORS = {
    "ws/rooms/<slug:slug>/": [
        row for frames in KINDS.values() for rows in frames.values() for _, row in rows
    ],
    "ws/desk/<slug:slug>/": [DESK],
}
LINES, TALK_LINES = (
    [
        pytest.param(frame, row, id=f"{kind.__name__}-{number}")
        for kind, rows in frames.items() for number, (frame, row) in enumerate(rows)
    ]
    for frames in KINDS.values()
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_has_a_line_and_every_line_has_everyone(kind: str) -> None:
    assert set(KINDS[kind]) == set(p.Incoming.__subclasses__())
    for rows in KINDS[kind].values():
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


@pytest.fixture
def talked(callers, aoi: Participant, kaede, program, now) -> tuple[dict, str]:
    """aoi's talk with kaede, a word of each; who knocks, and at which slug."""
    case = make_case(program=program, participant=aoi, relation="self", opened_at=now)
    taken(case, kaede, now=now)
    rest()
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    talk.answer(staff_viewer(kaede), code=case.code, text="よみました", nonce=uuid4(), now=now)
    case.refresh_from_db()
    return callers, case.room.slug


def knock(client, slug: str = "zatsudan"):
    cookie = client.cookies.get("seat")
    # Each from an address of its own: handshakes are slowed by address.
    scope = {"client": (f"10.0.0.{next(_addresses) % 250 + 1}", 50000), "headers": []}
    key = cookie.value if cookie else None
    return arrive(Knock(slug, key, scope, None, None), clock.now())


def got(client, frame: p.Incoming, slug: str = "zatsudan") -> str:
    """A close code, a refusal's code, the answer's type, or `let in`."""
    rest()
    here = knock(client, slug)
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


@pytest.mark.parametrize(("frame", "row"), TALK_LINES)
def test_everyone_gets_in_a_talk_of_two_what_the_line_says(
    talked, frame: p.Incoming, row: dict[str, str]
) -> None:
    callers, slug = talked
    order = sorted(EVERYONE, key=lambda name: row[name] == "ack")
    found = {}
    for name in order:
        with transaction.atomic():
            found[name] = got(callers[name], frame, slug)
            at_the_desk = Item.objects.filter(about_staff__isnull=True)
            assert not at_the_desk.exists(), "the peers' desk must not learn of it"
            transaction.set_rollback(True)
    assert found == row


@pytest.mark.parametrize("slug", ["hyogo", "no-such-program"])
def test_everyone_gets_at_the_desk_s_door_what_the_line_says(callers, slug: str) -> None:
    row = DESK if slug == "hyogo" else dict.fromkeys(EVERYONE, "4403")
    keys = {name: client.cookies.get("seat") for name, client in callers.items()}
    came = {name: arrives(key.value if key else None, slug) for name, key in keys.items()}
    assert {name: "let in" if found else "4403" for name, found in came.items()} == row


def test_a_contact_in_a_talk_of_two_is_offered_the_vault(talked) -> None:
    callers, slug = talked
    told = {}
    for name in ("participant", "counselor"):
        rest()
        here = knock(callers[name], slug)
        assert isinstance(here, LetIn)
        frame = p.Post(nonce=NONCE, text="080-1234-5678")
        (answer,) = carry_out(
            [Act(here.room, here.seat, frame, here.viewer.session)], now=clock.now()
        )
        (told[name],) = answer.frames
    assert {name: one.code for name, one in told.items()} == dict.fromkeys(told, "contact")
    (link,) = told["participant"].links
    assert (link.label, link.href) == ("鍵をかけて預ける", "/counseling/mine/")
    assert not told["counselor"].links
