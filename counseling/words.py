"""What is written here is looked at first: words of need are heard, ways to reach someone stopped.

Contact details have one place, the vault. Everywhere else they are refused, whoever writes them.
"""

from dataclasses import dataclass

from accounts import passphrase
from chat import in_force
from chat.screening import screen
from counseling.states import Detail
from foundation.refusals import Refused

_KINDS = {"phone": Detail.TELEPHONE, "mail": Detail.MAIL, "address": Detail.ADDRESS}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard: a call for someone counts also where the words aren't taken."""

    in_need: bool
    refusal: str  # `contact`, `passphrase`; "" where nothing stands against them

    def must_pass(self) -> None:
        """Raises `Refused`: `contact`, `passphrase`."""
        if self.refusal:
            raise Refused(self.refusal)


def heard(*texts: str, program: int, passphrase_key: str | None = None) -> Heard:
    """Look at all of it: a later line may hold what is refused, or call for someone.

    By the house's rules and the program's own, as in a room.
    """
    own = in_force.lexicons(program)
    found = [screen(text, more=own) for text in texts]
    refusal = "contact" if any(one.contact for one in found) else ""
    if any(passphrase.contained_in(text, passphrase_key) for text in texts):
        refusal = "passphrase"
    return Heard(any(one.crisis for one in found), refusal)


def must_hold_no_contact(*texts: str) -> None:
    """What staff write holds no way to reach anyone. Raises `Refused("contact")`."""
    if any(screen(text).contact for text in texts if text):
        raise Refused("contact")


def looks_like(text: str) -> Detail:
    """What of a vault a text was recognised as; several at once, or none by itself, is `OTHER`:
    what was agreed to go out as a telephone number takes no address along.
    """
    found = {
        _KINDS.get(one.rule, Detail.OTHER) for one in screen(text).findings if one.kind == "contact"
    }
    return found.pop() if len(found) == 1 else Detail.OTHER
