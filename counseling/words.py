"""What is written here is looked at first: words of need are heard, ways to reach someone stopped.

Contact details have one place, the vault. Everywhere else they are refused, whoever writes them.
"""

from accounts import passphrase
from chat.screening import screen
from foundation.refusals import Refused


def heard(text: str, *, passphrase_key: str | None = None) -> bool:
    """Whether the words call for someone. Raises `Refused`: `contact`, `passphrase`."""
    if passphrase.contained_in(text, passphrase_key):
        raise Refused("passphrase")
    found = screen(text)
    if found.contact:
        raise Refused("contact")
    return found.crisis


def must_hold_no_contact(*texts: str) -> None:
    """What staff write holds no way to reach anyone. Raises `Refused("contact")`."""
    if any(screen(text).contact for text in texts if text):
        raise Refused("contact")
