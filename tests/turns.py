"""Two runs on one machine: side by side what bears company, in turn what needs it alone."""

import fcntl
from pathlib import Path
from typing import IO


class Turns:
    """One run's place beside another that was given the same file; without one it never waits."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[str] | None = path.open("a") if path is not None else None
        self._alone: bool | None = None
        if self._file is not None:
            # From the start: whoever collects faster mustn't think that nobody else is there.
            self.take(alone=False)

    def take(self, *, alone: bool) -> None:
        """Wait until a test may start that needs the machine alone, or that doesn't."""
        if self._file is None or alone is self._alone:
            return
        fcntl.flock(self._file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        self._alone = alone

    def close(self) -> None:
        """Let the other one go on."""
        if self._file is not None:
            self._file.close()
