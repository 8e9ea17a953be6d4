"""What runs out soon: roles by their last day, printed sheets by their last codes. Reads."""

from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator

from accounts import policies, queries, sentences
from accounts.states import SOON, Role
from accounts.viewer import Viewer
from foundation.clock import jst_day
from foundation.refusals import Refused

LOW = 5  # codes left on a sheet, from which on people are told
MOST = 100


@dataclass(frozen=True, slots=True)
class Ending:
    """Somebody's role that ends soon; an admin's is of no program."""

    who: str
    name: str
    program: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class LowSheet:
    """Somebody's printed sheet with few codes left."""

    who: str
    left: int


def sheet_of(staff: int) -> tuple[int, int | None]:
    """The number of the codes that somebody holds (0: none), and what a printed sheet has left
    (None: they aren't a sheet's).
    """
    rows = Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES)
    found = rows.order_by("-pk").values_list("pk", "data").first()
    if found is None:
        return 0, None
    number, data = found
    return number, len(data["migrated_codes"]) if data.get("sheet") else None


def own(viewer: Viewer, *, by_code: bool, now: datetime) -> list[str]:
    """What the viewer is told on every page of staff; nothing before their second factor.

    Their sheet is asked for only if they came in `by_code`: else it hasn't grown shorter.
    """
    if viewer.staff is None or not viewer.verified or not viewer.grants:
        return []
    told = sentences.own_endings(viewer, today=jst_day(now))
    left = sheet_of(viewer.staff)[1] if by_code else None
    return told if left is None or left > LOW else [*told, sentences.own_sheet(left)]


def roles_of_others(viewer: Viewer, *, now: datetime) -> list[Ending]:
    """Of a coordinator's programs, for an admin of every one; the first to end first."""
    return [
        Ending(
            who=one.staff.username,
            name=sentences.role_name(Role(one.role)),
            program=one.program.name if one.program else "",
            expires_on=one.expires_on,
        )
        for one in queries.expiring(viewer, within=SOON, now=now)
        if one.staff_id != viewer.staff
    ]


def sheets_of_others(viewer: Viewer) -> list[LowSheet]:
    """Low ones, in place of which the viewer may issue another."""
    # A list without a sixth entry: asked so, both engines answer, and few rows are read.
    low = Authenticator.objects.filter(
        type=Authenticator.Type.RECOVERY_CODES, data__sheet=True,
        **{f"data__migrated_codes__{LOW}__isnull": True}, user__is_active=True,
    )  # fmt: skip
    rows = low.exclude(user=viewer.staff).select_related("user").order_by("pk")[:MOST]
    return [
        LowSheet(one.user.get_username(), len(one.data["migrated_codes"]))
        for one in rows
        if _may_issue(viewer, one.user_id)
    ]


def _may_issue(viewer: Viewer, staff: int) -> bool:
    try:
        policies.may_keep(viewer, staff, held=queries.held_by(staff))
    except Refused:
        return False
    return True
