"""Visits: one per stay. Touched while a socket is open, closed when nobody has touched it.

Stamps and murmurs are counted as they are given; posts when the visit ends, from the messages
themselves: nothing is lost with a process, and nobody's row is written at each word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from chat import protocol as p
from chat.actions.sitting import Act, Answer, Sitting
from chat.actions.stamp import acked
from chat.models import Message, Seat, Visit
from chat.states import Mode
from foundation.statements import Statement, ask, instant, tell

# Coming back within this time is the same visit.
SAME_VISIT = timedelta(minutes=5)
NOTED_WITHIN = timedelta(hours=1)
# A visit is noted up to this long after the first word could be said.
NOTED_AFTER = timedelta(seconds=5)

# By hand, as it is done for all who are here and, after a cut, for all at once.
_OPEN = "SELECT seat_id, mode, seen_at FROM chat_visit WHERE seat_id = ANY(%s) AND ended_at IS NULL"
_SEEN = "UPDATE chat_visit SET seen_at = %s WHERE seat_id = ANY(%s) AND ended_at IS NULL"
_TURNED = "UPDATE chat_visit SET mode = %s WHERE seat_id = ANY(%s) AND ended_at IS NULL"
# An erased person's seat may be gone by now. Staff don't visit: they are at work.
_NOTED = """
UPDATE accounts_participant SET seen_at = %s WHERE seen_at < %s AND id IN (
  SELECT participant_id FROM chat_seat WHERE id = ANY(%s) AND staff_id IS NULL)
"""
# Two processes may see the same person arrive; one visit is open all the same. SQLite would begin
# with all seats that are no staff's, which are nearly all.
_BEGUN = {
    "postgresql": """
INSERT INTO chat_visit (room_id, seat_id, mode, started_at, seen_at, posts, stamps, murmurs)
SELECT x.room, s.id, x.mode, %s, %s, 0, 0, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS x(room, seat, mode)
JOIN chat_seat s ON s.id = x.seat AND s.staff_id IS NULL
ON CONFLICT DO NOTHING
""",
    "sqlite": """
INSERT INTO chat_visit (room_id, seat_id, mode, started_at, seen_at, posts, stamps, murmurs)
SELECT x.room, s.id, x.mode, %s, %s, 0, 0, 0
FROM (SELECT json_extract(value, '$[0]') AS room, json_extract(value, '$[1]') AS seat,
  json_extract(value, '$[2]') AS mode FROM json_each(%s)) AS x
CROSS JOIN chat_seat s ON s.id = x.seat AND +s.staff_id IS NULL WHERE true
ON CONFLICT DO NOTHING
""",
}


@dataclass(frozen=True, slots=True)
class Stay:
    """Someone in a room, as the hub knows them."""

    seat: int
    room: int
    mode: Mode


def touch(stays: Iterable[Stay], *, now: datetime, modes: bool = True) -> None:
    """These people are here: begin their visits, or go on with them.

    Without `modes` an open visit keeps its mode: a process that only goes on with a visit may have
    heard less of it than another one.
    """
    # In one order for every process, lest two wait for each other.
    by_seat = {stay.seat: stay for stay in sorted(stays, key=lambda one: one.seat)}
    if not by_seat:
        return
    with transaction.atomic():
        [rows] = ask(Statement(_OPEN, [list(by_seat)]))
        there = {seat: (mode, instant(seen)) for seat, mode, seen in rows}
        if left := {seat for seat, (_, seen) in there.items() if seen < now - SAME_VISIT}:
            long_ago = Q(seen_at__lt=now - SAME_VISIT, ended_at__isnull=True)
            _end(Visit.objects.filter(long_ago, seat_id__in=left))
        known = sorted(there.keys() - left)
        if known:
            tell(Statement(_SEEN, [now, known]))
        for mode in Mode if modes else ():
            turned = [s for s in known if by_seat[s].mode is mode and there[s][0] != mode.value]
            if turned:
                tell(Statement(_TURNED, [mode.value, turned]))
        new = by_seat.keys() - there.keys() | left
        _begin([stay for seat, stay in by_seat.items() if seat in new], now)


def _begin(stays: list[Stay], now: datetime) -> None:
    if not stays:
        return
    # Whoever only watches was here too: nobody is forgotten for having said nothing.
    tell(Statement(_NOTED, [now, now - NOTED_WITHIN, [stay.seat for stay in stays]]))
    tell(_begun_statement(stays, now=now))


def _begun_statement(stays: Sequence[Stay], *, now: datetime) -> Statement:
    """The visits that these people begin."""
    sql = _BEGUN[connection.vendor]
    if connection.vendor == "postgresql":
        columns = zip(*((s.room, s.seat, s.mode.value) for s in stays), strict=True)
        return Statement(sql, [now, now, *map(list, columns)])
    return Statement(sql, [now, now, [[s.room, s.seat, s.mode] for s in stays]])


def _end(left: QuerySet[Visit]) -> int:
    said = Message.objects.filter(
        seat=OuterRef("seat"),
        at__gte=OuterRef("started_at") - NOTED_AFTER,
        at__lt=OuterRef("seen_at") + SAME_VISIT,
    ).order_by()
    counted = Subquery(said.values("seat").annotate(number=Count("pk")).values("number"))
    return left.update(ended_at=F("seen_at"), posts=Coalesce(counted, 0))


def note(
    acts: Mapping[int, Mapping[str, int]], *, seats: Mapping[int, Seat], now: datetime
) -> None:
    """Begin the visits of those who did something without a socket, and count their deeds.

    `acts`: per seat how often "stamps", "murmurs"; inside the transaction of the deeds.
    """
    if not acts:
        return
    open_now = Visit.objects.filter(seat_id__in=list(acts), ended_at__isnull=True)
    known = set(open_now.order_by().values_list("seat_id", flat=True))
    if missing := [seats[seat] for seat in acts if seat not in known]:
        _begin([Stay(s.pk, s.room_id, Mode.WATCHING) for s in missing], now)
    changes = {
        name: Case(
            *(When(seat_id=seat, then=F(name) + done[name]) for seat, done in acts.items()),
            default=F(name),
            output_field=IntegerField(),
        )
        for name in ("stamps", "murmurs")
        if any(done.get(name) for done in acts.values())
    }
    open_now.update(seen_at=Value(now), **changes)


def stay(sitting: Sitting, act: Act, frame: p.Stay) -> Answer:
    """Be present quietly, or be seen to be here; in the transaction of the acts that wait."""
    touch([Stay(act.seat, act.room, Mode(frame.mode))], now=sitting.now)
    return acked(frame.nonce, sitting.at)


def close_left(*, now: datetime) -> int:
    """End every visit that nobody has touched for a while; how many there were."""
    return _end(Visit.objects.filter(ended_at__isnull=True, seen_at__lt=now - SAME_VISIT))
