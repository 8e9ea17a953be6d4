"""What a page may show of who is looking; asked for only if it does."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import letters, proofs, running_out
from accounts.queries import handle_of, has_passphrase
from accounts.viewer import VISITOR
from foundation import clock


def who(request: HttpRequest) -> dict[str, object]:
    """`viewer`, `handle`, `has_passphrase`, `letters_waiting` and `own_warnings`, all lazy."""
    viewer = getattr(request, "viewer", VISITOR)
    return {
        "viewer": viewer,
        "handle": SimpleLazyObject(lambda: handle_of(viewer)),
        "has_passphrase": SimpleLazyObject(lambda: has_passphrase(viewer)),
        "letters_waiting": SimpleLazyObject(
            lambda: viewer.participant is not None and letters.waiting(viewer.participant)
        ),
        # Every page of staff begins with what soon runs out for whoever reads it.
        "own_warnings": SimpleLazyObject(
            lambda: (
                running_out.own(viewer, by_code=proofs.by_code(request.session), now=clock.now())
                if viewer.staff is not None
                else []
            )
        ),
    }
