"""Which rule a program can't staff today, and what to do about it: for its coordinators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import open_grants
from accounts.states import Role
from duty.calls import tests_that_arrived
from duty.channels import works
from duty.colleagues import DEFAULT_CHANNELS, Keeper, keepers, name_of
from duty.models import AlertChoice, PushAddress, Shift
from duty.rota import Kept, Need, Stretch, gaps
from duty.states import STANDING, Channel, ShiftState
from foundation.clock import jst, jst_day

WEEK = timedelta(days=7)
# A test that was acknowledged longer ago says nothing of today.
TESTED_WITHIN = timedelta(days=90)
NAMED = 8

RULES = {
    "supporters": gettext_lazy("これから7日の、ひらく時間ぜんぶに、見守る人がいる"),
    "within_roles": gettext_lazy("当番の人は、その日まで役割をもっている"),
    "second_coordinator": gettext_lazy("統括が、ふたり以上いる"),
    "other_judge": gettext_lazy("判断を、べつの人が見なおせる"),
    "coordinator_reachable": gettext_lazy("統括のだれかに、机の外でも連絡がつく"),
    "tested_alarm": gettext_lazy("ためしのよびだしが本当に届いて、だれかがこたえた"),
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """One rule: what it is, whether it holds, and else what to do."""

    code: str
    rule: str
    ok: bool
    todo: str


def readiness(
    program: int, now: datetime, *, needs: Sequence[Need] | None = None
) -> list[Readiness]:
    """Every rule with whether the program can keep it now. Eight queries.

    `needs` are the opening hours of its rooms for the next seven days: only floors above know
    rooms. Without them the first rule is left out.
    """
    team = {one.staff: one for one in keepers(program, now=now)}
    grants = open_grants(now=now).filter(program=program, staff__is_active=True)
    held = list(
        grants.filter(role__in=(Role.COORDINATOR, Role.REVIEWER))
        .order_by("pk")
        .values_list("role", "staff", "staff__email")
    )
    coordinators = {staff: email for role, staff, email in held if role == Role.COORDINATOR}
    found = [] if needs is None else [_supporters(program, needs, team, now)]
    found += [
        _within_roles(program, team, now),
        _rule(
            "second_coordinator",
            len(coordinators) >= 2,
            _("もうひとり、統括をまねいてください。ずっと入れないことと、緊急の連絡は、ふたりで決めます。"
              "統括がひとりのあいだ、その人がひとりで進めた緊急の連絡(単独)を、ふりかえる人がいません。"),
        ),
        _rule(
            "other_judge",
            len({staff for _, staff, _ in held}) >= 2,
            _("審査役を、ひとりまねいてください。県の担当者や、ほかの団体の人でもかまいません。"),
        ),
        _rule(
            "coordinator_reachable",
            _reachable(coordinators),
            _("統括のだれかが「よびだし」のページで、プッシュ通知かメールを使えるようにしてください。"),
        ),
        _rule(
            "tested_alarm",
            tests_that_arrived(program).filter(acknowledged_at__gt=now - TESTED_WITHIN).exists(),
            _("机の「よびだし」のページから、ためしによびだして、だれかに「うけとりました」を押してもらってください。"
              "メールかプッシュ通知が、ひとりにも届かなかったためしは、数えません。"),
        ),
    ]  # fmt: skip
    return found


def _rule(code: str, ok: bool, todo: str) -> Readiness:
    return Readiness(code=code, rule=str(RULES[code]), ok=ok, todo="" if ok else todo)


def _supporters(
    program: int, needs: Sequence[Need], team: Mapping[int, Keeper], now: datetime
) -> Readiness:
    planned = _standing(program, now).filter(starts_at__lt=now + WEEK)
    # Whoever may not keep a shift stays on the rota until it is planned anew, and keeps nothing.
    missing = gaps(
        needs,
        [
            Kept(_when(shift), keeper.only)
            for shift in planned
            if (keeper := team.get(shift.supporter_id)) is not None
            and keeper.trained(jst_day(now))
            and keeper.lasts(_when(shift))
        ],
    )
    named = _named([
        _("%(when)s あと%(people)d人") % {"when": _said(one.when), "people": one.people}
        for one in missing
    ])  # fmt: skip
    if not needs:
        return _rule("supporters", False, _("部屋のひらく時間が、まだ決まっていません。"))
    return _rule("supporters", not missing, _("当番表に人を入れてください: ") + named)


def _within_roles(program: int, team: Mapping[int, Keeper], now: datetime) -> Readiness:
    planned = _standing(program, now).filter(state=ShiftState.PLANNED)
    outside = [
        f"{name_of(shift.supporter)} {_said(_when(shift))}"
        for shift in planned.select_related("supporter")
        if (keeper := team.get(shift.supporter_id)) is None or not keeper.lasts(_when(shift))
    ]
    return _rule(
        "within_roles",
        not outside,
        _("役割の期限をのばすか、ほかの人を当番に入れてください。いる人には、数えていません: ")
        + _named(outside),
    )


def _standing(program: int, now: datetime) -> QuerySet[Shift]:
    rows = Shift.objects.filter(program=program, state__in=STANDING, ends_at__gt=now)
    return rows.order_by("starts_at", "pk")


def _when(shift: Shift) -> Stretch:
    return Stretch(shift.starts_at, shift.ends_at)


def _named(said: Sequence[str]) -> str:
    more = _("、ほか%d件") % (len(said) - NAMED) if len(said) > NAMED else ""
    return "、".join(said[:NAMED]) + more


def _said(when: Stretch) -> str:
    start, end = jst(when.starts_at), jst(when.ends_at)
    days = "月火水木金土日"
    return f"{start.month}/{start.day}({days[start.weekday()]}) {start:%H:%M}–{end:%H:%M}"


def _reachable(coordinators: dict[int, str]) -> bool:
    """Over a channel that they chose and that leads somewhere; a browser that failed doesn't."""
    rows = AlertChoice.objects.filter(staff__in=coordinators).order_by("pk")
    chosen = {row.staff_id: row.channels for row in rows}
    browsers = PushAddress.objects.filter(staff__in=coordinators, failed_at=None).order_by("pk")
    pushed = set(browsers.values_list("staff", flat=True))
    return any(
        (Channel.EMAIL in channels and email and works(Channel.EMAIL))
        or (Channel.PUSH in channels and staff in pushed)
        for staff, email in coordinators.items()
        for channels in [chosen.get(staff, DEFAULT_CHANNELS)]
    )
