"""Texts that people read: every change is a new version, and none is ever lost."""

from datetime import datetime

from django.db import IntegrityError, transaction

from foundation.refusals import Refused
from programs.models import Text
from programs.states import TextKey


def write(*, program: int, key: TextKey, body: str, after: int, now: datetime) -> Text:
    """The version that follows `after` (0: there was none).

    Raises `Refused`: `changed_meanwhile` when another version already follows it, `same` when
    nothing is different.
    """
    versions = Text.objects.filter(program_id=program, key=key)
    newest = versions.order_by("-version").first()
    if (newest.version if newest else 0) != after:
        raise Refused("changed_meanwhile")
    if newest is not None and newest.body == body:
        raise Refused("same")
    try:
        with transaction.atomic():
            return Text.objects.create(
                program_id=program, key=key, version=after + 1, body=body, at=now
            )
    except IntegrityError:
        raise Refused("changed_meanwhile") from None
