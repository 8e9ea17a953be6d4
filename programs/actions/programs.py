"""A body's program begins."""

from django.db import IntegrityError, transaction

from foundation.refusals import Refused
from programs.models import Program


def create(*, slug: str, name: str, prefecture_code: str, may_open_alone: bool) -> Program:
    """One more. Raises `Refused("program_taken")` when the slug is another one's."""
    try:
        with transaction.atomic():
            return Program.objects.create(
                slug=slug, name=name, prefecture_code=prefecture_code,
                may_open_alone=may_open_alone,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("program_taken") from None
