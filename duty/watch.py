"""Who counts as watching a room: from acts at the desk and the shifts they belong to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Attending needs an act at the desk within this time (design rule 2).
ACT_WITHIN = timedelta(minutes=10)
# Nobody can keep an eye on more open rooms than this, nor on more than one alone (design rule 2).
ROOMS_AT_ONCE, ROOMS_ALONE = 2, 1
# How old an act may be to be still asked for: by the one that lapsed a room knows since when it is
# short of people.
REMEMBERED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Attended:
    """A supporter's eye on a room. `colleagues`: how many are at their desks in the program."""

    key: int
    room: int
    shift: int
    acted_at: datetime
    ends_at: datetime
    colleagues: int
    may_open_alone: bool

    @property
    def until(self) -> datetime:
        """When it ends by the clock."""
        return min(self.acted_at + ACT_WITHIN, self.ends_at)


@dataclass(frozen=True, slots=True)
class Watch:
    """A room as its supporters watch it.

    `alone`: one supporter is on duty in the program, which lets one room open so. `until`: when
    each one's attending ends, or ended just now, the latest first.
    """

    attending: int = 0
    alone: bool = False
    until: tuple[datetime, ...] = ()

    def needed(self, required: int) -> int:
        """How many the room needs now, of which it asks for `required`."""
        return 1 if self.alone else required

    def enough(self, required: int) -> bool:
        """Whether enough supporters attend."""
        return self.attending >= self.needed(required)

    def since(self, required: int, *, now: datetime) -> datetime:
        """From when on it is short, as the clock tells it; now, where somebody left by hand."""
        at = self.until[self.needed(required) - 1 :][:1]
        return min(at[0], now) if at else now


NOBODY = Watch()


def watches(rows: Iterable[Attended], *, now: datetime) -> dict[int, Watch]:
    """Each room's watch; rooms that nobody attends are missing.

    Whoever attends more rooms than one person can, counts in those attended first: a colleague
    left, and one of them falls quiet.
    """
    taken: dict[int, int] = {}
    counted: dict[int, list[Attended]] = {}
    for row in sorted(rows, key=lambda one: one.key):
        if row.until > now:
            most = ROOMS_AT_ONCE if row.colleagues > 1 else ROOMS_ALONE
            if taken.get(row.shift, 0) >= most:
                continue
            taken[row.shift] = taken.get(row.shift, 0) + 1
        counted.setdefault(row.room, []).append(row)
    return {
        room: Watch(
            attending=sum(row.until > now for row in there),
            alone=any(
                row.until > now and row.colleagues == 1 and row.may_open_alone for row in there
            ),
            until=tuple(sorted((row.until for row in there), reverse=True)),
        )
        for room, there in counted.items()
    }
