"""Telling a repeat from another text under the same nonce, without keeping the words."""

import hmac

from django.conf import settings

# Asked for at every post; the key stays what it was when the process began. Copied, not
# `hmac.digest`, which lets other threads in at every call: the writer and the loop would take turns
# at each message.
_KEYED = hmac.new(settings.REPEAT_KEY.encode(), digestmod="sha256")


def body_key(*parts: str) -> str:
    """A keyed hash of the parts, 32 hex characters. It outlives the words, so it must be keyed."""
    keyed = _KEYED.copy()
    keyed.update("\0".join(parts).encode())
    return keyed.hexdigest()[:32]
