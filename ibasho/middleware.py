"""Headers that every answer carries and Django doesn't set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NEVER = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


class SecurityHeaders:
    """Outermost, so that errors and static files carry the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # daphne takes this header from anybody and makes it the root of every link.
        request.META.pop("HTTP_DAPHNE_ROOT_PATH", None)
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NEVER)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            # A page of this house is nobody else's to find in a shared computer's cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
