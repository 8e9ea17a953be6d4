"""What a program can't keep today, rule by rule, and what to do about it: the office's own rules
beside those of `duty`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.queries import open_grants
from accounts.sentences import role_name
from accounts.states import SOON, Role
from accounts.viewer import Viewer
from chat.models import Room
from chat.openings import needs
from chat.queries import hours_of
from chat.states import RoomKind
from duty.colleagues import keepers
from duty.queries import readiness as duty_readiness
from foundation.clock import jst_day
from helplines.lines import is_stale, lines
from office.policies import must_coordinate
from programs.models import Agency, Text
from programs.queries import unverified_agencies
from programs.states import TextKey

NAMED = 5  # how many a sentence names before it says 「ほか」


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, whether the program keeps it today, what to do if not, and where."""

    code: str
    rule: str
    ok: bool
    todo: str = ""
    href: str = ""


def readiness(viewer: Viewer, *, program: int, now: datetime) -> list[Rule]:
    """Every rule, those that aren't kept first."""
    must_coordinate(viewer, program=program)
    rooms = list(
        Room.objects.filter(program_id=program, removed_at__isnull=True)
        .exclude(kind=RoomKind.COUNSELING)
        .order_by("position", "pk")
    )
    grants = list(
        open_grants(now=now)
        .filter(program_id=program, staff__is_active=True)
        .select_related("staff")
        .prefetch_related("rooms")
        .order_by("pk")
    )
    asked = needs(program, now=now)
    found = [
        # Rules about people on duty are `duty`'s.
        *(
            Rule(one.code, one.rule, one.ok, one.todo, _PLACES.get(one.code, ""))
            for one in duty_readiness(program, now, needs=asked)
        ),
        _enough_supporters(rooms, program, now),
        _hours(rooms),
        _counselor(grants),
        _second_counselor(grants),
        _expiring(program, grants, now),
        *_texts(program),
        _lines(now),
        _agencies(program, now),
    ]
    return sorted(found, key=lambda one: one.ok)


_PLACES = {
    "supporters": "/moderation/rota/",
    "within_roles": "/moderation/rota/",
    "coordinator_reachable": "/moderation/alerts/",
    "tested_alarm": "/moderation/alerts/",
    "second_coordinator": "/manage/people/invite/",
    "other_judge": "/manage/people/invite/",
}


def _rule(code: str, rule: str, ok: bool, todo: str, href: str) -> Rule:
    return Rule(code, rule, ok) if ok else Rule(code, rule, ok, todo, href)


def _named(names: Sequence[str]) -> str:
    more = _("、ほか%d") % (len(names) - NAMED) if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def _enough_supporters(rooms: Sequence[Room], program: int, now: datetime) -> Rule:
    supporters, today = keepers(program, now=now), jst_day(now)
    short = [
        room.name
        for room in rooms
        if sum(not one.refusal([room.pk], today=today) for one in supporters)
        < room.required_supporters
    ]
    untrained = [one.name for one in supporters if not one.trained(today)]
    todo = _("支援者をまねくか、部屋の必要な人数をへらしてください: ") + _named(short)
    if untrained:
        todo += _("。研修をおえた日がないので当番に入れない人: ") + _named(untrained)
    return _rule(
        "enough_supporters",
        _("どの部屋にも、話せるために必要な人数の支援者がいる"),
        not short,
        todo,
        "/manage/people/invite/",
    )


def _hours(rooms: Sequence[Room]) -> Rule:
    hours = hours_of([room.pk for room in rooms])
    without = [one.name for one in rooms if not hours.get(one.pk) and not one.special_days]
    todo = _("開く時間を決めてください: ") + _named(without)
    return _rule(
        "hours",
        _("どの部屋にも、開く時間がある"),
        bool(rooms) and not without,
        todo if rooms else _("部屋をつくってください。"),
        "/manage/rooms/",
    )


def _counselor(grants: Sequence[RoleGrant]) -> Rule:
    return _rule(
        "counselor",
        _("相談員がいる"),
        any(one.role == Role.COUNSELOR for one in grants),
        _("相談員を、ひとりまねいてください。いないあいだ、相談の申しこみには答えられません。"),
        "/manage/people/invite/",
    )


def _second_counselor(grants: Sequence[RoleGrant]) -> Rule:
    return _rule(
        "second_counselor",
        _("相談員が、ふたり以上いる"),
        len({one.staff_id for one in grants if one.role == Role.COUNSELOR}) >= 2,
        _(
            "もうひとり、相談員をまねいてください。ひとりでは、休むときに引きつげる人も、"
            "相談先として読む人もいません。"
        ),
        "/manage/people/invite/",
    )


def _expiring(program: int, grants: Sequence[RoleGrant], now: datetime) -> Rule:
    today = jst_day(now)
    ended = RoleGrant.objects.filter(
        program_id=program, ended_at__isnull=True, expires_on__lt=today, staff__is_active=True
    )
    rows = [
        *ended.select_related("staff").order_by("pk"),
        *(one for one in grants if one.expires_on and one.expires_on <= today + SOON),
    ]
    names = [f"{one.staff.username}({role_name(Role(one.role))})" for one in rows]
    return _rule(
        "expiring",
        _("30日のうちに終わる役割がない"),
        not rows,
        _("研修をたしかめて、役割をもう一度わたしてください: ") + _named(names),
        "/manage/people/",
    )


def _texts(program: int) -> list[Rule]:
    written = set(Text.objects.filter(program_id=program).order_by().values_list("key", flat=True))
    return [
        _rule(
            "rules",
            _("約束を、この事業で読んで決めた"),
            TextKey.RULES in written,
            _("はじめからある約束を読み、この事業の文章として保存してください。"),
            "/manage/texts/rules/",
        ),
        _rule(
            "notice",
            _("知っておいてほしいこと(周知事項)を、この事業で書いた"),
            TextKey.NOTICE in written,
            _(
                "だれが読むか、急ぐときはどこへか、いつまで残すかを、この事業のことばにしてください。"
            ),
            "/manage/texts/notice/",
        ),
    ]


def _lines(now: datetime) -> Rule:
    stale = [one.name for one in lines() if is_stale(one, jst_day(now))]
    return _rule(
        "lines",
        _("「いますぐ」の窓口が、90日のうちにたしかめられている"),
        not stale,
        _("電話をかけるか、窓口のページを読んで、たしかめてください: ") + _named(stale),
        "/manage/lines/",
    )


def _agencies(program: int, now: datetime) -> Rule:
    there = Agency.objects.standing().filter(program_id=program).exists()
    old = unverified_agencies(program, today=jst_day(now))
    todo = _("1年たしかめていないところが%dか所あります。") % old
    return _rule(
        "agencies",
        _("支援機関の一覧があり、1年のうちにたしかめられている"),
        there and not old,
        todo if there else _("支援機関を加えるか、一覧を取り込んでください。"),
        "/manage/agencies/",
    )
