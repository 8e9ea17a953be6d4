"""Telling a repeat from another text under the same nonce, without keeping the words."""

import hmac

from django.conf import settings

# Asked for at every post; it stays what it was when the process began.
_KEY = settings.REPEAT_KEY.encode()


def body_key(*parts: str) -> str:
    """A keyed hash of the parts, 32 hex characters. It outlives the words, so it must be keyed."""
    body = "\0".join(parts).encode()
    return hmac.digest(_KEY, body, "sha256").hex()[:32]
