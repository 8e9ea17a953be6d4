"""What the menu of figures leads to: exactly what whoever looks may open."""

from django.utils.translation import gettext_lazy as _

from accounts.states import Role
from accounts.viewer import Viewer
from reports.policies import READERS
from reports.registers import KEEPERS

USERS = (Role.ANALYST, Role.COORDINATOR)
HANDLERS = (Role.COORDINATOR, Role.AUDITOR)
_MENU = (
    ("reports", _("報告"), READERS),
    ("reports-usage", _("利用状況"), USERS),
    ("reports-import", _("記録の取り込み"), KEEPERS),
    ("reports-sites", _("窓口と居場所"), KEEPERS),
    ("reports-trainings", _("研修"), KEEPERS),
    ("reports-supports", _("派遣・支援・会議"), KEEPERS),
    ("reports-offices", _("サテライトへの来所"), KEEPERS),
    ("reports-effects", _("効果検証"), KEEPERS),
    ("reports-own-entries", _("自分が確認した記録"), KEEPERS),
    ("reports-notes", _("備考を消す"), HANDLERS),
    ("reports-returns", _("月次ファイル"), HANDLERS),
)


def of(viewer: Viewer) -> list[tuple[str, str]]:
    """(name of the address, title) of what this person may open."""
    return [
        (address, str(title))
        for address, title, roles in _MENU
        if any(viewer.holds(role) for role in roles)
    ]
