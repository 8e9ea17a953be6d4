"""Bare picows: rooms and a write per delivery, nothing else: the limit of Python."""

import itertools
import json
import sys

import uvloop
from picows import WSListener, WSMsgType, ws_create_server

rooms: dict[str, set] = {}
numbers = itertools.count(1)


class Member(WSListener):
    """One socket in the room of its path."""

    def __init__(self, room: str) -> None:
        self.room = rooms.setdefault(room, set())

    def on_ws_connected(self, transport) -> None:
        self.transport = transport
        self.room.add(transport)

    def on_ws_frame(self, transport, frame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            said = json.loads(frame.get_payload_as_bytes())
            told = {"type": "msg", "id": next(numbers), "text": said["text"]}
            payload = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            for member in self.room:
                member.send(WSMsgType.TEXT, payload)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport) -> None:
        self.room.discard(transport)


async def main() -> None:
    """Serve on the port of the command line."""
    server = await ws_create_server(
        lambda request: Member(request.path), "127.0.0.1", int(sys.argv[1])
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
