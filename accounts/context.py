"""What every participants' page may show of who is looking; asked for only if it does."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import letters
from accounts.queries import handle_of, has_passphrase
from accounts.viewer import VISITOR


def who(request: HttpRequest) -> dict[str, object]:
    """`viewer`, `handle`, `has_passphrase` and `letters_waiting`, all lazy."""
    viewer = getattr(request, "viewer", VISITOR)
    return {
        "viewer": viewer,
        "handle": SimpleLazyObject(lambda: handle_of(viewer)),
        "has_passphrase": SimpleLazyObject(lambda: has_passphrase(viewer)),
        "letters_waiting": SimpleLazyObject(
            lambda: viewer.participant is not None and letters.waiting(viewer.participant)
        ),
    }
