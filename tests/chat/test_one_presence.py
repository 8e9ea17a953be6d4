"""One person with several windows is one presence: what is chosen in one holds in all."""

import json
from typing import Any

import pytest

from accounts.viewer import Viewer
from chat import consumers
from chat import protocol as p
from chat.arrivals import LetIn
from chat.consumers import RoomSocket
from chat.hub import Hub
from chat.states import Mode


def let_in(*, person: int = 1, room: int = 1, mode: Mode = Mode.HERE) -> LetIn:
    return LetIn(
        viewer=Viewer(participant=person, session="s"), person=person, version=0, room=room,
        seat=person * 10 + room, mode=mode, head=0, letter=0, address="a",
        welcome=None,  # type: ignore[arg-type]  # it has been said already
    )  # fmt: skip


class House:
    """What a socket sees of its house."""

    restart_code = p.Close.RESTART

    def __init__(self) -> None:
        self.hub = Hub(None)  # type: ignore[arg-type]  # nothing is read here
        self.sent: list[dict[str, Any]] = []
        self.handed: list[Any] = []
        self.writer = self

    def put(self, act: Any, done: Any) -> None:
        self.handed.append(act.frame)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(json.loads(message["text"]))

    def window(self, **words: Any) -> RoomSocket:
        socket = RoomSocket(self.send, {}, let_in(**words))
        self.hub.attach(socket, head=0, version=0)
        socket.restless = False
        return socket


@pytest.fixture
def small_house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(consumers, "house", made)
    return made


@pytest.mark.parametrize("mode", ["watching", "here"])
async def test_a_choice_made_in_one_window_holds_in_the_others(small_house: House, mode: str):
    other = Mode.HERE if mode == "watching" else Mode.WATCHING
    phone, desktop = small_house.window(mode=other), small_house.window(mode=other)
    phone.hear(json.dumps({"type": "stay", "mode": mode}))
    # Else the next round, which touches every window's visit, would take it back.
    assert (phone.mode, desktop.mode) == (Mode(mode), Mode(mode))
    # It is acknowledged only once it is stored: by the writer, like every act.
    assert small_house.handed == [p.Stay(mode=mode)]  # type: ignore[arg-type]


async def test_it_holds_for_nobody_else_and_in_no_other_room(small_house: House):
    phone, neighbour = small_house.window(), small_house.window(person=2)
    elsewhere = small_house.window(room=2)
    phone.hear('{"type": "stay", "mode": "watching"}')
    assert phone.mode is Mode.WATCHING
    assert neighbour.mode is elsewhere.mode is Mode.HERE
