"""知っている人かもしれない: whose words and items a member of staff isn't shown. Reads."""

from collections.abc import Collection, Iterable
from typing import Any

from accounts.viewer import Viewer
from chat.models import Item, Message, Postcard, Recusal
from chat.promises import recused_from as recused_from
from chat.states import ItemKind
from foundation.refusals import Refused
from moderation.models import Act, Appeal, Quoted


def hidden_from(viewer: Viewer) -> set[int]:
    """The participants of whom they read nothing, by number."""
    rows = Recusal.objects.filter(staff=viewer.staff or 0).order_by("pk")
    return set(rows.values_list("participant", flat=True))


def must_read(viewer: Viewer, participant: int | None) -> None:
    """Whom one may know isn't there for one. Raises `Refused("not_found")`."""
    if participant is not None and participant in hidden_from(viewer):
        raise Refused("not_found")


def must_read_item(viewer: Viewer, item: Item | None) -> None:
    """The same of what waits. Raises `Refused("not_found")`."""
    if item is not None:
        must_read(viewer, person_of(item))


def person_of(item: Item) -> int | None:
    """Whom it is about; an objection has no seat and is about whoever objects."""
    if item.kind != ItemKind.APPEAL:
        return item.seat.participant_id if item.seat is not None else None
    told = Appeal.objects.filter(pk=appeal_of(item))
    return told.values_list("act__participant", flat=True).first()


def appeal_of(item: Item) -> int:
    """The number of the objection that an objection's item is about."""
    return int(item.subject.partition(":")[2])


def appeals_of(participants: Collection[int]) -> list[str]:
    """The subjects of the items of these people's objections."""
    told = Appeal.objects.filter(act__participant__in=participants).order_by("pk")
    return [f"appeal:{key}" for key in told.values_list("pk", flat=True)]


def without_hidden(viewer: Viewer, said: Iterable[Message]) -> list[Message]:
    """Messages (with their seats) but those of whom they may know, and cards read for them."""
    rows, hidden = list(said), hidden_from(viewer)
    if not hidden:
        return rows
    read = Postcard.objects.filter(message__in=rows, murmur__seat__participant__in=hidden)
    cards = set(read.order_by("pk").values_list("message", flat=True))
    return [
        one for one in rows
        if one.pk not in cards and (one.seat is None or one.seat.participant_id not in hidden)
    ]  # fmt: skip


def evidence_for(viewer: Viewer, act: Act) -> dict[str, Any]:
    """What an act keeps, without the words and names of those of whom they may know."""
    kept: dict[str, Any] = dict(act.evidence)
    quoted = Quoted.objects.filter(act=act, participant__in=hidden_from(viewer))
    places = {place for one in quoted.order_by("pk") for place in one.places}
    for name in ("context", "reports"):
        if name in kept:
            lines = enumerate(kept[name])
            kept[name] = [line for number, line in lines if f"{name}.{number}" not in places]
    if "text" in places:
        kept |= {"text": "", "veil": "", "handle": "", "mark": ""}
    return kept
