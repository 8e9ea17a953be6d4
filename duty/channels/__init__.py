"""How a call leaves the house: web push and e-mail. Neither says what it is about.

`deliver` is one try over one way, without the database; what a try meets is `Undelivered`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from duty.channels import mail, push
from duty.channels.trouble import Trouble, Undelivered
from duty.states import Channel

__all__ = ["Trouble", "Undelivered", "Way", "deliver", "works"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to somebody: an e-mail address, or a browser as it is kept (`key`, sealed)."""

    channel: Channel
    to: str
    key: str = ""


def works(channel: Channel) -> bool:
    """Whether the house could call over it at all, as it is set up."""
    return channel != Channel.EMAIL or bool(settings.CAN_MAIL)


def deliver(way: Way, *, now: datetime) -> None:
    """One try; some twenty seconds at most. Raises `Undelivered`."""
    if way.channel == Channel.PUSH:
        push.deliver(way.key, way.to, now=now)
    else:
        mail.deliver(way.to)
