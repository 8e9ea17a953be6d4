"""How one's own desk shows things."""

from collections.abc import Iterable

from accounts.policies import must_hold
from accounts.viewer import Viewer
from chat.states import ItemKind
from duty.policies import TEAM
from moderation.models import DeskChoice


def choose(viewer: Viewer, *, blurred: bool, without: Iterable[ItemKind]) -> None:
    """Words blurred until looked at; kinds whose words aren't shown. Told to nobody."""
    staff = must_hold(viewer, *TEAM)
    DeskChoice.objects.update_or_create(
        staff_id=staff,
        defaults={"blurred": blurred, "without": sorted(one.value for one in without)},
    )
