"""What a page of staff may show of its reader's own shift; asked for only if it does."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.viewer import VISITOR
from duty.queries import rest_of
from foundation import clock


def rest(request: HttpRequest) -> dict[str, object]:
    """`rest`: when the reader's own stretch at the desk has been long enough; lazy, often None."""
    viewer = getattr(request, "viewer", VISITOR)
    return {"rest": SimpleLazyObject(lambda: rest_of(viewer, now=clock.now()))}
