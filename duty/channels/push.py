"""A call by Web Push: RFC 8030 over 8291 (encrypted), signed by RFC 8292 (VAPID).

What is sent is one byte: the browser's own worker knows the words, and they name nothing.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from fido2.utils import websafe_decode, websafe_encode
from py_vapid import Vapid02
from pywebpush import WebPusher

from duty.channels.outward import NotPublic, may_be_named, post
from duty.channels.trouble import Trouble, Undelivered
from foundation.refusals import Refused
from foundation.sealed import CannotOpen, place, seal, unseal

log = logging.getLogger("ibasho.duty")
# After two minutes the next one is called: later it would only frighten.
GOOD_FOR = 120  # seconds
SIGNED_FOR = timedelta(hours=1)
MOST_CHARACTERS = 2048
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser tells when it says yes (W3C Push API, `PushSubscription`)."""

    endpoint: str
    p256dh: str  # its public key: base64url, an uncompressed point of P-256
    auth: str  # 16 bytes, base64url


def checked(told: Mapping[str, str]) -> Subscription:
    """What was sent, if a call could go there. Raises `Refused("no_push_address")`."""
    endpoint, p256dh, auth = (told.get(name, "") for name in ("endpoint", "p256dh", "auth"))
    if len(endpoint) > MOST_CHARACTERS:
        raise Refused("no_push_address")
    try:
        may_be_named(endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), websafe_decode(p256dh))
        whole = len(websafe_decode(auth)) == 16
    except (NotPublic, ValueError):
        raise Refused("no_push_address") from None
    if not whole:
        raise Refused("no_push_address")
    return Subscription(endpoint, p256dh, auth)


def key_of(subscription: Subscription) -> str:
    """How it is found again; where it leads stands nowhere in the clear."""
    return hashlib.sha256(subscription.endpoint.encode()).hexdigest()


def sealed(subscription: Subscription) -> str:
    """As it is kept."""
    told = [subscription.endpoint, subscription.p256dh, subscription.auth]
    return seal(json.dumps(told), at=_at(key_of(subscription)))


def _at(key: str) -> str:
    return place("duty_pushaddress", key, "sealed")


def _private_key() -> ec.EllipticCurvePrivateKey:
    # Of the same secret that the subscriptions are sealed by: without it they are lost as well.
    made = HKDF(SHA256(), 48, salt=None, info=b"ibasho push 1").derive(
        settings.SEALING_KEY.encode()
    )
    return ec.derive_private_key(int.from_bytes(made) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """The house's own, for the browser (`applicationServerKey`), base64url."""
    key = _private_key().public_key()
    return websafe_encode(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def deliver(key: str, kept: str, *, now: datetime) -> None:
    """To one browser, as `sealed` keeps it under its `key_of`. Raises `Undelivered`."""
    try:
        told = Subscription(*json.loads(unseal(kept, at=_at(key))))
    except CannotOpen:
        raise Undelivered(Trouble.GONE, final=True) from None
    try:
        status = post(told.endpoint, body=_encrypted(told), headers=_headers(told, now=now))
    except NotPublic:
        raise Undelivered(Trouble.REFUSED, final=True) from None
    except OSError as silence:
        log.warning("a call couldn't be pushed: %s", type(silence).__name__)
        raise Undelivered(Trouble.SILENT) from None
    if status in (404, 410):  # RFC 8030, 7.3: never again
        raise Undelivered(Trouble.GONE, final=True)
    if not 200 <= status < 300:
        log.warning("a call couldn't be pushed: %s", status)
        raise Undelivered(Trouble.REFUSED, final=400 <= status < 500 and status != 429)


def _encrypted(told: Subscription) -> bytes:
    keys = {"p256dh": told.p256dh, "auth": told.auth}
    body: bytes = WebPusher({"endpoint": told.endpoint, "keys": keys}).encode(b"1")["body"]
    return body


def _headers(told: Subscription, *, now: datetime) -> dict[str, str]:
    whole = urlsplit(told.endpoint)
    claims = {
        "aud": f"{whole.scheme}://{whole.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": _who_to_ask(),
    }
    return {
        **Vapid02(_private_key()).sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(GOOD_FOR),
        "Urgency": "high",
    }


def _who_to_ask() -> str:
    """Whom a push service would ask about these calls (RFC 8292, 2.1)."""
    origin: str = settings.ORIGINS[0]
    return origin if origin.startswith("https://") else f"mailto:{settings.DEFAULT_FROM_EMAIL}"
