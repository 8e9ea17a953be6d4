"""Ends what a test run started when the run itself can't: it was killed, or crashed.

Runs as a process of its own and reads lines from its standard input: `pid N`, `gone N`, `dir PATH`.
At the end of input — the run is over, however it ended — every process still listed is killed and
every directory removed. Standard library only.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable
from pathlib import Path


def descendants(pids: Iterable[int]) -> set[int]:
    """The processes and all that descend from them, where /proc tells.

    A stopped grandchild doesn't notice that its parent died, so each is named.
    """
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile
    found, before = set(pids), 0
    while len(found) > before:
        before = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def watch(lines: Iterable[str]) -> None:
    """Read until the end, then clear up."""
    pids: set[int] = set()
    folders: list[Path] = []
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "pid":
            pids.add(int(rest))
        elif word == "gone":
            pids.discard(int(rest))
        elif word == "dir":
            folders.append(Path(rest))
    for pid in descendants(pids):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch(sys.stdin)
