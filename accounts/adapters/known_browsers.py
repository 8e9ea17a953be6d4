"""Who signed in from this browser before (OWASP's "device cookies"): one signed cookie.

Colleagues share a computer: it holds the last few, each for half a year of its own.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "__Host-known" if settings.SECURE else "known"
FOR = timedelta(days=180)
MOST = 8


def is_known(request: HttpRequest, login: str, *, now: datetime) -> bool:
    """Whether this account was signed in to here."""
    return bool(login) and _mark(login) in _held(request, now=now)


def key_of(request: HttpRequest, login: str, *, now: datetime) -> str:
    """This browser as a key, where it is known to the account; else empty."""
    if not is_known(request, login, now=now):
        return ""
    return salted_hmac("accounts.known_browsers.key", request.COOKIES[COOKIE]).hexdigest()


def remember(request: HttpRequest, answer: HttpResponse, login: str, *, now: datetime) -> None:
    """The browser is known to this account from now on; whoever came longest ago makes room."""
    others = {mark: at for mark, at in _held(request, now=now).items() if mark != _mark(login)}
    newest = sorted(others.items(), key=lambda one: one[1], reverse=True)[: MOST - 1]
    held = [(_mark(login), int(now.timestamp())), *newest]
    answer.set_signed_cookie(
        COOKIE,
        ".".join(f"{mark}-{at}" for mark, at in held),
        max_age=int(FOR.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(login: str) -> str:
    """Whoever sits here next can't guess from the cookie who sat here before."""
    return salted_hmac("accounts.known_browsers", login.lower(), algorithm="sha256").hexdigest()


def _held(request: HttpRequest, *, now: datetime) -> dict[str, int]:
    """Mark → when they last signed in here, in seconds; of an altered cookie nothing."""
    told = request.get_signed_cookie(COOKIE, "", max_age=int(FOR.total_seconds()))
    pairs = (one.partition("-") for one in str(told).split("."))
    found = {mark: int(at) for mark, _, at in pairs if at.isdecimal()}
    since = (now - FOR).timestamp()
    return {mark: at for mark, at in found.items() if at > since}
