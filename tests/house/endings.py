"""How a role ends in the middle of a session."""

from datetime import timedelta

from accounts.actions import people
from accounts.models import RoleGrant
from accounts.states import Role
from foundation import clock
from foundation.clock import jst_day
from tests.cast import grant, make_staff, staff_viewer


def by_hand(one: RoleGrant) -> None:
    """A colleague ends it. Nobody is the last of their kind by that."""
    above = Role.ADMIN if one.role in (Role.ADMIN, Role.COORDINATOR) else Role.COORDINATOR
    boss = make_staff(f"boss-{one.pk}")
    grant(boss, above, one.program)
    if one.role in (Role.ADMIN, Role.COORDINATOR):
        grant(make_staff(f"next-{one.pk}"), Role(one.role), one.program)
    people.end(staff_viewer(boss), grant=one.pk, reason="おわり", now=clock.now())


def by_the_clock(one: RoleGrant) -> None:
    """Its last day is over. Nobody rings."""
    RoleGrant.objects.filter(pk=one.pk).update(expires_on=jst_day(clock.now()) - timedelta(days=1))


ENDS = {"by a hand": by_hand, "by the clock": by_the_clock}
