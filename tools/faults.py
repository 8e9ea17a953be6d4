"""`make faults`: every fault at its full length in both shapes; the table goes to the docs.

Arguments are pytest's. SHAPE=embedded or SHAPE=server runs only that one. Two hours or so. A part
of it is printed and not written: the docs' table is of a whole run.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- /faults -->"
COLUMNS = ("said", "acknowledged", "lost", "doubled", "inverted", "astray")


def table(rows: list[dict[str, Any]]) -> str:
    """The figures as Markdown."""
    lines = [
        f"| fault | shape | {' | '.join(COLUMNS)} | back after (s) |",
        f"| --- | --- |{' ---: |' * (len(COLUMNS) + 1)}",
    ]
    for row in rows:
        back = "–" if row["back"] is None else f"{row['back']:.1f}"
        figures = " | ".join(str(row[name]) for name in COLUMNS)
        lines.append(f"| {row['fault']} | {row['shape']} | {figures} | {back} |")
    return "\n".join(lines) + "\n"


def page(text: str, written: str) -> str:
    """The page with its table made new."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + written + END + rest.partition(END)[2]


def main() -> int:
    """Run, print, write; 0 when nothing failed."""
    shapes = [os.environ["SHAPE"]] if os.environ.get("SHAPE") else ["embedded", "server"]
    where = sys.argv[1:] or ["tests/faults"]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.touch()
        for shape in shapes:
            command = ["-m", "pytest", f"--shape={shape}", "--long", f"--figures={figures}", "-s"]
            ran = subprocess.run([sys.executable, *command, *where], cwd=ROOT, check=False)
            failed |= ran.returncode != 0
        rows = [json.loads(line) for line in figures.read_text("utf-8").splitlines()]
    done = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    written = f"{done}; Python {platform.python_version()}.\n\n{table(rows)}"
    print(written)
    if not failed and not sys.argv[1:] and not os.environ.get("SHAPE"):
        # A table of a run that failed would promise what doesn't hold.
        PAGE.write_text(page(PAGE.read_text("utf-8"), written), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
