"""`make test`: every test in both shapes, and one closing line `N passed, M failed`.

Arguments are pytest's. SHAPE=embedded or SHAPE=server runs only that one.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.setup import apt_install, as_root

ROOT = Path(__file__).resolve().parent.parent
SHAPES = ("embedded", "server")
Sums = tuple[int, int, int]


def bring_chromium() -> None:
    """Chromium from the system's packages where that needs no question; else one line."""
    from tests.browsers import HELP, chromium

    if chromium() is not None:
        return
    if as_root() is not None and shutil.which("apt-get"):
        print(
            "Chromium を入れています (1分ほど)… / installing Chromium (a minute)…",
            flush=True,
        )
        apt_install("chromium", "fonts-noto-cjk")
        chromium.cache_clear()
    if chromium() is None:
        print(HELP, flush=True)


def run_pytest(shape: str, arguments: list[str], kept: Path | None = None) -> Sums:
    """(passed, failed, skipped) of one shape. A run that broke counts as one failure.

    `kept`: a file for what it prints, while something else is printing.
    """
    if kept is None:
        print(f"\n—— {shape} ——", flush=True)
    # Compiled files are kept: each house that a test starts would compile the whole of it anew.
    others = ("DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")
    env = {name: value for name, value in os.environ.items() if name not in others}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as files:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--shape={shape}", f"--junitxml={report}"]
        to = files.enter_context(kept.open("w")) if kept is not None else None
        code = subprocess.run(
            [*command, *arguments], cwd=ROOT, env=env, check=False, stdout=to, stderr=to
        ).returncode
        if not report.exists():
            return 0, 1, 0
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314 - our own file
    total, failed, broken, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    passed = total - failed - broken - skipped
    bad = failed + broken
    return passed, bad or int(code not in (0, 5)), skipped


def run_both() -> list[Sums]:
    """Every test in both shapes: what bears company side by side, what doesn't in turn."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        kept, turns = Path(folder) / "server.txt", f"--turns={folder}/turns"
        kept.touch()
        other = beside.submit(run_pytest, "server", [turns], kept)
        results = [run_pytest("embedded", [turns])]
        print("\n—— server ——", flush=True)
        with kept.open(encoding="utf-8") as told:
            while not other.done():
                print(told.read(), end="", flush=True)
                wait([other], timeout=1)
            print(told.read(), end="", flush=True)
    return [*results, other.result()]


def run_node() -> Sums:
    """(passed, failed, skipped) of the page's unit tests, where there is a Node to run them."""
    files = sorted(str(path) for path in ROOT.glob("tests/**/*.test.mjs"))
    if not files:
        return 0, 0, 0
    print("\n—— page ——", flush=True)
    node = shutil.which("node")
    if node is None:
        print(
            f"Node がないので、ページの単体テスト {len(files)} 本は走らせません。"
            f" / No Node here: {len(files)} files of unit tests of the page's script don't run.",
            flush=True,
        )
        return 0, 0, 0
    ran = subprocess.run(
        [node, "--test", "--test-reporter=tap", *files],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    passed, failed, skipped = (
        sum(int(n) for n in re.findall(rf"^# {word} (\d+)$", ran.stdout, re.M))
        for word in ("pass", "fail", "skipped")
    )
    if ran.returncode:
        print(ran.stdout, flush=True)
        failed = failed or 1
    else:
        print(f"{passed} passed", flush=True)
    return passed, failed, skipped


def main() -> int:
    """All of it; 0 when nothing failed and something passed."""
    arguments = sys.argv[1:]
    shapes = [os.environ["SHAPE"]] if os.environ.get("SHAPE") else list(SHAPES)
    if any(shape not in SHAPES for shape in shapes):
        sys.exit(f"SHAPE: {' | '.join(SHAPES)}")
    bring_chromium()
    if arguments or len(shapes) == 1:
        results = [run_pytest(shape, arguments) for shape in shapes]
    else:
        results = run_both()
    if not arguments:
        results.append(run_node())
    passed, failed, skipped = (sum(column) for column in zip(*results, strict=True))
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
