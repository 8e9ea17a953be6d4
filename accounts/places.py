"""Where a member of staff may go, by role. A place that isn't built isn't shown."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from accounts.states import Role
from accounts.viewer import Viewer

HOME = "/accounts/"


@dataclass(frozen=True, slots=True)
class Place:
    """An address and what it is for."""

    address: str
    title: str
    roles: tuple[Role, ...]


# In the order in which someone with several roles is led there first.
_PLACES = (
    (
        "/moderation/",
        _("見守りの机"),
        (Role.SUPPORTER, Role.COORDINATOR),
    ),
    ("/moderation/review/", _("読みなおし"), (Role.REVIEWER, Role.COORDINATOR)),
    ("/counseling/desk/", _("相談の机"), (Role.COUNSELOR,)),
    ("/counseling/desk/needs/", _("つらいことばのよびだし"), (Role.COUNSELOR, Role.COORDINATOR)),
    ("/counseling/desk/overdue/", _("おくれている訪問"), (Role.COUNSELOR, Role.COORDINATOR)),
    ("/counseling/desk/emergencies/", _("いのちの危険"), (Role.COUNSELOR, Role.COORDINATOR)),
    ("/counseling/desk/absences/", _("担当がいない相談"), (Role.COORDINATOR,)),
    (
        "/moderation/alerts/",
        _("よびだし（わたしのよばれ方）"),
        (Role.SUPPORTER, Role.COUNSELOR, Role.COORDINATOR, Role.REVIEWER),
    ),
    ("/manage/", _("運営"), (Role.COORDINATOR, Role.ADMIN)),
    ("/reports/", _("報告"), (Role.ANALYST, Role.AUDITOR, Role.COORDINATOR)),
    ("/reports/import/", _("記録の取り込みと台帳"), (Role.COUNSELOR,)),
    ("/accounts/audit/", _("日誌"), (Role.COORDINATOR, Role.ADMIN)),
    ("/manage/programs/", _("事業をつくる"), (Role.ADMIN,)),
    ("/manage/admins/", _("管理者"), (Role.ADMIN,)),
    ("/admin/", _("データの確認（見るだけ）"), (Role.ADMIN,)),
)
# Whose day begins elsewhere than at the first place of the list.
_FIRST = {Role.COORDINATOR: "/manage/", Role.COUNSELOR: "/counseling/desk/"}


def open_to(viewer: Viewer) -> list[Place]:
    """What this person may open today."""
    return [
        Place(address=address, title=str(title), roles=roles)
        for address, title, roles in _PLACES
        if any(viewer.holds(role) for role in roles) and _stands(address)
    ]


def first(viewer: Viewer) -> str:
    """Where a sign-in leads."""
    for role, address in _FIRST.items():
        if viewer.holds(role) and _stands(address):
            return address
    there = (one.address for one in open_to(viewer))
    return next((address for address in there if not address.startswith(HOME)), HOME)


def _stands(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
