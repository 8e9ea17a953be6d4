"""Reads of `accounts`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore

from accounts import seats
from accounts.models import Participant, Staff
from accounts.viewer import SESSION_PARTICIPANT, VISITOR, Viewer

LATELY = timedelta(hours=2)  # `seen_at` moves hourly
MOST_NAMES = 500


def viewer_of(session: SessionBase) -> Viewer:
    """Who this session is. A seat whose person is gone or whose 合言葉 was renewed is nobody's."""
    if SESSION_PARTICIPANT in session:
        held = seats.held_by(session)
        if held is None or not _stands(session, held):
            return VISITOR
        return Viewer(participant=held, session=session.session_key)
    if SESSION_STAFF in session:
        user: Any = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
        if user.is_authenticated:
            return Viewer(staff=user.pk, session=session.session_key)
    return VISITOR


def viewer_from_session(session_key: str | None) -> Viewer:
    """Who a session's key stands for; an unknown or expired one is a visitor's. Any thread."""
    if not session_key:
        return VISITOR
    return viewer_of(SessionStore(session_key))


def signed_in(session_key: str | None, participant: int) -> bool:
    """Whether this session still holds this participant: for sockets, to be asked again."""
    return viewer_from_session(session_key).participant == participant


def _stands(session: Mapping[str, Any] | SessionBase, participant: int) -> bool:
    row = Participant.objects.filter(pk=participant).values_list("passphrase_at").first()
    return row is not None and seats.is_good(session, row[0])


def handle_of(viewer: Viewer) -> str:
    """The viewer's own name; empty for who has none."""
    if viewer.participant is None:
        return ""
    return (
        Participant.objects.filter(pk=viewer.participant or 0)
        .values_list("handle", flat=True)
        .first()
        or ""
    )


def me(viewer: Viewer) -> Participant | None:
    """The viewer's own row."""
    return Participant.objects.filter(pk=viewer.participant or 0).first()


def has_passphrase(viewer: Viewer) -> bool:
    """Whether the viewer could come back from another device."""
    mine = Participant.objects.filter(pk=viewer.participant or 0)
    return mine.exclude(passphrase_key=None).exists()


def found_by(key: str) -> int | None:
    """The participant whose 合言葉 has this key. One look into a unique index, found or not."""
    return Participant.objects.filter(passphrase_key=key).values_list("pk", flat=True).first()


def supporter_names() -> list[str]:
    """Names that members of staff go by in rooms."""
    names = Staff.objects.filter(is_active=True).exclude(display_name="").order_by("pk")
    return list(names.values_list("display_name", flat=True)[:MOST_NAMES])


def names_lately(viewer: Viewer, *, now: datetime) -> list[str]:
    """Names of others who were here a short while ago."""
    since = now - LATELY
    there = Participant.objects.filter(seen_at__gte=since).exclude(pk=viewer.participant or 0)
    return list(there.order_by("-seen_at").values_list("handle", flat=True)[:MOST_NAMES])
