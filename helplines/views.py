"""The emergency exit: one page, with no database, no session and no script behind it."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from foundation import clock
from foundation.clock import jst_day, wire
from helplines.actions import COPY_LATE, copy_file
from helplines.lines import EMERGENCY, is_stale, served, shown

log = logging.getLogger("ibasho.helplines")
# When even the copy is gone. The numbers are those of the law and of `lines.toml`.
_LAST = (
    '<!doctype html><html lang="ja"><meta charset="utf-8"><title>メモ</title>'
    "<h1>いますぐ話せるところ</h1>"
    '<p><a href="tel:0120279338">0120-279-338</a> よりそいホットライン</p>'
    '<p><a href="https://talkme.jp/" rel="noreferrer">あなたのいばしょ</a>(文字で話せます)</p>'
    '<p><a href="tel:119">119</a> 救急・消防 <a href="tel:110">110</a> 警察</p></html>'
)


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Who can be reached right now. Whatever breaks, something is said."""
    try:
        context = {"lines": shown(clock.now()), "emergency": EMERGENCY}
        # Rendered without the request: nothing on the page may ask who is looking, for that would
        # need the database.
        return HttpResponse(render_to_string("helplines/now.html", context))
    except Exception as error:  # noqa: BLE001 - someone may be in danger
        log.error("the page of help lines failed: %s", type(error).__name__)
        return HttpResponse(_copy())


def _copy() -> str:
    try:
        return copy_file().read_text(encoding="utf-8")
    except (OSError, ValueError):
        return _LAST


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """What is served just now, for operators: the coordinators' lines or the house's own.

    `status`: `broken` when the coordinators' can't be read, `late` when the copy is missing or old.
    """
    found, at = served(), clock.now()
    try:
        kept = clock.instant(copy_file().stat().st_mtime)
    except OSError:
        kept = None
    late = kept is None or at - kept > COPY_LATE
    return JsonResponse(
        {
            "status": "broken" if found.broken else "late" if late else "ok",
            "served": found.origin,
            "lines": len(found.lines),
            "unverified": sum(is_stale(line, jst_day(at)) for line in found.lines),
            "copy": wire(kept) if kept is not None else None,
        }
    )
