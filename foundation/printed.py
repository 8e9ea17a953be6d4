"""A page as a PDF on A4, its fonts inside, tagged for readers (PDF/UA-1). Nothing is fetched.

Setting a page takes seconds of pure computing, which would hold up every room of this process, and
WeasyPrint takes two seconds to import. So it is done by a process of its own (`typesetter.py`) that
gets the page through a pipe, none of the house's secrets, and is ended when it takes too long.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

SECONDS = 60.0
MOST = 4_000_000  # characters of a page
NO_PANGO, NO_FONT = 3, 4  # how the typesetter ends when the machine lacks something

_ROOM = Path(__file__).resolve().parent.parent
# What fontconfig and Python need to find their things; no key, no address of a database.
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
_SENTENCES = {
    "pango": "PDFを作る部品 (Pango) がこの機械にありません。管理者に伝えてください。",
    "font": "日本語の書体がこの機械にないため、PDFを作れません。管理者に伝えてください。",
    "slow": "PDFを作るのに時間がかかりすぎました。しばらくして、もう一度試してください。",
    "broken": "PDFを作れませんでした。しばらくして、もう一度試してください。",
}
# One page at a time: two would only take the processor from the rooms.
_one = threading.BoundedSemaphore(1)


class CannotPrint(Exception):
    """No PDF came. `code` is pango, font, slow or broken; `sentence` says it to people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = _SENTENCES[code]


def pdf(html: str, *, style: str = "", seconds: float = SECONDS) -> bytes:
    """A whole HTML document as PDF bytes. Its own `<style>` and inline SVG count.

    A4 upright, page numbers at the foot and a Japanese font unless the page's own style says
    otherwise; `style` is CSS that goes into its head. Give it a `<title>` and `lang`, which PDF/UA
    asks for. Raises `CannotPrint`.
    """
    if style:
        html = html.replace("</head>", f"<style>{style}</style></head>", 1)
    if len(html) > MOST:
        raise CannotPrint("slow")
    if not _one.acquire(timeout=seconds):
        raise CannotPrint("slow")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "foundation.typesetter"],
            input=html.encode(), capture_output=True, check=False, timeout=seconds, cwd=_ROOM,
            env=_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotPrint("slow") from None
    except OSError:
        raise CannotPrint("broken") from None
    finally:
        _one.release()
    if ran.returncode == NO_PANGO:
        raise CannotPrint("pango")
    if ran.returncode == NO_FONT:
        raise CannotPrint("font")
    # What it says on the way could repeat the page's words, so nobody keeps it.
    if ran.returncode != 0 or not ran.stdout.startswith(b"%PDF-"):
        raise CannotPrint("broken")
    return ran.stdout


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
