"""When one of ours will read something: only what is true, from the rota as it stands."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.states import Role
from chat.models import Recusal, Seat
from chat.states import COUNSELOR
from duty.alerts import Colleague
from duty.colleagues import (
    above,
    holding,
    next_on_the_rota,
    next_shift,
    on_duty_for,
    on_duty_until,
    team,
)
from duty.states import Channel
from foundation.clock import jst, jst_day
from helplines.lines import shown

_CALLING = gettext_lazy("いま読める人を、順によんでいます。すぐに読めるとは、かぎりません。")


def called(*, room: int, program: int, participant: int, now: datetime) -> str:
    """For a card: whom the words of crisis have reached, and when a human will be there.

    Whoever rests, was taken off the room or may know the person isn't told, and isn't counted.
    """
    besides = recused_from(participant)
    people = [one for one in team(program, room=room, now=now) if one.staff not in besides]
    if any(one.on_duty and Channel.DESK in one.open for one in people):
        return _("いま当番の支援者に知らせました。")
    ways = {one.staff for one in people if one.open & {*one.channels} and _is_called(one)}
    said = _CALLING if ways else _nobody(now)
    later = next_on_the_rota(program, room=room, besides=besides, now=now)
    if later is None:
        return f"{said}{_('つぎの当番は、まだ決まっていません。')}"
    planned = _("つぎの当番は、%(when)s からの予定です。") % {"when": _said(later, now)}
    return f"{said}{planned}"


def _is_called(one: Colleague) -> bool:
    return one.on_duty or one.willing or one.coordinator


def _nobody(now: datetime) -> str:
    """That nobody can look, and whom to ring instead: of the help lines one that answers now."""
    lines = (one for one in shown(now) if one.kind == "phone" and one.open_now and one.number)
    said = _("いま読める人は、いません。待たないでください。")
    line = next(lines, None)
    if line is None:
        return said
    ring = _("%(name)s（%(number)s）が、いま電話を受けています。")
    return said + ring % {"name": line.name, "number": line.number}


def called_in_talk(*, room: int, program: int, now: datetime) -> str:
    """For a card in a talk of two: whom of the counselor's chain a call reaches now; the supporters
    of the rooms are never called.
    """
    counselors = holding(program, Role.COUNSELOR, now=now)
    able = {one.staff for one in counselors if one.willing and one.open & {*one.channels}}
    seats = Seat.objects.filter(room=room, role=COUNSELOR, ended_at__isnull=True).order_by("pk")
    theirs = set(seats.values_list("staff", flat=True)) or {one.staff for one in counselors}
    if able & theirs:
        said = _("相談員をよんでいます。")
    elif able:
        said = _(
            "担当の相談員には、いま届きません。しばらく返事がなければ、ほかの相談員をよびます。"
        )
    elif any(one.open & {*one.channels} for one in holding(program, Role.COORDINATOR, now=now)):
        said = _("相談員には、いま届きません。しばらく返事がなければ、コーディネーターをよびます。")
    else:
        return _nobody(now)
    return said + _("すぐに読めるとは、かぎりません。")


def called_above(*, program: int, about: int, participant: int, now: datetime) -> str:
    """For a card, where someone told of one of ours: those above them are called, nobody else."""
    besides = {about, *recused_from(participant)}
    if any(
        one.open & {*one.channels} for one in above(program, now=now) if one.staff not in besides
    ):
        return _(
            "コーディネーターや、べつの立場で読みなおす人をよんでいます。すぐに読めるとは、かぎりません。"
        )
    return _nobody(now)


def read(*, room: int, program: int, participant: int, now: datetime) -> str:
    """For a murmur: 「あした…からの当番で読みます」, or what else is true."""
    besides = recused_from(participant)
    if on_duty_for(room, program=program, now=now) - besides:
        return _("いま当番の支援者が、このあと読みます。")
    later = next_on_the_rota(program, room=room, besides=besides, now=now)
    if later is None:
        return _("つぎの当番がまだ決まっていません。決まりしだい、読みます。")
    return _("%(when)s からの当番で読みます。") % {"when": _said(later, now)}


def read_by(*, room: int, program: int, participant: int, now: datetime) -> datetime | None:
    """The end of the duty in which `read` says that a murmur is read; None while it names none."""
    besides = recused_from(participant)
    until = on_duty_until(room, program=program, besides=besides, now=now)
    if until > now:
        return until
    later = next_shift(program, room=room, besides=besides, now=now)
    return later.ends_at if later is not None else None


def recused_from(participant: int | None) -> set[int]:
    """Which members of staff read nothing of someone: no alarm about them calls these."""
    rows = Recusal.objects.filter(participant=participant or 0).order_by("pk")
    return set(rows.values_list("staff", flat=True))


def _said(at: datetime, now: datetime) -> str:
    """A coming hour as people say it: きょう, あした, or the day."""
    local, days = jst(at), (jst_day(at) - jst_day(now)).days
    day = {0: _("きょう"), 1: _("あした")}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local.hour}:{local.minute:02}"
