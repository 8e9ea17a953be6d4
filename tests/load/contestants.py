"""What the bench measures: this house in its shapes, and its peers, each on one core."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.live import PYTHON, ROOT, House, Template, bare_environment
from tests.processes import Process, free_port, watchdog
from tests.servers import Redis

HERE = Path(__file__).resolve().parent
LIMITS = ("posts", "stamps", "frames", "handshakes", "sockets_per_person", "sockets_per_address")
# Raised for the generator's people, not skipped: every bucket is still asked.
RAISED = {"IBASHO_LIMITS": ",".join(f"{name}=100000" for name in LIMITS)}
# Shape and server of each of ours.
OURS = {
    "PostgreSQL + Redis, uvicorn": ("server", "uvicorn"),
    "PostgreSQL + Redis, daphne": ("server", "daphne"),
    "SQLite, daphne (make run)": ("embedded", "daphne"),
    "SQLite, uvicorn": ("embedded", "uvicorn"),
}
STOCK = "stock Channels, Redis layer"
REST_WITHIN_S = 60.0
PEERS = ("socket.io", "picows (bare)", STOCK)


@dataclass
class Running:
    """A server that takes connections: what the generator must know of it."""

    proto: str
    ports: list[int]
    pids: list[int]
    aux: list[int]
    cookies: Path | None = None


class Stand:
    """Prepares once what every run needs: templates of the house, the peers' packages."""

    def __init__(self) -> None:
        self.folder = watchdog.folder("bench")
        self.generator = self.folder / "generator"
        command = ["gcc", "-O2", "-o", str(self.generator), str(HERE / "generator.c")]
        if shutil.which("gcc") is None:
            sys.exit("gcc がありません。 / No gcc: apt-get install gcc")
        subprocess.run(command, check=True)
        self.templates = {shape: Template(shape) for shape in ("server", "embedded")}
        self.node = self._node()
        self.house: House | None = None

    def _node(self) -> Path | None:
        """Where socket.io is installed; None where there is no Node."""
        if shutil.which("npm") is None:
            print(
                "Node がないので socket.io は測りません。 / No Node here: socket.io isn't measured."
            )
            return None
        for name in ("package.json", "package-lock.json", "socketio.cjs"):
            shutil.copy(HERE / name, self.folder)
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=self.folder, check=True)
        return self.folder

    def contestants(self) -> list[str]:
        """Everything that can be measured here."""
        return [*OURS, *(peer for peer in PEERS if peer != "socket.io" or self.node)]

    def per_message(self, name: str, batch: int) -> float:
        """Microseconds of Python's own process a message, in batches of so many."""
        with self._ours(name, rooms=1, members=max(100, batch), doors=1) as one:
            assert one.cookies is not None and self.house is not None
            command = [*PYTHON, "-m", "tests.load.per_message", str(batch), str(one.cookies)]
            told = subprocess.run(
                command, env=self.house.env(), cwd=ROOT, check=True, capture_output=True, text=True
            )
        return float(json.loads(told.stdout)["us"])

    def close(self) -> None:
        """Remove what was prepared."""
        for one in self.templates.values():
            one.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def running(self, name: str, *, rooms: int, members: int, doors: int = 1) -> Iterator[Running]:
        """One contestant, started for this work alone; all it starts stays on this core."""
        if name in OURS:
            with self._ours(name, rooms=rooms, members=members, doors=doors) as one:
                _comes_to_rest(one.pids)
                yield one
            return
        with contextlib.ExitStack() as stack:
            port = free_port()
            aux = []
            env = bare_environment()
            if name == "socket.io":
                command, proto = ["node", str(self.folder / "socketio.cjs"), str(port)], "sio"
            elif name.startswith("picows"):
                command, proto = [sys.executable, "-m", "tests.load.bare", str(port)], "ws"
            else:
                redis = Redis().start()
                stack.callback(redis.close)
                env["REDIS"] = redis.url
                assert redis.process is not None
                aux = [redis.process.pid]
                proto = "ws"
                command = [
                    *PYTHON, "-m", "daphne", "-v0", "-b", "127.0.0.1", "-p", str(port),
                    "tests.load.stock:application",
                ]  # fmt: skip
            process = Process(log=self.folder / "log")
            process.spawn(command, env=env, cwd=self.folder if proto == "sio" else ROOT)
            stack.callback(process.kill)
            _answers(port)
            assert process.process is not None
            _comes_to_rest([process.process.pid])
            yield Running(proto, [port], [process.process.pid], aux)

    @contextlib.contextmanager
    def _ours(self, name: str, *, rooms: int, members: int, doors: int) -> Iterator[Running]:
        shape, server = OURS[name]
        house = House(self.templates[shape], doors=doors, server=server, env=RAISED, durable=True)
        self.house = house
        try:
            cookies = house.folder / "cookies"
            filled = [*PYTHON, "-m", "tests.load.fill", "--rooms", str(rooms)]
            filled += ["--members", str(members), "--out", str(cookies)]
            subprocess.run(filled, env=house.env(), cwd=ROOT, check=True)
            house.open()
            aux = [
                one.process.pid
                for one in (house.postgres, house.redis)
                if one is not None and one.process is not None
            ]
            pids = [house.pid(i) for i in range(doors)]
            yield Running("ibasho", house.ports, pids, aux, cookies)
        finally:
            house.close()


def _answers(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("a server never answered")


def _comes_to_rest(pids: list[int]) -> None:
    """Return when a server has read all that it reads at its start: that is nobody's coming."""
    until, used = time.monotonic() + REST_WITHIN_S, _cpu_s(pids)
    while time.monotonic() < until:
        time.sleep(0.5)
        before, used = used, _cpu_s(pids)
        if used - before < 0.1:
            return
    raise AssertionError("a server never came to rest")


def _cpu_s(pids: list[int]) -> float:
    fields = [
        Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split() for pid in pids
    ]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def on_core(core: int) -> None:
    """This process, and what it starts from now on, stays on one core."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {core})
