"""A text that is kept but must not be read from a stolen database: sealed, bound to its place.

AES-256-GCM (NIST SP 800-38D) under a key that is outside the database. Whatever was changed, cut
or moved to another row doesn't open. There is no other way to read it and no fallback.
"""

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_MARK = "s1."
_NONCE = 12  # bytes; random, so one key is good for 2**32 texts


class CannotOpen(Exception):
    """Not sealed by this key for this place. It says nothing of what was inside."""


def place(table: str, row: int | str, column: str) -> str:
    """Where a sealed text lies. The same text sealed for another place doesn't open here."""
    return f"{table}|{row}|{column}"


def seal(text: str, *, at: str) -> str:
    """The text, unreadable; different at each call. `at` is a `place`."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key()).encrypt(nonce, text.encode(), at.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, at: str) -> str:
    """The text again. Raises `CannotOpen` for anything that `seal` didn't make for this place."""
    if not sealed.startswith(_MARK):
        raise CannotOpen
    try:
        raw = base64.b64decode(sealed[len(_MARK) :].encode("ascii"), altchars=b"-_", validate=True)
        return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], at.encode()).decode()
    except (InvalidTag, ValueError, binascii.Error):
        raise CannotOpen from None


def _key() -> bytes:
    # The secret is a text of any length; AES wants 32 bytes.
    return hashlib.sha256(b"ibasho sealed 1:" + settings.SEALING_KEY.encode()).digest()
