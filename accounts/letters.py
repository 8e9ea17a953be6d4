"""てがみ: what was said to a participant while they were away.

Every floor above may write one, inside the transaction of the deed it tells of. That it was opened
is told to nobody; `read_at` only starts the 30 days after which it goes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from accounts.models import Letter
from accounts.standing import bump
from accounts.viewer import Viewer
from foundation.refusals import Link

KEPT_AFTER_READING = timedelta(days=30)
MOST = 200  # shown, newest first
_CHUNK = 250  # rows a transaction: SQLite's one lock is never held for long
_HREFS = ("/", "https://", "tel:")


class Kind(StrEnum):
    """What a letter is; as `card.kind` on the wire."""

    CARE = "care"
    CONTACT = "contact"
    WARNING = "warning"
    INVITATION = "invitation"
    REPLY = "reply"


def write(
    participant: int,
    *,
    kind: Kind | str,
    title: str,
    text: str,
    links: Sequence[Link] = (),
    now: datetime,
) -> Letter:
    """Leave a letter, inside the caller's transaction; the person's sockets learn on commit.

    A link that leads elsewhere than into this house, to https or to a telephone is a ValueError.
    """
    if any(not link.href.startswith(_HREFS) or link.href.startswith("//") for link in links):
        raise ValueError("a letter's link must be a path, https: or tel:")
    letter = Letter.objects.create(
        participant_id=participant,
        kind=Kind(kind),
        title=title,
        text=text,
        links=[
            {"label": link.label, "href": link.href} | ({"post": True} if link.post else {})
            for link in links
        ],
        at=now,
    )
    bump(participant)
    return letter


def waiting(participant: int) -> bool:
    """Whether one is still unread. Never how many."""
    return Letter.objects.filter(participant_id=participant, read_at=None).exists()


def lies_unread(participant: int, *, title: str, href: str) -> bool:
    """Whether one of this title that leads there waits to be opened: another would say no more."""
    unread = Letter.objects.filter(participant_id=participant, read_at=None, title=title)
    kept = unread.order_by("-id").values_list("links", flat=True)[:MOST]
    return any(link["href"] == href for links in kept for link in links)


def care_waiting(participant: int, *, since: datetime) -> Letter | None:
    """The newest unread card of where one can talk, no older than `since`."""
    cards = Letter.objects.filter(
        participant_id=participant, kind=Kind.CARE, read_at=None, at__gte=since
    )
    return cards.order_by("-id").first()


def newest(participant: int) -> int:
    """The number of the newest one, 0 without any."""
    last = Letter.objects.filter(participant_id=participant).order_by("-id").values_list("id")
    found = last.first()
    return found[0] if found else 0


def unread_after(participant: int, *, after: int) -> list[Letter]:
    """Unread ones with a greater number, oldest first."""
    unread = Letter.objects.filter(participant_id=participant, id__gt=after, read_at=None)
    return list(unread.order_by("id")[:MOST])


def all_of(viewer: Viewer) -> list[Letter]:
    """The viewer's own, newest first."""
    return list(
        Letter.objects.filter(participant_id=viewer.participant or 0).order_by("-id")[:MOST]
    )


def one(viewer: Viewer, *, letter: int) -> Letter | None:
    """One of the viewer's own; someone else's doesn't exist for them."""
    return Letter.objects.filter(participant_id=viewer.participant or 0, id=letter).first()


def mark_read(viewer: Viewer, *, letter: int, now: datetime) -> None:
    """Its first opening. Nobody is told, so nothing is bumped."""
    mine = Letter.objects.filter(participant_id=viewer.participant or 0, id=letter, read_at=None)
    mine.update(read_at=now)


def purge(now: datetime) -> int:
    """Take away what was read more than 30 days ago; how many went."""
    gone = 0
    while True:
        old = Letter.objects.filter(read_at__lt=now - KEPT_AFTER_READING).order_by("id")
        due = list(old.values_list("id", flat=True)[:_CHUNK])
        if not due:
            return gone
        with transaction.atomic():
            gone += Letter.objects.filter(id__in=due).delete()[0]
