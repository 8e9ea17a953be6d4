"""`make run`: daphne, told to say nothing about anyone and to take only small frames."""

import time
from functools import partial
from types import SimpleNamespace

from daphne import http_protocol, ws_protocol
from daphne import server as daphne_server
from daphne.http_protocol import HTTPFactory
from daphne.server import Server as Daphne  # installs Twisted's asyncio reactor
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import defer, reactor

from chat.household import house
from chat.protocol import Close
from ibasho.asgi import application
from ibasho.newcomers import has_room
from ibasho.plain_frames import plain_text


class Callers(HTTPFactory):
    """Turns newcomers away while the last files would go to them: those inside talk on."""

    def buildProtocol(self, addr):  # noqa: N802 - Twisted's name
        """As daphne does it, if there is room; Twisted closes the line on None."""
        return super().buildProtocol(addr) if has_room() else None


class Socket(WebSocketProtocol):
    """autobahn's, with less at each arrival of bytes and no bound on what goes out."""

    _hear = None  # who hears whole texts by the shortest way

    def dataReceived(self, data):  # noqa: N802 - Twisted's name
        """As autobahn does it, without a line for a log, written out for nobody; a text that comes
        alone and whole is heard at once."""
        if self._hear is not None and self.state == self.STATE_OPEN and self._between_messages():
            text = plain_text(data)
            if text is not None:
                self.last_ping = ws_protocol.time.time()
                self._hear(text)
                return
        self._dataReceived(data)

    def _between_messages(self):
        # While a ping is out, whatever comes tells autobahn that somebody is there.
        at_rest = self.current_frame is None and not self.data and not self.inside_message
        return (
            at_rest
            and self.autoPingTimeoutCall is None
            and not self.muted
            and self.application_queue.empty()
        )

    def listen(self, hear):
        """From now on a text that comes alone and whole goes to `hear`, as long as nothing waits
        that came before it; all else comes by ASGI's `receive`."""
        self._hear = hear

    def sendMessage(self, *args, **more):  # noqa: N802 - autobahn's name
        """The bound on frames is for what comes in: kept here, it would refuse a long welcome."""
        kept, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            return super().sendMessage(*args, **more)
        finally:
            self.maxMessagePayloadSize = kept


class Sockets(WebSocketFactory):
    """Gives what is alike for all sockets to their kind, once."""

    def setProtocolOptions(self, **options):  # noqa: N802 - autobahn's name
        """As autobahn does it; it would copy each option to every socket, and write all of them
        out for a log that nobody keeps: 300 of 350 microseconds that a socket took to be made."""
        super().setProtocolOptions(**options)
        alike = {name: getattr(self, name) for name in WebSocketProtocol.CONFIG_ATTRS}
        # What accepts compression is a function: in a class it would become a method.
        alike = {name: staticmethod(one) if callable(one) else one for name, one in alike.items()}
        self.protocol = type("Socket", (Socket,), {**alike, "CONFIG_ATTRS": ()})


class Server(Daphne):
    """daphne, mended where a room needs more than it gives."""

    def create_application(self, protocol, scope):
        """As daphne does it; a socket's scope gets `waiting` (bytes not read yet), `abort`,
        `write` and `listen`."""
        # daphne takes the root of every address from a header that anybody may send.
        scope["root_path"] = ""
        if scope["type"] == "websocket":
            scope["waiting"] = partial(_waiting, protocol.transport)
            scope["abort"] = protocol.transport.abortConnection
            scope["write"] = partial(_write, protocol)
            scope["listen"] = protocol.listen
        return super().create_application(protocol, scope)

    def kill_all_applications(self):
        """First the house is closed and everyone told; only then is what is left cancelled."""
        closing = defer.Deferred.fromFuture(reactor._asyncioEventloop.create_task(house.close()))  # noqa: SLF001
        closing.addErrback(lambda _: None)
        closing.addCallback(lambda _: super(Server, self).kill_all_applications())
        return closing


def _waiting(transport) -> int:
    temporary = transport._tempDataBuffer  # noqa: SLF001 - Twisted tells it in no other way
    return len(transport.dataBuffer) - transport.offset + sum(map(len, temporary))


def _write(protocol, frame: bytes) -> bool:
    """Send a ready-made frame; False when that can't be done just now, and nothing was sent.

    Past Twisted's queue while that is empty: each write would wait there for a turn of the reactor
    and cost three system calls.
    """
    transport = protocol.transport
    if protocol.state != protocol.STATE_OPEN or protocol.send_queue or transport.TLS:
        return False
    if transport.disconnecting or not transport.connected:
        return False
    sent = 0
    if not _waiting(transport):
        try:
            sent = transport.socket.send(frame)
        except BlockingIOError:
            pass
        except OSError:  # the peer is gone: Twisted finds out by the same way
            return False
    if sent < len(frame):
        transport.write(frame[sent:])
    return True


def count_up() -> None:
    """Let daphne and its reactor measure by a clock that nobody sets.

    They do it by the time of day: set forward, sockets that had just been opened were answered as
    requests that take too long; set back an hour, nobody was pinged and no end was noticed for one.
    """
    reactor.seconds = time.monotonic  # type: ignore[method-assign, misc]
    for module in (daphne_server, http_protocol, ws_protocol):
        module.time = SimpleNamespace(time=time.monotonic)


def serve(*, host: str, port: int) -> None:
    """Run until SIGTERM or SIGINT."""
    count_up()
    # daphne makes its own and asks nobody which.
    daphne_server.HTTPFactory = Callers
    daphne_server.WebSocketFactory = Sockets
    server = Server(
        application,
        # Its own default of 50 is full at once when all come back after a restart.
        endpoints=[f"tcp:port={port}:interface={host}:backlog=2048"],
        verbosity=0,
        http_timeout=60,
        websocket_timeout=-1,  # its default would close every socket after a day
        websocket_max_message_size=64 * 1024,
        websocket_max_frame_size=64 * 1024,
        ping_interval=20,
        ping_timeout=20,
        server_name="",
    )
    loop = reactor._asyncioEventloop  # noqa: SLF001
    # Runs in the loop's first turn, before any connection is looked at.
    loop.call_soon(partial(house.open, loop, restart_code=Close.RESTART_DAPHNE))
    server.run()
