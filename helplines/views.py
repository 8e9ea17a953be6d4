"""The emergency exit: one page, with no database, no session and no script behind it."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from foundation import clock
from helplines.lines import EMERGENCY, shown


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Who can be reached right now."""
    context = {"lines": shown(clock.now()), "emergency": EMERGENCY}
    # Rendered without the request: nothing on the page may ask who is looking, for that would
    # need the database.
    return HttpResponse(render_to_string("helplines/now.html", context))
