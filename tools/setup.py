"""`make setup`: .venv with exactly what is locked. Standard library only; repeats are instant.

Usage: `python3 tools/setup.py run|dev`.
"""

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
# What WeasyPrint draws with, and a Japanese font (Debian and Ubuntu).
PRINTING = ("libpango-1.0-0", "libpangoft2-1.0-0", "fonts-noto-cjk")
# What is locked for developing holds what is locked for running (a test compares them).
STAMPS = {"run": ("run",), "dev": ("run", "dev")}


def step(number: int, japanese: str, english: str) -> None:
    """One line of progress."""
    print(f"[{number}/4] {japanese} / {english}", flush=True)


def stop(japanese: str, english: str) -> None:
    """One sentence in each language, and out."""
    sys.exit(f"{japanese}\n{english}")


def checksum(kind: str) -> str:
    """What `.venv` must have been made from to be up to date."""
    locked = (ROOT / "requirements" / f"{kind}.txt").read_bytes()
    return hashlib.sha256(locked + sys.version.encode()).hexdigest()


def stamp(kind: str) -> Path:
    """Where the checksum of the last finished installation is kept."""
    return VENV / f"stamp-{kind}"


def ready(kind: str) -> bool:
    """Whether nothing needs to be done."""
    kept = stamp(kind)
    return kept.exists() and kept.read_text() == checksum(kind) and works()


def works() -> bool:
    """Whether .venv has a Python that runs and has pip. A moved or half-made one hasn't."""
    try:
        asked = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        ran = subprocess.run([PYTHON, "-c", asked], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return ran.returncode == 0


def tried(*command: str, quiet: bool = True) -> bool:
    """Whether a command ran and succeeded."""
    try:
        return subprocess.run(command, capture_output=quiet, check=False).returncode == 0
    except OSError:
        return False


def as_root() -> list[str] | None:
    """What to put before a command to run it as root without a question, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and tried("sudo", "-n", "true"):
        return ["sudo", "-n"]
    return None


def apt_install(*packages: str) -> bool:
    """Install Debian packages where that needs no question. Whether it succeeded."""
    root = as_root()
    if root is None or not shutil.which("apt-get"):
        return False
    get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    tried(*get, "update")
    return tried(*get, "install", "--no-install-recommends", *packages)


def can_print() -> bool:
    """Whether the machine has what a PDF needs: Pango's libraries and a Japanese font."""
    libraries = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
    try:
        for name in libraries:
            ctypes.CDLL(name)
    except OSError:
        return False
    fonts = ("NotoSansCJK", "ipaexg", "ipag", "BIZUD")
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(
        file.name.startswith(fonts)
        for folder in folders if folder.is_dir()
        for file in folder.rglob("*.tt[cf]")
    )  # fmt: skip


def prepare_printing() -> None:
    """What PDFs need, where that needs no question. Everything else works without it."""
    if can_print():
        return
    if as_root() is not None and shutil.which("apt-get"):
        step(4, "PDFの部品と書体を入れています…", "installing what PDFs need…")
        apt_install(*PRINTING)
    if not can_print():
        print(
            f"      PDFだけはまだ作れません: sudo apt-get install {' '.join(PRINTING)}\n"
            "      Only PDFs can't be made yet; this command mends it.",
            flush=True,
        )


def make_venv() -> None:
    """A new .venv with pip, by whatever this machine has."""
    shutil.rmtree(VENV, ignore_errors=True)
    if tried(sys.executable, "-m", "venv", str(VENV)) and works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian ships Python without what `venv` needs.
    own = f"python3.{sys.version_info.minor}-venv"
    if as_root() is not None and shutil.which("apt-get"):
        step(2, f"{own} を入れています…", f"installing {own}…")
        if (apt_install(own) or apt_install("python3-venv")) and tried(
            sys.executable, "-m", "venv", str(VENV)
        ):
            return
        shutil.rmtree(VENV, ignore_errors=True)
    for command in (
        ["virtualenv", "-q", "-p", sys.executable, str(VENV)],
        ["uv", "venv", "-q", "--seed", "-p", sys.executable, str(VENV)],
    ):
        if shutil.which(command[0]) and tried(*command) and works():
            return
        shutil.rmtree(VENV, ignore_errors=True)
    stop(
        f"仮想環境を作れません。入れてください: sudo apt-get install {own}",
        f"A virtual environment can't be made. Please: sudo apt-get install {own}",
    )


def install(kind: str) -> None:
    """Install what is locked, with hashes, showing how far it is."""
    locked = ROOT / "requirements" / f"{kind}.txt"
    total = len(re.findall(r"^[\w.-]+==(?!.*win32)", locked.read_text(), re.M))
    step(
        3, f"部品を入れています ({total} 個、1分ほど)…", f"installing {total} packages (a minute)…"
    )
    command = [
        str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input",
        "--disable-pip-version-check", "--progress-bar=off", "-r", str(locked),
    ]  # fmt: skip
    env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PYTHONUNBUFFERED": "1"}
    seen, told = 0, time.monotonic()
    with LOG.open("w", encoding="utf-8") as log:
        pip = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
        )
        assert pip.stdout is not None
        for line in pip.stdout:
            log.write(line)
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            if line.startswith("Installing collected"):
                print("      並べています… / unpacking…", flush=True)
            elif time.monotonic() - told >= 3:
                told = time.monotonic()
                print(f"      {seen}/{total}", flush=True)
        failed = pip.wait()
    if failed:
        tail = "\n".join(LOG.read_text(encoding="utf-8").splitlines()[-12:])
        stop(
            f"{tail}\n\n部品を入れられませんでした。ネットワークを確かめてください ({LOG})",
            f"The packages couldn't be installed. Is there a network? ({LOG})",
        )


def main() -> None:
    """Make .venv as wanted, or find that it already is."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if kind not in STAMPS:
        sys.exit("usage: tools/setup.py run|dev")
    if ready(kind):
        return
    # Two commands at once: the second waits, and finds it done.
    fcntl.flock(os.open(ROOT, os.O_RDONLY), fcntl.LOCK_EX)
    if ready(kind):
        return
    step(1, f"Python {sys.version.split()[0]}", sys.executable)
    if not works():
        step(2, ".venv を作っています…", "making .venv…")
        make_venv()
    install(kind)
    prepare_printing()
    for done in STAMPS[kind]:
        stamp(done).write_text(checksum(done))
    step(4, "環境ができました。", "the environment is ready.")


if __name__ == "__main__":
    main()
