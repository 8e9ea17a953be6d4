"""A real house: server processes on their own database and broker, on free ports.

embedded: one daphne on SQLite. server: two uvicorns on a PostgreSQL and a Redis of this house's
own, so that either may be killed without anybody else noticing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Process, free_port, watchdog
from tests.servers import Postgres, Redis
from tests.shell import Shell

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
PYTHON = [sys.executable, "-X", "faulthandler"]


def bare_environment() -> dict[str, str]:
    """This run's environment without what would lead a house to another one's data."""
    ours = ("IBASHO_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URLS", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


class Template:
    """A house as it stands after its first start, made once by the code of `make run`.

    `durable`: every house made of it writes through to the disk.
    """

    def __init__(self, shape: str, *, durable: bool = False) -> None:
        self.shape, self.durable = shape, durable
        self.data = watchdog.folder("template")
        self.postgres = Postgres().start() if shape == "server" else None
        env = {**bare_environment(), "IBASHO_DATA": str(self.data)}
        if self.postgres is not None:
            self.postgres.sql("CREATE DATABASE ibasho")
            # The same address in every copy of the cluster, but for the port.
            env["DATABASE_URL"] = self.postgres.url("ibasho")
        made = subprocess.run(
            [*PYTHON, "tools/run.py", "--only-prepare"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if made.returncode:
            pytest.fail(f"a house can't be prepared:\n{made.stdout}{made.stderr}", pytrace=False)
        if self.postgres is not None:
            self.postgres.term()

    def close(self) -> None:
        """Remove it."""
        if self.postgres is not None:
            self.postgres.close()
        shutil.rmtree(self.data, ignore_errors=True)


def by_name(url: str) -> str:
    """The same door by the machine's name."""
    return url.replace("127.0.0.1", "localhost")


class House:
    """Doors are numbered from 0; `urls[i]` is the address of door i.

    `env` is added to the environment of every door (IBASHO_FAULT, IBASHO_LIMITS, …); `more` is
    that, and what is changed there counts for the next start. `folder`: where all of it is kept.
    """

    def __init__(
        self,
        template: Template,
        *,
        doors: int | None = None,
        server: str | None = None,
        env: dict[str, str] | None = None,
        durable: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.shape = template.shape
        self.server = server or ("daphne" if self.shape == "embedded" else "uvicorn")
        self.folder = folder or watchdog.folder("house")
        self.data = self.folder / "data"
        shutil.copytree(template.data, self.data)
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        if template.postgres is not None:
            durable |= template.durable
            self.postgres = Postgres(copy_of=template.postgres, durable=durable).start()
            self.redis = Redis().start()
        number = doors or (1 if self.shape == "embedded" else 2)
        self.ports = [free_port() for _ in range(number)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self._doors = [Process(log=self.folder / f"door-{i}.log") for i in range(number)]
        self.more = dict(env or {})
        self._shell: Shell | None = None
        self.launcher = ["-m", "ibasho.serve"]  # a fault test may put something before it

    def told(self, username: str) -> dict[str, Any]:
        """A demo account's sign-in, as `make run` tells it."""
        people = json.loads((self.data / "demo.json").read_text(encoding="utf-8"))
        return next(one for one in people if one["username"] == username)

    # --- all of it ------------------------------------------------------------------------------

    def open(self) -> "House":
        """Start every door and wait until all answer."""
        for i in range(len(self._doors)):
            self.start(i, wait=False)
        for i in range(len(self._doors)):
            self.wait_ready(i)
        return self

    def close(self) -> None:
        """End everything and remove what it kept."""
        if self._shell is not None:
            self._shell.close()
        for door in self._doors:
            door.signal_all(signal.SIGCONT)
            door.kill()
        for one in (self.postgres, self.redis):
            if one is not None:
                one.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def mend(self) -> None:
        """Let everything stand again that was stopped or killed."""
        for one in (self.postgres, self.redis):
            if one is not None:
                one.signal_all(signal.SIGCONT)
                if not one.running:
                    one.kill()
                    one.start()
        for i, door in enumerate(self._doors):
            door.signal_all(signal.SIGCONT)
            if not door.running:
                self.start(i)

    def env(self, i: int = 0) -> dict[str, str]:
        """The environment of door i, and of commands."""
        env = {
            **bare_environment(),
            "IBASHO_DATA": str(self.data),
            # Passkeys want a name: no browser makes one for an IP address.
            "IBASHO_ORIGINS": ",".join([*self.urls, *map(by_name, self.urls)]),
            "PORT": str(self.ports[i]),
            "PYTHONUNBUFFERED": "1",
        }
        if self.postgres is not None and self.redis is not None:
            env["DATABASE_URL"] = self.postgres.url("ibasho")
            env["REDIS_URLS"] = self.redis.url
        return {**env, **self.more}

    def manage(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`manage.py …` on this house's data. With `check`, a failure is an AssertionError."""
        ran = subprocess.run(
            [*PYTHON, "manage.py", *words],
            cwd=ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or ran.returncode == 0, f"manage.py {words}: {ran.stdout}{ran.stderr}"
        return ran

    def shell(self, code: str) -> str:
        """What `manage.py shell -c code` would print, done by a process of its own."""
        if self._shell is None:
            self._shell = Shell(self.env())
        return self._shell.run(code)

    # --- one door -------------------------------------------------------------------------------

    def start(self, i: int = 0, *, wait: bool = True) -> None:
        """Start door i (again, on its old port)."""
        self._doors[i].spawn(
            [
                *PYTHON, *self.launcher, "--server", self.server, "--host", "127.0.0.1",
                "--port", str(self.ports[i]),
            ],
            env=self.env(i),
            cwd=ROOT,
        )  # fmt: skip
        if wait:
            self.wait_ready(i)

    def wait_ready(self, i: int = 0, *, timeout: float = READY_SECONDS) -> None:
        """Wait until door i answers /healthz with 200."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            assert self._doors[i].running, f"door {i} ended:\n{self._doors[i].tail(40)}"
            try:
                with urllib.request.urlopen(f"{self.urls[i]}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"door {i} never answered:\n{self._doors[i].tail(40)}")

    def kill(self, i: int = 0) -> None:
        """-9."""
        self._doors[i].kill()

    def term(self, i: int = 0, *, patience: float = 15.0) -> int:
        """SIGTERM; its exit code. -15 is uvicorn's polite end, -9: it had to be killed."""
        return self._doors[i].end(signal.SIGTERM, patience=patience)

    def stop(self, i: int = 0) -> None:
        """SIGSTOP."""
        self._doors[i].signal_all(signal.SIGSTOP)

    def cont(self, i: int = 0) -> None:
        """SIGCONT."""
        self._doors[i].signal_all(signal.SIGCONT)

    def running(self, i: int = 0) -> bool:
        """Whether door i's process lives."""
        return self._doors[i].running

    def pid(self, i: int = 0) -> int:
        """The process number of door i."""
        process = self._doors[i].process
        assert process is not None, "not started"
        return process.pid

    def logs(self, i: int | None = None) -> str:
        """What door i, or every door, has printed since the house was built."""
        chosen = self._doors if i is None else [self._doors[i]]
        return "".join(d.log.read_text(errors="replace") for d in chosen if d.log.exists())


# --- fixtures -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def template(shape: str, pytestconfig: pytest.Config) -> Iterator[Template]:
    """A prepared house that never opens; every house is a copy of it."""
    # Faults at their full length are tried on the disk that a house has.
    made = Template(shape, durable=pytestconfig.getoption("long"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def house(template: Template) -> Iterator[House]:
    """One open house for all tests that leave it as they found it."""
    made = House(template)
    try:
        yield made.open()
    finally:
        made.close()


@pytest.fixture
def make_house(template: Template) -> Iterator[Callable[..., House]]:
    """`make_house(doors=2, env={…})`: open houses of this test's own; the same words as House."""
    made: list[House] = []

    def make(**words: object) -> House:
        made.append(House(template, **words))  # type: ignore[arg-type]
        return made[-1].open()

    yield make
    for one in made:
        one.close()


@pytest.fixture
def own_house(make_house: Callable[..., House]) -> House:
    """An open house of this test's own, to be killed, stopped and starved."""
    return make_house()
