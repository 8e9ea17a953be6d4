"""Whether the house stands: for operators and their machines."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts import messages
from chat.queries import out_of_sight
from foundation import clock
from moderation.waiting import oldest_open, waiting_by_kind

LOOPBACK = frozenset({"127.0.0.1", "::1"})


def healthz(request: HttpRequest) -> JsonResponse:
    """Alive. Asks nothing of anyone."""
    return JsonResponse({"status": "ok", "version": settings.VERSION})


def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database answers. 503 when it doesn't."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok", "version": settings.VERSION})


def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, from this machine or with the token; for everybody else it isn't there."""
    if not (_from_here(request) or _has_token(request)):
        return messages.not_found(request)
    since = oldest_open()
    age = (clock.now() - since).total_seconds() if since is not None else 0
    lines = [
        "# HELP ibasho_items_waiting What waits for a human at the desk.",
        "# TYPE ibasho_items_waiting gauge",
        *(f'ibasho_items_waiting{{kind="{kind}"}} {n}' for kind, n in waiting_by_kind().items()),
        "# HELP ibasho_oldest_item_seconds Since when the oldest of them waits.",
        "# TYPE ibasho_oldest_item_seconds gauge",
        f"ibasho_oldest_item_seconds {age:.0f}",
        "# HELP ibasho_messages_out_of_sight Held or hidden with no item leading to them: 0.",
        "# TYPE ibasho_messages_out_of_sight gauge",
        f"ibasho_messages_out_of_sight {out_of_sight()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _from_here(request: HttpRequest) -> bool:
    # What a proxy on this machine passes on comes from elsewhere.
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _has_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    told = request.META.get("HTTP_AUTHORIZATION", "")
    return bool(token) and hmac.compare_digest(told.encode(), f"Bearer {token}".encode())
