"""The process behind `printed.py`: HTML in, PDF out. Only ever run as `python -m`, never imported.

It ends with 0 and the PDF, or with one of the two numbers of `printed.py` and nothing.
"""

import logging
import os
import sys
from typing import Any, NoReturn

from foundation.printed import NO_FONT, NO_PANGO

try:
    import weasyprint
    from weasyprint.urls import URLFetcher
except OSError:  # it opens Pango's libraries while it is imported
    sys.exit(NO_PANGO)

SHEET = """
@page { size: A4 portrait; margin: 18mm 16mm 20mm;
  @bottom-center { content: counter(page) " / " counter(pages); font-size: 8.5pt; color: #444 } }
html { font: 10.5pt/1.7 "BIZ UDPGothic", "Noto Sans CJK JP", "IPAexGothic", "IPAGothic",
  "VL Gothic", sans-serif; color: #111 }
body { margin: 0 }
h1 { font-size: 16pt; margin: 0 0 4mm } h2 { font-size: 12pt; margin: 6mm 0 2mm }
h1, h2, h3 { break-after: avoid; line-height: 1.4 }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
thead { display: table-header-group }
th, td { border: .3pt solid #666; padding: 1.2mm 2mm; text-align: start; vertical-align: top }
p { margin: 0 0 2mm; orphans: 2; widows: 2 } p, td, th { overflow-wrap: anywhere }
"""


class Nothing(URLFetcher):
    """Fetches nothing: no page, no picture, no file of this machine."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        raise ValueError("nothing is fetched")


class Missing(logging.Handler):
    """Which characters no font of this machine can draw."""

    def __init__(self) -> None:
        super().__init__()
        self.characters: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if "notdef" in str(record.msg) and isinstance(record.args, tuple):
            self.characters.add(str(record.args[0]))


def main() -> None:
    """From standard input to standard output."""
    # The rooms come first.
    os.nice(10)
    missing = Missing()
    told = logging.getLogger("weasyprint")
    told.handlers, told.propagate = [missing], False
    page = weasyprint.HTML(
        string=sys.stdin.buffer.read().decode(), base_url=None, url_fetcher=Nothing()
    )
    made = page.write_pdf(
        stylesheets=[weasyprint.CSS(string=SHEET, url_fetcher=Nothing())], pdf_variant="pdf/ua-1"
    )
    # Kana stand in every Japanese font; one rare 漢字 may not, and is no reason to print nothing.
    if any("\u3041" <= char <= "\u30ff" for char in missing.characters):
        sys.exit(NO_FONT)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
