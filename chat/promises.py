"""When one of ours will read something: only what is true, from the rota as it stands."""

from datetime import datetime

from django.utils.translation import gettext as _

from duty.colleagues import next_on_the_rota
from duty.models import Shift
from duty.queries import attending
from duty.states import RUNNING
from foundation.clock import jst, jst_day


def called(*, room: int, program: int, now: datetime) -> str:
    """For a card: whom the words of crisis have reached, and when a human will be there."""
    if _somebody(room, program, now):
        return _("いま当番の支援者に知らせました。")
    later = next_on_the_rota(program, now=now)
    if later is None:
        return _(
            "いまは当番の人がいないので、出られる人を順によんでいます。つぎの当番は、まだ決まっていません。"
        )
    return _(
        "いまは当番の人がいないので、出られる人を順によんでいます。"
        "つぎの当番は、%(when)s からの予定です。"
    ) % {"when": _said(later, now)}


def called_in_talk() -> str:
    """For a card in a talk of two: the counselors are called, the supporters of the rooms never."""
    return _("相談員をよんでいます。すぐに読めるとは、かぎりません。")


def called_above() -> str:
    """For a card, where someone told of one of ours: those above them are called, nobody else."""
    return _("コーディネーターをよんでいます。すぐに読めるとは、かぎりません。")


def read(*, room: int, program: int, now: datetime) -> str:
    """For a murmur: 「あした…までに読みます」, or what else is true."""
    if _somebody(room, program, now):
        return _("いま当番の支援者が、このあと読みます。")
    later = next_on_the_rota(program, now=now)
    if later is None:
        return _("つぎの当番がまだ決まっていません。決まりしだい、読みます。")
    return _("%(when)s からの当番で読みます。") % {"when": _said(later, now)}


def _somebody(room: int, program: int, now: datetime) -> bool:
    if attending([room], now=now):
        return True
    return Shift.objects.filter(program=program, state__in=RUNNING, ends_at__gt=now).exists()


def _said(at: datetime, now: datetime) -> str:
    """A coming hour as people say it: きょう, あした, or the day."""
    local, days = jst(at), (jst_day(at) - jst_day(now)).days
    day = {0: _("きょう"), 1: _("あした")}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local.hour}:{local.minute:02}"
