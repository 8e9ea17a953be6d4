"""What in a packet looks as if it told who somebody is, before it leaves. Pure.

Whoever asks agrees for themselves. Of an absent adult, who agreed to nothing, no number, address
or name may go along: the first two are refused, a name is asked about, since a form can't tell.
"""

from dataclasses import dataclass

from counseling.packet import Words
from counseling.states import Heading
from foundation.likely import Tells, tells
from foundation.refusals import Refused


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence under a heading, and what it seems to hold."""

    heading: str
    text: str
    kinds: tuple[Tells, ...]

    @property
    def of_the_absent(self) -> bool:
        """Whether it is said of somebody who hasn't agreed."""
        return self.heading == Heading.ABSENT


def seen_in(words: Words) -> list[Seen]:
    """The sentences that would leave and look as if they told who somebody is."""
    found = [Seen(heading, text, tells(text)) for heading, said in words.parts for text in said]
    return [one for one in found if one.kinds]


def must_not_reach_the_absent(words: Words) -> None:
    """No number and no address of who hasn't agreed. Raises `Refused("absent_reached")`."""
    if any(
        kind is not Tells.NAME for one in seen_in(words) if one.of_the_absent for kind in one.kinds
    ):
        raise Refused("absent_reached")


def seems_to_name_the_absent(words: Words) -> bool:
    """Whether somebody who hasn't agreed seems to be called by name."""
    return any(one.of_the_absent and Tells.NAME in one.kinds for one in seen_in(words))
