"""Telling a repeat from another text under the same nonce, without keeping the words."""

import hashlib
import hmac

from django.conf import settings


def body_key(*parts: str) -> str:
    """A keyed hash of the parts, 32 hex characters. It outlives the words, so it must be keyed."""
    body = "\0".join(parts).encode()
    return hmac.new(settings.REPEAT_KEY.encode(), body, hashlib.sha256).hexdigest()[:32]
