"""Child processes that never outlive the test run, and ports for them."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import psutil


class Watchdog:
    """The one process that clears up after this run (see `tests/watchdog.py`)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def _say(self, line: str) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-S", str(Path(__file__).with_name("watchdog.py"))],
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def folder(self, name: str) -> Path:
        """A new folder that is removed when the run is over."""
        # Unix sockets and `nobody` both want a short path that everybody may pass.
        base = "/tmp" if os.access("/tmp", os.W_OK) else None
        made = Path(tempfile.mkdtemp(prefix=f"ibasho-{name}-", dir=base))
        self._say(f"dir {made}")
        return made

    def started(self, process: "subprocess.Popen[Any]") -> None:
        """This process must not outlive the run."""
        self._say(f"pid {process.pid}")

    def ended(self, process: "subprocess.Popen[Any]") -> None:
        """This process is gone; its number may become somebody else's."""
        self._say(f"gone {process.pid}")

    def close(self) -> None:
        """The run is over: everything still listed goes now."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(20)
            self._process = None


watchdog = Watchdog()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A child process in a session of its own, with its output in a file."""

    def __init__(self, *, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def spawn(
        self,
        command: Sequence[str],
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
    ) -> None:
        """Start it; its output is appended to `log`."""
        assert not self.running, "already running"
        if self.process is not None:
            self._forget()  # it ended by itself
        as_user: dict[str, Any] = {}
        if user is not None:
            as_user = {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}
        self._out = self.log.open("ab")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            **as_user,
        )
        watchdog.started(self.process)

    @property
    def running(self) -> bool:
        """Whether it lives (a stopped process lives)."""
        return self.process is not None and self.process.poll() is None

    def family(self) -> list[psutil.Process]:
        """The process and all its descendants."""
        if not self.running:
            return []
        assert self.process is not None
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def signal_all(self, number: int) -> None:
        """Send a signal to the process and its descendants."""
        for one in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(number)

    def end(self, number: int, *, patience: float = 15.0) -> int:
        """Signal the process itself and give its exit code; after `patience` it is killed."""
        if self.process is None:
            return 0
        if self.running:
            self.process.send_signal(number)
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.signal_all(signal.SIGKILL)
            code = self.process.wait(15)
        self._forget()
        return code

    def kill(self) -> None:
        """-9, to the whole family, now."""
        if self.process is not None:
            self.signal_all(signal.SIGKILL)
            self.process.wait(15)
            self._forget()

    def _forget(self) -> None:
        if self.process is not None:
            watchdog.ended(self.process)
        if self._out is not None:
            self._out.close()
            self._out = None

    def tail(self, lines: int = 20) -> str:
        """The end of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
