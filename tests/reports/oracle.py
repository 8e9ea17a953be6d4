"""The sheets counted a second time: plain Python over the raw rows, slow and obvious.

Written from the issue's table of rules, not from the house's code: it shares nothing with it.
"""

from datetime import date, datetime

RULES = {
    "shizuoka.windows": ("window_opened", "places", False),
    "hyogo.ibasho": ("ibasho_opened", "places", False),
    "hyogo.craft": ("training_attended", "sum", False),
    "kobe.outreach": ("outreach_visit", "people", True),
    "kobe.counseling": ("counseling_session", "sum", False),
    "tottori.consultations": ("consultation", "sum", True),
    "tottori.work_experience": ("work_experience", "sum", True),
    "tottori.employment": ("employment", "sum", True),
    "kochi.new": ("new_case", "ever", True),
    "kochi.consultations": ("consultation", "sum", True),
    "kochi.linked": ("linked", "ever", True),
    "fukuoka.satellite_users": ("office_visit", "people", True),
}
YEARS = (2020, 2021, 2022)


def year(day: date) -> int:
    return day.year - 1 if (day.month, day.day) < (4, 1) else day.year


def as_told(rows):
    """The rows with their day and their cohort read anew from what was told: when in Japan it was,
    and when somebody was born.
    """
    return [row | _read_anew(row) for row in rows]


def _read_anew(row):
    if row["counters"] is not None or row["evidence"].count(" ") != 2:
        return {}
    when, born, _ = row["evidence"].split(" ")
    belongs = "1970-04-02" <= born <= "1986-04-01"
    cohort = ("yes" if belongs else "no") if born else "unknown"
    return {"occurred_on": date.fromisoformat(when.partition("T")[0]), "cohort": cohort}


def living(rows, upto: datetime | None):
    """Facts known then and not taken back by what was known then."""
    known = [row for row in rows if upto is None or row["recorded_at"] < upto]
    back = {row["counters"] for row in known if row["counters"] is not None}
    return [row for row in known if row["counters"] is None and row["seq"] not in back]


def the_person(rows, code):
    """Whoever a code is after the merges: all codes that hang together, by their least."""
    same = {code}
    pairs = [(r["subject"], r["merged_into"]) for r in rows if r["kind"] == "subject_merged"]
    grown = True
    while grown:
        more = {c for pair in pairs if same & set(pair) for c in pair}
        grown = not more <= same
        same |= more
    return min(same)


def cell(code: str, rows, upto: datetime | None = None) -> dict[int, int]:
    """An indicator's figures by year. `rows` are one program's entries as dicts."""
    kind, how, cohort = RULES[code]
    return _count(kind, how, living(rows, upto), "yes" if cohort else None)


def unknown(code: str, rows, upto: datetime | None = None) -> int | None:
    kind, how, cohort = RULES[code]
    if not cohort:
        return None
    return sum(_count(kind, how, living(rows, upto), "unknown").values())


def listed(code: str, rows, upto: datetime | None = None) -> int:
    facts = living(rows, upto)
    return len(_before(RULES[code][0], facts))


def _before(kind, facts):
    return {
        f["municipality_code"]
        for f in facts
        if (f["kind"] == "baseline_listed" and f["destination"] == kind)
        or (f["kind"] == kind and f["occurred_on"] < date(2020, 4, 1))
    }


def _mine(kind, facts, cohort):
    return [
        f
        for f in facts
        if f["kind"] == kind
        and cohort in (None, f["cohort"])
        and (kind != "training_attended" or f["destination"] == "craft")
        and (kind != "linked" or f["destination"] != "own_room")
    ]


def _count(kind, how, facts, cohort):
    mine = _mine(kind, facts, cohort)
    if how == "sum":
        return {y: sum(f["quantity"] for f in mine if year(f["occurred_on"]) == y) for y in YEARS}
    if how == "people":
        return {
            y: len({the_person(facts, f["subject"]) for f in mine if year(f["occurred_on"]) == y})
            for y in YEARS
        }
    return _first(kind, how, facts, mine)


def _first(kind, how, facts, mine):
    figures = dict.fromkeys(YEARS, 0)
    seen = set(_before(kind, facts)) if how == "places" else set()
    for f in sorted(mine, key=lambda f: f["occurred_on"]):
        what = f["municipality_code"] if how == "places" else the_person(facts, f["subject"])
        if kind == "linked":
            what = what, f["destination"]
        if what not in seen:
            seen.add(what)
            if year(f["occurred_on"]) in figures:
                figures[year(f["occurred_on"])] += 1
    return figures


def apart(code: str, rows, column: str, upto: datetime | None = None) -> dict[tuple[int, str], int]:
    """An indicator's figures by year and by what stands in a column: 内訳."""
    kind, how, cohort = RULES[code]
    facts = living(rows, upto)
    mine = _mine(kind, facts, "yes" if cohort else None)
    found: dict[tuple[int, str], int] = {}
    if how == "sum":
        for f in mine:
            place = year(f["occurred_on"]), f[column]
            found[place] = found.get(place, 0) + f["quantity"]
        return found
    for years in _by_year(kind, facts, mine, column):
        for one in [min(years)] if how == "ever" else years:
            names = {name for name in years[one] if name}
            place = one, "several" if len(names) > 1 else next(iter(names), "")
            found[place] = found.get(place, 0) + 1
    return found


def _by_year(kind, facts, mine, column):
    """Of each unit that is counted: year → what stands in this column."""
    units: dict = {}
    for f in mine:
        where = f["destination"] if kind == "linked" else ""
        who = the_person(facts, f["subject"]), where
        units.setdefault(who, {}).setdefault(year(f["occurred_on"]), set()).add(f[column])
    return units.values()


def people(code: str, rows, upto: datetime | None = None) -> dict[int, int]:
    """実人数 beside a 延べ: who is behind it in each year, everybody once."""
    kind, _, cohort = RULES[code]
    return _count(kind, "people", living(rows, upto), "yes" if cohort else None)


def of_which(
    code: str, rows, column: str, value: str, upto: datetime | None = None
) -> dict[int, int]:
    """うち: of what a year counts, what has an entry of that year with this in its column."""
    kind, how, cohort = RULES[code]
    facts = living(rows, upto)
    mine = _mine(kind, facts, "yes" if cohort else None)
    if how == "sum":
        told = [f for f in mine if f[column] == value]
        return {y: sum(f["quantity"] for f in told if year(f["occurred_on"]) == y) for y in YEARS}
    figures = dict.fromkeys(YEARS, 0)
    for years in _by_year(kind, facts, mine, column):
        for one in [min(years)] if how == "ever" else years:
            if one in figures and value in years[one]:
                figures[one] += 1
    return figures
