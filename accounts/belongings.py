"""Everything the house keeps of one person: shown, taken along, erased.

Rooms above `accounts` keep things too. They are named in `settings.BELONGINGS`, because arrows
point down; each such module has `shown`, `erase` and `TEMPLATE`, and may have `TITLE`, `stays`
(what an erasure leaves, and why), `holding` (whom no purge may take), and `purge`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from accounts.models import Letter, Participant
from foundation.bell import bell
from foundation.clock import wire

TITLE = "なまえ・合言葉・てがみ"
TEMPLATE = "accounts/_kept.html"
_TRIES = 3
# An unread letter keeps its person's place so long.
LETTER_WAITS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Section:
    """What one room of the house keeps, for /me/."""

    title: str
    template: str
    kept: dict[str, object]


def sections(participant: int) -> list[Section]:
    """What is kept, room by room; `accounts`' own first."""
    own = Section(title=TITLE, template=TEMPLATE, kept=shown(participant))
    return [own] + [
        Section(
            title=getattr(module, "TITLE", "部屋でのこと"),
            template=module.TEMPLATE,
            kept=module.shown(participant),
        )
        for module in _modules()
    ]


def export(participant: int, *, now: datetime) -> dict[str, object]:
    """Everything, as it goes into the file that its owner takes along."""
    kept: dict[str, object] = {"exported_at": wire(now), "accounts": shown(participant)}
    for module in _modules():
        kept[module.__name__.split(".")[0]] = module.shown(participant)
    return kept


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that isn't erased with its person: what, with whom, until when, why."""

    what: str
    with_whom: str
    until: str
    why: str


def staying(participant: int) -> list[Stays]:
    """What would stay if they erased themselves now."""
    return [
        one
        for module in _modules()
        if hasattr(module, "stays")
        for one in module.stays(participant)
    ]


def held(participants: Collection[int], *, now: datetime) -> set[int]:
    """Those of them whom no purge may take: something of theirs is still going on."""
    waiting = Letter.objects.filter(
        participant__in=participants, read_at=None, at__gt=now - LETTER_WAITS
    )
    found = set(waiting.order_by().values_list("participant_id", flat=True))
    for module in _modules():
        if hasattr(module, "holding"):
            found |= module.holding(participants)
    return found


def purges(*, now: datetime) -> Iterator[tuple[str, int]]:
    """What is past its time in the rooms above goes: (class, rows gone), step by step."""
    for module in _modules():
        if hasattr(module, "purge"):
            yield from module.purge(now=now)


def shown(participant: int) -> dict[str, object]:
    """`accounts`' own part. The 合言葉 itself isn't here: it isn't kept."""
    row = Participant.objects.get(pk=participant)
    letters = Letter.objects.filter(participant_id=participant).order_by("id")
    return {
        "handle": row.handle,
        "entered_at": wire(row.entered_at),
        "seen_at": wire(row.seen_at),
        "has_passphrase": row.passphrase_key is not None,
        "passphrase_at": wire(row.passphrase_at) if row.passphrase_at else None,
        "letters": [
            {
                "kind": letter.kind,
                "title": letter.title,
                "text": letter.text,
                "links": letter.links,
                "at": wire(letter.at),
                "read_at": wire(letter.read_at) if letter.read_at else None,
            }
            for letter in letters
        ],
    }


def erase_all(participant: int, *, now: datetime) -> None:
    """Everything goes: the rooms' part, letters, and the person's own row last.

    The rooms' part goes in chunks, so that nobody waits for it. The last transaction looks once
    more for what came meanwhile and takes the row away, so that nothing can come after it. Cut off
    half-way, it is simply asked for again. Sockets learn on commit, and find nobody.
    """
    for module in _modules():
        module.erase(participant, now=now)
    for left in reversed(range(_TRIES)):
        try:
            _erase_last(participant, now=now)
            return
        except (
            OperationalError,
            IntegrityError,
        ):  # a deadlock with, or a seat taken by, this person
            if not left:
                raise


def _erase_last(participant: int, *, now: datetime) -> None:
    with transaction.atomic():
        mine = Participant.objects.filter(pk=participant)
        # Locked first: nobody can take a seat for someone who is going.
        version = mine.select_for_update().values_list("version", flat=True).first()
        for module in _modules():
            module.erase(participant, now=now)
        mine.delete()
        transaction.on_commit(partial(bell.person, participant, (version or 0) + 1))


def _modules() -> list[ModuleType]:
    return [import_module(name) for name in settings.BELONGINGS]
