"""The yearly publication that the grant requires: a program's words to its figures, then to all."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from reports.actions.noting import note
from reports.models import Closing, Remark
from reports.policies import must_coordinate
from reports.states import CLOSING_MOVES, ClosingState, closing_state


def write_remarks(
    viewer: Viewer, *, program: int, closing: int, words: Mapping[str, str], now: datetime
) -> None:
    """What is said of indicators (by code) in the year of a closing; empty words take it away.

    Also after the year was published: what is said may be put better, the figures stay. Raises
    `Refused("not_found")`, for a code that the closing doesn't have too.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = _locked(program, closing)
        if not set(words) <= {one["code"] for one in row.figures}:
            raise Refused("not_found")
        known = {one.code: one for one in row.remarks.all()}
        changed = []
        for code, said in sorted((code, text.strip()) for code, text in words.items()):
            old = known.get(code)
            if said == ("" if old is None else old.words):
                continue
            changed.append(code)
            if not said:
                Remark.objects.filter(closing=row, code=code).delete()
                continue
            Remark.objects.update_or_create(
                closing=row, code=code, defaults={"words": said, "by": actor, "at": now}
            )
        if changed:
            note(
                viewer, "remark", what="sheet", number=f"{row.sheet}:{row.year}", program=program,
                fields=changed, now=now,
            )  # fmt: skip


def publish(viewer: Viewer, *, program: int, closing: int, now: datetime) -> None:
    """Let anyone read a closed year. Raises `Refused`: `not_found`, `unchecked` as long as nobody
    else confirmed the closing, `already`.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = _locked(program, closing)
        if row.published_at is not None:
            raise Refused("already")
        stands = closing_state(
            checked=row.checked_at is not None, sent_back=row.sent_back_at is not None,
            published=False,
        )  # fmt: skip
        if ClosingState.PUBLISHED not in CLOSING_MOVES[stands]:
            raise Refused("unchecked")
        row.published_by, row.published_at = actor, now
        row.save(update_fields=["published_by", "published_at"])
        note(
            viewer, "publish", what="sheet", number=f"{row.sheet}:{row.year}", program=program,
            now=now,
        )  # fmt: skip


def _locked(program: int, closing: int) -> Closing:
    row = (
        Closing.objects.select_for_update()
        .filter(pk=closing, program=program, sent_back_at=None)
        .first()
    )
    if row is None:
        raise Refused("not_found")
    return row
