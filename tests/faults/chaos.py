"""A bad line: a proxy that delays, trickles, cuts, or swallows everything without a word.

`Elsewhere` is a network of this process's own, where the kernel itself loses packets.
"""

import asyncio
import contextlib
import ctypes
import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

CLONE_NEWNET = 0x40000000
T = TypeVar("T")


class ChaosProxy:
    """Listens on `port`, passes on to `target` (a port on 127.0.0.1). Seconds and bytes.

    `latency` ± `jitter` each way · `bytes_a_second` (0: as fast as it goes) · `swallow`: the line
    is up and nothing comes through, either way, as when packets are dropped.
    """

    def __init__(
        self,
        target: int = 0,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        bytes_a_second: int = 0,
        listening: socket.socket | None = None,
    ) -> None:
        self.target, self.latency, self.jitter = target, latency, jitter
        self.bytes_a_second = bytes_a_second
        self.swallow = False
        self.freed = 0  # lines that the target ended while everything was swallowed
        self._listening = listening
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> "ChaosProxy":
        where = {"sock": self._listening} if self._listening else {"host": "127.0.0.1", "port": 0}
        self._server = await asyncio.start_server(self._line, **where)  # type: ignore[arg-type]
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in tuple(self._lines):
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def cut(self, share: float = 1.0) -> int:
        """Cut this share of the lines, as a network does (RST); how many."""
        chosen = [one for one in self._writers if random.random() < share]
        for writer in chosen:
            writer.transport.abort()
        return len(chosen)

    def heal(self) -> None:
        """Pass on again. What was swallowed is gone, and with it the lines that lost it."""
        self.swallow = False
        self.cut()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._lines.add(me)
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            back, onward = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(onward)
            await asyncio.gather(
                self._pass(reader, onward), self._pass(back, writer, from_target=True)
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(me)
            for one in (writer, onward):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        from_target: bool = False,
    ) -> None:
        """One direction: in order, each piece not before its time."""
        loop = asyncio.get_running_loop()
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)

        async def out() -> None:
            while True:
                at, piece = await due.get()
                await asyncio.sleep(max(0.0, at - loop.time()))
                if not piece:
                    # Both ways end together: the other one is cut by the line.
                    raise ConnectionResetError
                if self.swallow:
                    continue
                writer.write(piece)
                await writer.drain()
                if self.bytes_a_second:
                    await asyncio.sleep(len(piece) / self.bytes_a_second)

        sending, last = loop.create_task(out()), 0.0
        self._lines.add(sending)
        sending.add_done_callback(self._lines.discard)
        try:
            # A target that ends a line may reset it.
            with contextlib.suppress(ConnectionResetError):
                while piece := await reader.read(16 * 1024):
                    last = max(last, loop.time() + self.latency + random.uniform(0, self.jitter))
                    await due.put((last, piece))
            if self.swallow:
                self.freed += from_target
                await asyncio.Event().wait()
            await due.put((max(last, loop.time() + self.latency), b""))
            await sending
        finally:
            sending.cancel()


class Elsewhere:
    """A network namespace with nothing in it but this process's own sockets.

    Raises OSError where a machine can't make one. It goes with its thread.
    """

    def __init__(self) -> None:
        # A namespace belongs to a thread; sockets made there keep it wherever they are used.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="elsewhere")
        try:
            self.there(self._make)
        except Exception:
            self.close()
            raise

    def there(self, call: "Callable[[], T]") -> "T":
        """Call something there."""
        return self._thread.submit(call).result(30)

    def _make(self) -> None:
        if shutil.which("iptables") is None:
            raise OSError("no iptables")
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, capture_output=True)

    def lose(self, share: float) -> None:
        """Drop this share of all packets, in both directions."""
        rule = f"-p tcp -m statistic --mode random --probability {share} -j DROP"
        self.there(
            lambda: subprocess.run(
                ["iptables", "-A", "INPUT", *rule.split()], check=True, capture_output=True
            )
        )

    def dropped(self) -> int:
        """How many packets were lost so far."""
        told = self.there(
            lambda: subprocess.run(
                ["iptables", "-nvxL", "INPUT"], check=True, capture_output=True, text=True
            )
        )
        return int(told.stdout.splitlines()[2].split()[0])

    def listening(self) -> socket.socket:
        """A socket that listens there, on 127.0.0.1."""

        def make() -> socket.socket:
            made = socket.create_server(("127.0.0.1", 0))
            made.setblocking(False)
            return made

        return self.there(make)

    def line_to(self, port: int) -> socket.socket:
        """A connection made there. Raises OSError."""

        def make() -> socket.socket:
            made = socket.create_connection(("127.0.0.1", port), timeout=10)
            made.setblocking(False)
            return made

        return self.there(make)

    def close(self) -> None:
        """End it."""
        self._thread.shutdown(wait=False)
