"""`make bench`: this house beside its peers on the same work; the tables go to the docs.

TIMES=3 repetitions; BENCH="1 × 200" runs only the works whose name holds that, and writes nothing.
"""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->"
PACKAGES = (
    "django", "channels", "channels-redis", "daphne", "uvicorn", "uvloop", "websockets", "picows",
)  # fmt: skip
LOCKED = ROOT / "tests" / "load" / "package-lock.json"


def machine() -> str:
    """What it ran on, in one line."""
    cpu = "?"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text("utf-8").splitlines() if x.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else "?"
    from tests.servers import postgres_binaries, redis_binary

    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    socket_io = json.loads(LOCKED.read_text("utf-8"))["packages"]["node_modules/socket.io"]
    found = postgres_binaries()
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores ({cpu}); "
        f"Python {platform.python_version()}, {versions}; "
        f"PostgreSQL {_version(str(found.bin / 'postgres'), found.env())}, "
        f"{Path(redis_binary()).name} {_version(redis_binary())}; "
        f"node {_version('node')}, socket.io {socket_io['version']}."
    )


def _version(program: str, env: dict[str, str] | None = None) -> str:
    """The first number with a point in it that a program says of itself."""
    try:
        ran = subprocess.run(
            [program, "--version"], env=env, capture_output=True, text=True, check=False
        )
    except OSError:
        return "–"
    told = re.search(r"\d+(\.\d+)+", ran.stdout)
    return told[0] if told else "–"


def main() -> int:
    """Run, print, write."""
    from tests.load.bench import WORKS, per_message, run, tables
    from tests.processes import watchdog

    only, times = os.environ.get("BENCH", ""), int(os.environ.get("TIMES", "3"))
    works = [work for work in WORKS if only in work.name]
    try:
        written = f"{machine()} {times} repetitions.\n\n{tables(run(times=times, works=works))}"
        if only in "Python per message":
            written += "\n" + per_message(times=times)
    finally:
        watchdog.close()
    print(written)
    if not only:
        text = PAGE.read_text("utf-8")
        before, _, rest = text.partition(BEGIN)
        PAGE.write_text(before + BEGIN + written + END + rest.partition(END)[2], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
