"""How the house is used, by finished months: what may be told of it.

Every month is guarded alone and its sums never change, so a month says the same on every day. A
year adds up the months that are shown and says how many are not: from two periods, however they
overlap, nothing comes out that a month doesn't tell by itself.

A figure is shown only where at least ten people are behind it, or none.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.viewer import Viewer
from chat.models import Room
from chat.participation import Coming, ReadWithin, Rung
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from foundation.tables import harmless
from ledger.models import MonthSum
from programs.models import Program
from reports import sentences
from reports.policies import must_read
from reports.suppression import USUAL, guard_line

WEEKDAYS = "月火水木金土日"
STRETCHES = ("00", "03", "06", "09", "12", "15", "18", "21")
# What is guarded by the people behind it, and in which order its parts are told.
GUARDED: Mapping[str, tuple[str, ...]] = {
    "rung": tuple(Rung),
    "coming": (Coming.FIRST, Coming.RETURNING),
    "room": (),
    "week": tuple(f"{day}-{hour}" for day in range(7) for hour in STRETCHES),
    "read": tuple(ReadWithin),
    "desk-in": tuple(f"h{hour}" for hour in STRETCHES),
    "desk-seen": tuple(f"h{hour}" for hour in STRETCHES),
    "desk-done": tuple(f"h{hour}" for hour in STRETCHES),
    "desk-wait": tuple(ReadWithin),
}
# What is the house's own doing, not people's.
OPEN: Mapping[str, tuple[str, ...]] = {
    "hours": ("open", "quiet", "locked", "closed"),
    "shifts": ("kept-0", "kept-1", "kept-3", "missed"),
}
# Of the house's own doing, what tells of people in crisis: shifts with so many calls of them.
OF_CRISIS = ("kept-0", "kept-1", "kept-3")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure over some months: the sum of those shown, and how many months are hidden."""

    number: int
    people: int | None
    hidden: int = 0

    @property
    def none(self) -> bool:
        """Whether nothing of it is shown."""
        return bool(self.hidden) and not self.number


@dataclass(frozen=True, slots=True)
class Month:
    """One month's figures as they may be shown; None is hidden."""

    month: date
    visits: int | None
    people: int | None
    parts: Mapping[str, Mapping[str, tuple[int, int | None] | None]]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a page of usage shows: which months, every statistic's parts in their order."""

    program: Program
    year: int
    month: date | None
    years: list[int]
    months: list[Month]
    rooms: dict[str, str]

    def parts(self, statistic: str) -> list[tuple[str, Shown]]:
        """(part, figure over the months) of a statistic, in its order."""
        order = GUARDED.get(statistic) or OPEN.get(statistic) or tuple(self.rooms)
        return [(part, self._over(statistic, part)) for part in order]

    def visits(self) -> Shown:
        """Visits over the months, and people of each month added up."""
        shown = [one for one in self.months if one.visits is not None]
        return Shown(
            sum(one.visits or 0 for one in shown),
            sum(one.people or 0 for one in shown),
            len(self.months) - len(shown),
        )

    def _over(self, statistic: str, part: str) -> Shown:
        cells = [one.parts.get(statistic, {}).get(part, (0, 0)) for one in self.months]
        shown = [cell for cell in cells if cell is not None]
        people = [cell[1] for cell in shown if cell[1] is not None]
        return Shown(
            sum(cell[0] for cell in shown),
            sum(people) if people or statistic in GUARDED else None,
            len(cells) - len(shown),
        )


def read(
    viewer: Viewer, program: Program, *, year: int | None, month: date | None, now: datetime
) -> Usage:
    """The finished months of a fiscal year (None: this one), or one of them.

    Raises what `must_read` raises, and `Refused("no_such_month")` for one that isn't over.
    """
    must_read(viewer, program=program.pk)
    this = fiscal_year(jst_day(now))
    wanted = fiscal_year(month) if month else this if year is None else year
    rows = MonthSum.objects.filter(
        program=program.slug, month__gte=date(wanted, 4, 1), month__lt=date(wanted + 1, 4, 1)
    )
    by_month: dict[date, dict[str, dict[str, tuple[int, int | None]]]] = {}
    for row in rows.order_by("month", "statistic", "split"):
        parts = by_month.setdefault(row.month, {}).setdefault(row.statistic, {})
        parts[row.split] = (row.number, row.people)
    if month is not None:
        if month.replace(day=1) not in by_month and month.replace(day=1) >= jst_day(now).replace(
            day=1
        ):
            raise Refused("no_such_month")
        by_month = {day: parts for day, parts in by_month.items() if day == month.replace(day=1)}
    months = [_guarded(day, parts) for day, parts in sorted(by_month.items())]
    return Usage(program, wanted, month, list(_years(program, this)), months, _rooms(program))


def _years(program: Program, this: int) -> Sequence[int]:
    first = (
        MonthSum.objects.filter(program=program.slug)
        .order_by("month")
        .values_list("month", flat=True)
        .first()
    )
    return range(this, (fiscal_year(first) if first else this) - 1, -1)


def _rooms(program: Program) -> dict[str, str]:
    rows = Room.objects.filter(program=program).order_by("position", "pk")
    return dict(rows.values_list("slug", "name"))


def _guarded(day: date, counted: Mapping[str, Mapping[str, tuple[int, int | None]]]) -> Month:
    people = sum(people or 0 for _, people in counted.get("coming", {}).values())
    visits = sum(number for number, _ in counted.get("coming", {}).values())
    few = visits > 0 and people <= USUAL.upto
    parts: dict[str, Mapping[str, tuple[int, int | None] | None]] = {
        statistic: dict(counted.get(statistic, {})) for statistic in OPEN
    }
    parts["shifts"] = {**parts["shifts"], **_of_crisis(counted.get("shifts", {}), few=few)}
    for statistic, order in GUARDED.items():
        there = counted.get(statistic, {})
        full = {**dict.fromkeys(order, (0, 0)), **there}
        parts[statistic] = dict.fromkeys(full) if few else _line(full)
    return Month(day, None if few else visits, None if few else people, parts)


def _of_crisis(
    there: Mapping[str, tuple[int, int | None]], *, few: bool
) -> dict[str, tuple[int, int | None] | None]:
    if few:
        return dict.fromkeys(OF_CRISIS)
    full = {part: there.get(part, (0, None)) for part in OF_CRISIS}
    by_number = guard_line({part: number for part, (number, _) in full.items()})
    return {part: None if by_number[part] is None else cell for part, cell in full.items()}


def _line(
    there: Mapping[str, tuple[int, int | None]],
) -> dict[str, tuple[int, int | None] | None]:
    few = {part for part, (number, people) in there.items() if number and (people or 0) < 10}
    # What the people behind it hide, their visits hide too, and the other way round.
    by_people = guard_line({part: people or 0 for part, (_, people) in there.items()}, hidden=few)
    few |= {part for part, people in by_people.items() if people is None}
    by_number = guard_line({part: number for part, (number, _) in there.items()}, hidden=few)
    return {part: None if by_number[part] is None else cell for part, cell in there.items()}


@dataclass(frozen=True, slots=True)
class Section:
    """One statistic as a table: (part in words, figure)."""

    statistic: str
    title: str
    rows: list[tuple[str, Shown]]
    of_people: bool


def sections(used: Usage) -> list[Section]:
    """The statistics that are told as lists; hours of the week are told as a grid."""
    words = {**sentences.PARTS, **used.rooms}
    return [
        Section(
            statistic,
            str(sentences.STATISTICS[statistic]),
            [(str(words[part]), shown) for part, shown in used.parts(statistic)],
            statistic in GUARDED,
        )
        for statistic in (*GUARDED, *OPEN)
        if statistic != "week"
    ]


def last_month(now: datetime) -> date:
    """The first day of the last month that is over."""
    return (jst_day(now).replace(day=1) - timedelta(days=1)).replace(day=1)


def months_of(year: int, *, now: datetime) -> list[date]:
    """The months of a fiscal year that are over."""
    found = [date(year + (month < 4), month, 1) for month in (*range(4, 13), 1, 2, 3)]
    return [month for month in found if month <= last_month(now)]


def as_csv(used: Usage) -> str:
    """Statistic, part, figure, people, months hidden; CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["利用状況（相談件数ではありません）", used.program.name])
    writer.writerow(["項目", "内訳", "数", "人(月ごとの実人数の計)", "表示していない月"])
    total = used.visits()
    writer.writerow(["来訪", "計", *_cells(total)])
    for one in sections(used):
        for part, shown in one.rows:
            writer.writerow([one.title, harmless(part), *_cells(shown)])
    for part, shown in used.parts("week"):
        day, hour = part.split("-")
        words = f"{WEEKDAYS[int(day)]}曜 {int(hour)}〜{int(hour) + 3}時"
        writer.writerow([str(sentences.STATISTICS["week"]), words, *_cells(shown)])
    return out.getvalue()


def _cells(shown: Shown) -> list[str | int]:
    people: str | int = "-" if shown.people is None else shown.people
    return ["＊", "＊", shown.hidden] if shown.none else [shown.number, people, shown.hidden]
