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


def seal(text: str, *, at: str, under: bytes | None = None) -> str:
    """The text, unreadable; different at each call. `at` is a `place`.

    `under` is a key of its own (`open_key`); without one it is the house's.
    """
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(under or _keys()[0]).encrypt(nonce, text.encode(), at.encode())
    return _MARK + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, at: str, under: bytes | None = None) -> str:
    """The text again. Raises `CannotOpen` for anything that `seal` didn't make for this place."""
    raw = _raw(sealed)
    for key in (under,) if under else _keys():
        try:
            return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], at.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen


def new_key(*, at: str) -> str:
    """A key of its own for what may have to become unreadable: itself sealed, for `open_key`.

    Whoever throws it away has thrown away everything that was sealed under it.
    """
    return seal(base64.b64encode(secrets.token_bytes(32)).decode(), at=at)


def open_key(sealed: str, *, at: str) -> bytes:
    """What `new_key` made, for `under`. Raises `CannotOpen`."""
    return base64.b64decode(unseal(sealed, at=at))


def is_old(sealed: str, *, at: str) -> bool:
    """Whether only a key from before the last change opens it. Raises `CannotOpen`."""
    raw = _raw(sealed)
    try:
        AESGCM(_keys()[0]).decrypt(raw[:_NONCE], raw[_NONCE:], at.encode())
    except (InvalidTag, ValueError):
        unseal(sealed, at=at)
        return True
    return False


def _raw(sealed: str) -> bytes:
    if not sealed.startswith(_MARK):
        raise CannotOpen
    try:
        return base64.b64decode(sealed[len(_MARK) :].encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise CannotOpen from None


def _keys() -> list[bytes]:
    # The secrets are texts of any length; AES wants 32 bytes. The first seals, every one opens.
    return [
        hashlib.sha256(b"ibasho sealed 1:" + key.encode()).digest()
        for key in (settings.SEALING_KEY, settings.SEALING_KEY_BEFORE)
        if key
    ]
