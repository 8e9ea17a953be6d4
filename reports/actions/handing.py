"""Monthly files over a page: who may hand one out or take one in, and a line in the log."""

from datetime import date, datetime

from django.db import DatabaseError, transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs.models import Program
from reports import returning
from reports.actions import returns
from reports.actions.looking import SHORTEST
from reports.actions.noting import note
from reports.actions.returns import Taken
from reports.models import Install
from reports.policies import must_audit, must_coordinate
from reports.returning import BadReturn


def write_return(
    viewer: Viewer, *, program: int, month: str, reason: str, now: datetime
) -> tuple[str, bytes]:
    """A month that is over, as (the program's slug, its signed file).

    The file holds entries whole, with nothing hidden: an auditor's, with a reason. Raises what
    `must_audit` raises, and `Refused`: `no_such_month`, `no_reason`.
    """
    must_audit(viewer, program=program)
    if len(reason.strip()) < SHORTEST:
        raise Refused("no_reason")
    if not returning.is_month(month) or date.fromisoformat(f"{month}-01") >= jst_day(now).replace(
        day=1
    ):
        raise Refused("no_such_month")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        record(
            viewer.staff, role=Role.AUDITOR, verb="return.written", object_type="return",
            object_id=f"{house.slug}/{month}", program=program, reason=reason.strip(), now=now,
        )  # fmt: skip
        return house.slug, returns.write_return(program=house.slug, month=month)


def join(viewer: Viewer, *, program: int, name: str, public_key: str, now: datetime) -> Install:
    """Make a house known by its key. Raises what `must_coordinate` raises, and `BadReturn`."""
    must_coordinate(viewer, program=program)
    with transaction.atomic():
        # A key that is there is changed by the command alone: whose files count hangs on it.
        if Install.objects.filter(name=name).exclude(public_key=public_key).exists():
            raise BadReturn(
                "この名前の団体は、べつの鍵で登録されています。技術担当者に伝えてください。"
            )
        row = returns.join(name=name, public_key=public_key, now=now)
        note(viewer, "return.joined", what="install", number=row.pk, program=program, now=now)
    return row


def take_return(viewer: Viewer, *, data: bytes, now: datetime) -> Taken:
    """Take a file in, for a program that the viewer coordinates. Raises `BadReturn`."""
    sent = returning.read(data)
    house = Program.objects.filter(slug=sent.program).first()
    if house is None or not viewer.holds(Role.COORDINATOR, program=house.pk):
        raise BadReturn("あなたの事業のファイルではありません。")
    try:
        with transaction.atomic():
            taken = returns.take_return(data, now=now)
            note(
                viewer, "return.taken", what="return", number=f"{house.slug}/{taken.month}",
                program=house.pk, now=now,
            )  # fmt: skip
    except (Refused, ValueError, DatabaseError):
        raise BadReturn("取り込みませんでした。数えられない行があります。") from None
    return taken
