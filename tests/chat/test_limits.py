"""How fast and how many: five posts at once, one a second; so many sockets; so many knocks."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Participant
from chat import arrivals
from chat import protocol as p
from chat.actions import pace, rooms
from chat.arrivals import Knock, TurnedAway
from chat.models import Message, Room
from foundation import clock
from foundation.limits import Buckets
from tests.caller import Caller, enter
from tests.cast import make_participant
from tests.chat.deeds import arrive, do, post, rest, said, wire
from tests.live import House


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    rest()
    yield
    rest()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock for the buckets that moves only by hand."""
    at = [1000.0]
    monkeypatch.setattr("foundation.limits.time.monotonic", lambda: at[0])
    return at


db = pytest.mark.django_db(transaction=True)


@db
def test_five_at_once_then_too_fast_then_one_a_second(
    aoi: Participant, room: Room, still: list[float]
):
    answers = do(aoi, room, *(post(f"ことば{n}") for n in range(7)))
    assert [wire(a)["type"] for a in answers] == ["ack"] * 5 + ["refused"] * 2
    late = wire(answers[5])
    assert (late["code"], late["retry_after"]) == ("too_fast", 1.0)
    still[0] += 1.01
    answers = do(aoi, room, post("ひとつ"), post("ふたつ"))
    assert [wire(a)["type"] for a in answers] == ["ack", "refused"]
    still[0] += 60
    answers = do(aoi, room, *(post(f"また{n}") for n in range(6)))
    assert [wire(a)["type"] for a in answers] == ["ack"] * 5 + ["refused"]


@db
def test_waiting_as_long_as_was_asked_is_long_enough(
    aoi: Participant, room: Room, still: list[float]
):
    *_, late = do(aoi, room, *(post(f"ことば{n}") for n in range(6)))
    still[0] += wire(late)["retry_after"]
    assert wire(do(aoi, room, post("ひとつ"))[0])["type"] == "ack"


@db
def test_a_repeat_with_the_same_nonce_is_never_too_fast(
    aoi: Participant, room: Room, still: list[float]
):
    nonce = str(uuid4())
    answers = do(aoi, room, *(post("おなじことば", nonce=nonce) for _ in range(30)))
    assert [wire(a) for a in answers] == [wire(answers[0])] * 30
    assert Message.objects.count() == 1
    do(aoi, room, *(post(f"ことば{n}") for n in range(6)))
    assert wire(do(aoi, room, post("おなじことば", nonce=nonce))[0]) == wire(answers[0])


@db
def test_a_nonce_is_the_same_in_capitals_and_answered_as_it_was_written(
    aoi: Participant, room: Room, still: list[float]
):
    nonce = str(uuid4())
    small, large, later = (
        wire(answer)
        for deeds in ([nonce, nonce.upper()], [nonce.upper()])
        for answer in do(aoi, room, *(post("おなじことば", nonce=one) for one in deeds))
    )
    assert (small["nonce"], large["nonce"]) == (nonce, nonce.upper())
    assert {**small, "nonce": nonce.upper()} == large == later
    assert Message.objects.count() == 1


@db
def test_one_persons_haste_is_nobody_elses(
    aoi: Participant, haha: Participant, room: Room, still: list[float]
):
    do(aoi, room, *(post(f"ことば{n}") for n in range(6)))
    assert wire(do(haha, room, post("ゆっくり"))[0])["type"] == "ack"


@db
def test_murmurs_share_the_pace_of_posts_and_stamps_have_their_own(
    aoi: Participant, room: Room, still: list[float]
):
    seq = said(aoi, room, "ことば")
    rest()
    murmurs = [p.Murmur(nonce=str(uuid4()), text=f"{n}") for n in range(6)]
    assert wire(do(aoi, room, *murmurs)[-1])["code"] == "too_fast"
    stamp = p.Stamp(of=seq, stamp="うん", on=True, nonce=str(uuid4()))
    assert wire(do(aoi, room, stamp)[0])["type"] == "ack"
    assert wire(do(aoi, room, *[stamp] * 20)[-1])["code"] == "too_fast"


@db
def test_slow_mode_asks_for_the_seconds_that_are_left(aoi: Participant, room: Room):
    now = clock.now()
    rooms.set_slow(room=room.pk, seconds=30, now=now)
    assert wire(do(aoi, room, post("ひとつ"), now=now)[0])["type"] == "ack"
    late = wire(do(aoi, room, post("ふたつ"), now=now + timedelta(seconds=10))[0])
    assert (late["code"], late["retry_after"]) == ("too_fast", 20.0)
    assert wire(do(aoi, room, post("ふたつ"), now=now + timedelta(seconds=31))[0])["type"] == "ack"


@db
def test_knocks_of_one_address_are_counted(
    room: Room, still: list[float], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(arrivals, "_handshakes", Buckets("handshakes"))
    here = {"client": ("203.0.113.5", 1), "headers": []}
    knock = Knock(slug="zatsudan", session=None, scope=here, epoch=None, since=None)
    found = [arrive(knock, clock.now()) for _ in range(121)]
    codes = [one.code for one in found if isinstance(one, TurnedAway)]
    assert codes == [p.Close.NOT_ENTERED] * 120 + [p.Close.TOO_MANY]
    last = found[-1]
    assert isinstance(last, TurnedAway)
    assert last.retry_after == pytest.approx(0.25, abs=0.1)
    there = Knock("zatsudan", None, {"client": ("198.51.100.7", 1), "headers": []}, None, None)
    assert arrive(there, clock.now()) == TurnedAway(p.Close.NOT_ENTERED)


def test_buckets_forget_the_longest_unused_first(still: list[float]):
    bucket = Buckets("posts", most=3)
    for key in "abcd":
        bucket.take(key)
    assert list(bucket._held) == ["b", "c", "d"]


@db
def test_pace_is_kept_by_person_and_not_by_seat(aoi: Participant, room: Room, still: list[float]):
    other = make_participant("べつのひと")
    for _ in range(5):
        pace.take("posts", aoi.pk)
    assert wire(do(aoi, room, post("ことば"))[0])["code"] == "too_fast"
    assert wire(do(other, room, post("ことば"))[0])["type"] == "ack"


# --- live -----------------------------------------------------------------------------------------


async def test_the_ninth_socket_of_one_person_is_sent_away_and_the_others_stay(house: House):
    person = enter(house, "たくさんのまど")
    windows = [Caller(person) for _ in range(8)]
    try:
        for window in windows:
            await window.join("zatsudan")
        async with Caller(person) as ninth:
            await ninth.open("zatsudan")
            bye = await ninth.wait_for("bye")
            assert (bye["code"], bye["retry_after"] > 0) == (4429, True)
            assert await ninth.closed() == 4429
        answer = await windows[0].say("まだいます")
        for window in windows:
            await window.wait_until(lambda page: (page.last or 0) >= answer["seq"])
            assert window.close_code is None
        await windows.pop().leave()
        async with Caller(person) as again:
            await again.join("zatsudan")
            assert "bye" not in [f["type"] for f in again.frames]
    finally:
        for window in windows:
            await window.leave()


async def test_too_many_frames_close_with_4429(house: House):
    async with Caller(enter(house, "はやいひと")) as caller:
        await caller.join("zatsudan")
        for n in range(200):
            try:
                await caller.send({"type": "ping", "at": n})
            except Exception:
                break
        assert await caller.closed() == 4429
        bye = caller.frames[-1]
        assert (bye["type"], bye["code"], bye["retry_after"] > 0) == ("bye", 4429, True)
        assert sum(f["type"] == "pong" for f in caller.frames) >= 120


async def test_a_house_whose_limits_nobody_raised_holds_them(own_house: House):
    assert "IBASHO_LIMITS" not in own_house.env()
    async with Caller(enter(own_house, "いそぐひと")) as one:
        await one.join("zatsudan")
        said = [await one.post(f"ことば{'あ' * n}") for n in range(8)]
        answers = [await one.answer(nonce) for nonce in said]
        assert [a["type"] for a in answers[:5]] == ["ack"] * 5
        assert {a.get("code") for a in answers[6:]} == {"too_fast"}
        for _ in range(200):
            await one.send({"type": "ping", "at": 0})
        assert await one.closed() == 4429
