"""Which rule a program can't staff today, and what to do about it: for its coordinators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.queries import open_grants
from accounts.states import Role
from duty.channels import works
from duty.colleagues import DEFAULT_CHANNELS
from duty.models import AlarmTest, AlertChoice, PushAddress, Shift
from duty.rota import Gap, Need, Stretch, gaps
from duty.states import STANDING, Channel
from foundation.clock import jst

WEEK = timedelta(days=7)
# A test that was acknowledged longer ago says nothing of today.
TESTED_WITHIN = timedelta(days=90)
GAPS_NAMED = 8

RULES = {
    "supporters": gettext_lazy("これから7日の、ひらく時間ぜんぶに、見守る人がいる"),
    "second_coordinator": gettext_lazy("統括が、ふたり以上いる"),
    "other_judge": gettext_lazy("判断を、べつの人が見なおせる"),
    "coordinator_reachable": gettext_lazy("統括のだれかに、机の外でも連絡がつく"),
    "tested_alarm": gettext_lazy("ためしのよびだしに、だれかがこたえた"),
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
    """Every rule with whether the program can keep it now. Five queries.

    `needs` are the opening hours of its rooms for the next seven days: only floors above know
    rooms. Without them the first rule is left out.
    """
    grants = open_grants(now=now).filter(program=program, staff__is_active=True)
    held = list(
        grants.filter(role__in=(Role.COORDINATOR, Role.REVIEWER))
        .order_by("pk")
        .values_list("role", "staff", "staff__email")
    )
    coordinators = {staff: email for role, staff, email in held if role == Role.COORDINATOR}
    found = [] if needs is None else [_supporters(program, needs, now)]
    found += [
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
            AlarmTest.objects.filter(
                program=program, acknowledged_at__gt=now - TESTED_WITHIN
            ).exists(),
            _("机の「よびだし」のページから、ためしによびだして、だれかに「うけとりました」を押してもらってください。"),
        ),
    ]  # fmt: skip
    return found


def _rule(code: str, ok: bool, todo: str) -> Readiness:
    return Readiness(code=code, rule=str(RULES[code]), ok=ok, todo="" if ok else todo)


def _supporters(program: int, needs: Sequence[Need], now: datetime) -> Readiness:
    # Whoever left since stays on the rota until it is planned anew, and keeps nothing.
    keepers = open_grants(now=now).filter(program=program, role=Role.SUPPORTER)
    planned = Shift.objects.filter(
        program=program, state__in=STANDING, ends_at__gt=now, starts_at__lt=now + WEEK,
        supporter__in=keepers.order_by().values("staff"),
    )  # fmt: skip
    shifts = [Stretch(*ends) for ends in planned.order_by("pk").values_list("starts_at", "ends_at")]
    missing = gaps(needs, shifts)
    named = "、".join(_said(one) for one in missing[:GAPS_NAMED])
    more = _("、ほか%d件") % (len(missing) - GAPS_NAMED) if len(missing) > GAPS_NAMED else ""
    if not needs:
        return _rule("supporters", False, _("部屋のひらく時間が、まだ決まっていません。"))
    return _rule("supporters", not missing, _("当番表に人を入れてください: ") + named + more)


def _said(gap: Gap) -> str:
    start, end = jst(gap.when.starts_at), jst(gap.when.ends_at)
    days = "月火水木金土日"
    when = f"{start.month}/{start.day}({days[start.weekday()]}) {start:%H:%M}–{end:%H:%M}"
    return _("%(when)s あと%(people)d人") % {"when": when, "people": gap.people}


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
