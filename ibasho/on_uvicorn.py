"""The server shape: uvicorn, which has backpressure, told to say nothing about anyone."""

import asyncio
import os
import socket
from collections.abc import Callable

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from chat.household import house
from chat.protocol import Close
from ibasho.asgi import application
from ibasho.newcomers import has_room
from ibasho.plain_frames import due, plain_text


class Callers(H11Protocol):
    """Turns newcomers away while the last files would go to them: those inside talk on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As uvicorn does it, if there is room."""
        super().connection_made(transport)
        if not has_room():
            transport.abort()


class Sockets(WebSocketsSansIOProtocol):
    """Lets a socket be cut: a peer that reads nothing can't be told goodbye either."""

    _fd = -1
    # Who hears texts by the shortest way, and what the last frame still lacks (`due`).
    _hear: Callable[[str], None] | None = None
    _due: int | None = 0

    def data_received(self, data: bytes) -> None:
        """As uvicorn does it; a text that comes alone and whole is heard at once.

        Its own way takes each frame apart in several dozen steps, stops and starts reading for it.
        """
        if self._due == 0 and self._hear is not None:
            text = plain_text(data)
            if text is not None and self.queue.empty() and not self.close_sent:
                self._hear(text)
                return
        if self._due is not None and self.handshake_initiated:
            self._due = due(data, self._due)
        super().data_received(data)

    def listen(self, hear: Callable[[str], None] | None) -> None:
        """From now on a text that comes alone and whole goes to `hear`, as long as nothing waits
        that came before it; all else comes by ASGI's `receive`."""
        self._hear = hear

    async def run_asgi(self) -> None:
        """As uvicorn does it, with `abort`, `write` and `listen` in the scope."""
        # Under TLS of its own there is no plain way past the transport.
        if self.transport.get_extra_info("sslcontext") is None:
            self._fd = self.transport.get_extra_info("socket").fileno()
        self.scope["abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]
        self.scope["write"] = self.write_frame  # type: ignore[typeddict-unknown-key]
        self.scope["listen"] = self.listen  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()

    def write_frame(self, frame: bytes) -> bool:
        """Send a ready-made frame; False when that can't be done just now, and nothing was sent."""
        if not self.handshake_complete or self.disconnected or self.close_sent:
            return False
        transport = self.transport
        if transport.is_closing():
            return False
        sent = 0
        # Where nothing waits, the kernel takes it at once: a third less work than the transport's.
        if transport.get_write_buffer_size():
            if not self.writable.is_set():
                return False
        elif self._fd >= 0:
            # By hand: what is said to a whole room comes here once for each of them.
            try:
                sent = os.write(self._fd, frame)
            except OSError:  # full, or gone: the transport finds out which
                sent = 0
        if sent < len(frame):
            transport.write(frame[sent:])
        return True


class Server(uvicorn.Server):
    """uvicorn, opening and closing the house around its own work."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the house before the first connection can come."""
        house.open(asyncio.get_running_loop(), restart_code=Close.RESTART)
        await super().startup(sockets=sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, finish what was begun, say goodbye, then stop."""
        for server in self.servers:
            server.close()
        await house.close()
        await super().shutdown(sockets=sockets)


def serve(*, host: str, port: int) -> None:
    """Run until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=Callers,
        ws=Sockets,
        ws_max_size=64 * 1024,
        # On by default it would cost 35-90 KB a connection and open the door to bombs.
        ws_per_message_deflate=False,
        # The protocol's own heads keep proxies awake; these find the dead.
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=10,
    )
    Server(config).run()
