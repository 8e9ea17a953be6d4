"""A body's program begins, and whether its rooms may be kept by one alone."""

from django.db import IntegrityError, transaction

from foundation.refusals import Refused
from programs.actions.changing import Changes
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


def let_open_alone(*, program: int, allowed: bool, seen: bool) -> Changes:
    """Whether one supporter alone may open a room; what was different.

    `seen` is what stood on the page. Raises `Refused`: `changed_meanwhile`, `alone_so` where it
    is so already.
    """
    with transaction.atomic():
        row = Program.objects.select_for_update(no_key=True).get(pk=program)
        if row.may_open_alone != seen:
            raise Refused("changed_meanwhile")
        if row.may_open_alone == allowed:
            raise Refused("alone_so")
        row.may_open_alone = allowed
        row.save(update_fields=["may_open_alone"])
    return {"may_open_alone": [seen, allowed]}
