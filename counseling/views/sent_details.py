"""What was sent of the vault, as every page that may show it tells it."""

from collections.abc import Iterable

from counseling import onward_sentences as said
from counseling import sentences
from counseling.models import SentDetail


def shown(rows: Iterable[SentDetail]) -> list[dict[str, object]]:
    """One line for each detail and recipient; never what the detail says."""
    return [
        {
            "row": one,
            "kind": said.called(sentences.DETAILS, one.kind),
            "way": said.called(said.WAYS, one.by),
            "gone": said.called(said.GONE, one.gone) if one.gone else "",
        }
        for one in rows
    ]
