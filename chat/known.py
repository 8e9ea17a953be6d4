"""Who sits where, what they are and what stands against them, remembered between transactions.

It is read anew as soon as their version or name is another one: every change of a standing counts
the version up in its own transaction (`accounts.standing`). Participants who aren't known yet are
read along with everything else, by hand: most of an evening's posts are somebody's first.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, models

from accounts import seats as seating
from accounts.models import Participant
from accounts.queries import grants_on, holds_staff
from accounts.viewer import Grant
from chat import protocol as p
from chat import queries
from chat.models import Restriction, Seat
from chat.policies import FREE, Standing, needs_role
from foundation.statements import Row, Statement, ask, instant

M = TypeVar("M", bound=models.Model)
REMEMBERED = 20_000

# Looked up row by row, which is by index at any size: joined, a plan that was made while the house
# was new would go on reading all people.
_SEATS = """
SELECT s.id, s.key, s.handle, s.participant_id, s.staff_id,
  (SELECT p.version FROM accounts_participant p WHERE p.id = s.participant_id) AS version,
  (SELECT p.passphrase_at FROM accounts_participant p WHERE p.id = s.participant_id) AS renewed,
  (SELECT t.version FROM accounts_staff t WHERE t.id = s.staff_id) AS staff_version, s.ended_at
FROM chat_seat s WHERE s.id = ANY(%s)
"""
# All of a model's columns, by the order of its fields.
_PEOPLE = {
    "postgresql": """
SELECT {seat}, {person} FROM unnest(%s::bigint[]) AS x(id)
CROSS JOIN LATERAL (SELECT * FROM chat_seat WHERE id = x.id OFFSET 0) AS s
CROSS JOIN LATERAL (SELECT * FROM accounts_participant WHERE id = s.participant_id OFFSET 0) AS p
""",
    "sqlite": """
SELECT {seat}, {person} FROM json_each(%s) AS x
JOIN chat_seat s ON s.id = x.value JOIN accounts_participant p ON p.id = s.participant_id
""",
}
_AGAINST = {
    "postgresql": """
SELECT {restriction} FROM unnest(%s::bigint[]) AS x(id)
CROSS JOIN LATERAL (SELECT * FROM chat_seat WHERE id = x.id OFFSET 0) AS s
CROSS JOIN LATERAL (
  SELECT * FROM chat_restriction WHERE participant_id = s.participant_id AND lifted_at IS NULL
  OFFSET 0
) AS r ORDER BY r_id
""",
    "sqlite": """
SELECT {restriction} FROM json_each(%s) AS x JOIN chat_seat s ON s.id = x.value
JOIN chat_restriction r ON r.participant_id = s.participant_id AND r.lifted_at IS NULL
ORDER BY r_id
""",
}


@dataclass(slots=True)
class Known:
    """Someone at their seat, as long as `row` stays what it is."""

    row: Row
    seat: Seat
    author: p.Author
    restrictions: Sequence[Restriction]
    # Of a member of staff: the roles of that day.
    day: date | None = None
    grants: tuple[Grant, ...] = ()
    # The session data that was found good, by the data itself: it is signed.
    good: set[str] = field(default_factory=set)
    # What every act asks of the seat. By the model each would be a call or two, every time.
    id: int = field(init=False)
    room: int = field(init=False)
    person: int = field(init=False)  # `queries.person_of`; 0 when nobody sits there any more
    participant: int | None = field(init=False)
    staff: int | None = field(init=False)
    phrase: str | None = field(init=False)
    entered_at: datetime | None = field(init=False)
    needs_role: bool = field(init=False)

    def __post_init__(self) -> None:
        seat, person = self.seat, self.seat.participant
        self.id, self.room, self.person = seat.pk, seat.room_id, queries.person_of(seat)
        self.participant, self.staff = seat.participant_id, seat.staff_id
        self.phrase = person.passphrase_key if person is not None else None
        self.entered_at = person.entered_at if person is not None else None
        self.needs_role = needs_role(seat)


_known: OrderedDict[int, Known] = OrderedDict()


def seats_statement(seats: Sequence[int]) -> Statement:
    """The question whose rows `recognised` takes: who sits there, by which version."""
    return Statement(_SEATS, [list(seats)], columns=9)


def strangers(seats: Iterable[int]) -> list[int]:
    """Those who aren't known yet, for `stranger_statements`."""
    return [seat for seat in seats if seat not in _known]


def stranger_statements(seats: Sequence[int]) -> list[Statement]:
    """Participants at these seats, and what stands against them; staff are read by themselves."""
    people, against = _told_of_strangers(connection.vendor)
    return [Statement(people, [list(seats)]), Statement(against, [list(seats)])]


@lru_cache(maxsize=2)
def _told_of_strangers(vendor: str) -> tuple[str, str]:
    columns = {
        "seat": _columns(Seat, "s"),
        "person": _columns(Participant, "p"),
        "restriction": _columns(Restriction, "r"),
    }
    return _PEOPLE[vendor].format(**columns), _AGAINST[vendor].format(**columns)


def _fields(model: type[models.Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to them


def _columns(model: type[models.Model], short: str) -> str:
    return ", ".join(f"{short}.{one.column} AS {short}_{one.column}" for one in _fields(model))


def _made(model: type[M], values: Sequence[Any]) -> M:
    """A row of `_columns` as the ORM would have it."""
    fields = _fields(model)
    kept = [
        instant(value) if value is not None and isinstance(one, models.DateTimeField) else value
        for one, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [one.attname for one in fields], kept)


def introduce(
    people: Iterable[Row], against: Iterable[Row], *, rows: Iterable[Row]
) -> dict[int, Known]:
    """The answers to `stranger_statements`, with the rows of `seats_statement`: by seat."""
    standing: dict[int, list[Restriction]] = defaultdict(list)
    for values in against:
        restriction = _made(Restriction, values)
        standing[restriction.participant_id].append(restriction)
    by_seat = {row[0]: row for row in rows}
    width = len(_fields(Seat))
    found = {}
    for values in people:
        seat, person = _made(Seat, values[:width]), _made(Participant, values[width:])
        seat.participant, seat.staff = person, None
        found[seat.pk] = _remember(
            Known(
                row=by_seat[seat.pk],
                seat=seat,
                author=queries.author_of(seat),
                restrictions=standing.get(person.pk, ()),
            )
        )
    return found


def _remember(one: Known) -> Known:
    _known[one.seat.pk] = one
    while len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return one


def recognised(rows: Iterable[Row], today: date) -> dict[int, Known]:
    """Those at their seats, by seat; read anew where they aren't what was remembered."""
    found: dict[int, Known] = {}
    others: dict[int, Row] = {}
    for row in rows:
        one = _known.get(row[0])
        # A role of staff may end with its last day.
        if one is not None and one.row == row and one.day in (None, today):
            found[row[0]] = one
        else:
            others[row[0]] = row
    if others:
        found |= _get_to_know(others, today)
    return found


def forget(seats: Iterable[int]) -> None:
    """What was known of these seats goes: somebody erased themselves."""
    for seat in seats:
        _known.pop(seat, None)


def _get_to_know(rows: Mapping[int, Row], today: date) -> dict[int, Known]:
    people = [seat for seat, row in rows.items() if row[3]]
    found = introduce(*ask(*stranger_statements(people)), rows=rows.values()) if people else {}
    for seat in Seat.objects.filter(pk__in=set(rows) - set(people)).select_related("staff"):
        found[seat.pk] = _remember(
            Known(
                row=rows[seat.pk],
                seat=seat,
                author=queries.author_of(seat),
                restrictions=(),
                day=today if seat.staff_id else None,
                grants=grants_on(seat.staff_id, day=today) if seat.staff_id else (),
            )
        )
    return found


def standing(one: Known, *, room: int, now: datetime) -> Standing:
    """What stands against someone in a room, now."""
    if not one.restrictions:
        return FREE
    return queries.standing_by(one.restrictions, room=room, now=now)


def signed_in(one: Known, data: str | None, *, now: datetime) -> bool:
    """Whether the session of this data holds this seat. `data` is None when it ended."""
    if data is None:
        return False
    if data in one.good:
        return True
    if one.seat.staff is not None:
        # Never remembered: it falls asleep by the clock.
        return holds_staff(SessionStore().decode(data), one.seat.staff, now=now)
    if one.seat.participant is None:
        return False
    held = SessionStore().decode(data)
    if seating.held_by(held) != one.participant or not seating.is_good(
        held, one.seat.participant.passphrase_at
    ):
        return False
    # Rewritten at most once a minute while someone acts: only a few stand at a time.
    if len(one.good) >= 8:
        one.good.clear()
    one.good.add(data)
    return True
