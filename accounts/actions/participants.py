"""What a participant does: enter, come back, leave, rename, erase."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from accounts import belongings, nicknames, passphrase, policies, queries, seats
from accounts.guesses import wait_before
from accounts.models import Participant
from accounts.standing import bump
from accounts.viewer import VISITOR, Viewer
from foundation.refusals import Refused

__all__ = [
    "bump", "come_back", "enter", "erase", "leave", "make_passphrase", "offer_handle", "rename",
    "touch", "unlock",
]  # fmt: skip

TOUCH_EVERY = timedelta(hours=1)
_OFFERS = 20


def enter(viewer: Viewer, *, session: SessionBase, handle: str, agreed: bool, now: datetime) -> int:
    """Become someone. The new participant's number.

    Raises `Refused`: `seated`, `not_agreed`, or what `nicknames.check` raises.
    """
    policies.must_be_free(viewer)
    policies.must_agree(agreed)
    kept = policies.may_be_called(
        handle, taken=queries.names_lately(VISITOR, now=now), supporters=queries.supporter_names()
    )
    made = Participant.objects.create(handle=kept, entered_at=now, seen_at=now)
    seats.sit(session, made.pk, now=now)
    return made.pk


def offer_handle(*, now: datetime) -> str:
    """A soft name that is nobody's just now."""
    taken = {nicknames.skeleton(name) for name in queries.names_lately(VISITOR, now=now)}
    supporters = queries.supporter_names()
    offered = nicknames.offer()
    for _ in range(_OFFERS):
        mine = nicknames.skeleton(offered)
        if mine not in taken and not nicknames.poses(mine, supporters=supporters):
            break
        offered = nicknames.offer()
    return offered


def come_back(
    viewer: Viewer, *, session: SessionBase, typed: str, address: str, now: datetime
) -> int:
    """Take one's seat again by 合言葉; its owner's number.

    `address` is an `address_key`. Wrong and unknown are one answer after equal work. The barred
    come back too: their data, the help lines and an appeal stay theirs; rooms refuse them.
    Raises `Refused`: `seated`, `too_fast` (with `retry_after`) or `wrong_passphrase`.
    """
    policies.must_be_free(viewer)
    _slow_down(address, now=now)
    found = queries.found_by(passphrase.key_of(typed))
    if found is None:
        raise Refused("wrong_passphrase")
    seats.sit(session, found, now=now)
    touch(found, now=now)
    return found


def unlock(viewer: Viewer, *, session: SessionBase, typed: str, now: datetime) -> None:
    """Show that it is still the same person. Raises `Refused`: `too_fast`, `wrong_passphrase`."""
    participant = policies.must_be_entered(viewer)
    _slow_down(f"seat-{participant}", now=now)
    if queries.found_by(passphrase.key_of(typed)) != participant:
        raise Refused("wrong_passphrase")
    seats.wake(session, now=now)
    touch(participant, now=now)


def _slow_down(key: str, *, now: datetime) -> None:
    if wait := wait_before(key, now=now):
        raise Refused("too_fast", retry_after=wait)


def leave(viewer: Viewer, *, session: SessionBase) -> None:
    """Leave no trace in this browser. The session goes first: whoever is rung finds it gone."""
    participant = viewer.participant  # a lazy viewer is read from the session: before it goes
    session.flush()
    if participant is not None:
        bump(participant)


def rename(viewer: Viewer, *, handle: str, now: datetime) -> str:
    """Go by another name; the name as it is kept. Raises what `nicknames.check` raises."""
    participant = policies.must_be_entered(viewer)
    kept = policies.may_be_called(
        handle, taken=queries.names_lately(viewer, now=now), supporters=queries.supporter_names()
    )
    with transaction.atomic():
        Participant.objects.filter(pk=participant).update(handle=kept)
        bump(participant)
    touch(participant, now=now)
    return kept


def make_passphrase(viewer: Viewer, *, session: SessionBase, now: datetime) -> str:
    """Make the 合言葉, or a new one in its place; it is returned this once and kept nowhere.

    Seats that were taken with the old one end.
    """
    participant = policies.must_be_entered(viewer)
    made = passphrase.make()
    with transaction.atomic():
        Participant.objects.filter(pk=participant).update(
            passphrase_key=passphrase.key_of(made), passphrase_at=now
        )
        # The seat of this very session first: the ring on commit makes every socket ask again.
        seats.renewed(session, now=now)
        session.save()
        bump(participant)
    touch(participant, now=now)
    return made


def erase(viewer: Viewer, *, session: SessionBase, sure: bool, now: datetime) -> None:
    """Everything of this person goes, at once. Raises `Refused("not_sure")`."""
    participant = policies.must_be_entered(viewer)
    if not sure:
        raise Refused("not_sure")
    belongings.erase_all(participant, now=now)
    session.flush()


def touch(participant: int, *, now: datetime) -> None:
    """Note that they were here; written at most once an hour."""
    Participant.objects.filter(pk=participant, seen_at__lt=now - TOUCH_EVERY).update(seen_at=now)
