"""How a "no" travels: from the policy that knows the reason to the door that says it.

A refusal never repeats what someone wrote, names anyone, or tells whether someone exists.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """Somewhere to go on from a refusal or a card. `post`: on a page it is a button that sends."""

    label: str
    href: str
    post: bool = False


class Refused(Exception):
    """A door may not be passed. `code` is one of the protocol's; `retry_after` is in seconds."""

    def __init__(
        self, code: str, *, retry_after: float | None = None, links: Sequence[Link] = ()
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.links = tuple(links)
