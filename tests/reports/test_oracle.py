"""Every cell of every sheet is what a second, plain count over the raw rows gives."""

import json
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation import clock
from foundation.clock import JST
from ledger.entries import Fact, counter_enter, enter, merge_subjects
from ledger.models import Entry
from ledger.states import Cohort, Kind, Reason, cohort_of
from ledger.subjects import subject_of
from reports.indicators import end_of, figures
from reports.rules import shipped
from reports.states import Split
from tests.reports import oracle

START = datetime(2023, 5, 1, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Japan
KINDS = sorted({kind for kind, _, _ in oracle.RULES.values()})
# The last second and the first of years, of quarters and of one day between, in Japan; 2019 is
# before every sheet.
MIDNIGHTS = [
    date(2019, 12, 1), date(2020, 4, 1), date(2021, 1, 1), date(2021, 4, 1), date(2022, 3, 31),
    date(2022, 4, 1), date(2023, 4, 1),
]  # fmt: skip
MOMENTS = [
    datetime.combine(day, time(0), JST) + timedelta(seconds=s) for day in MIDNIGHTS for s in (-1, 0)
]
# The last who are too old, the first and the last who belong, the first who are too young.
BIRTHS = [date(1970, 4, 1), date(1970, 4, 2), date(1986, 4, 1), date(1986, 4, 2), None]
PLACES = ["281000", "282014", "282022", "282031"]
WHERE = {
    "training_attended": ["craft", "running"],
    "linked": ["サポステ", "ibasho", "own_room"],
    "baseline_listed": ["window_opened", "ibasho_opened"],
}
# What each 「うち」 under a figure stands for: a column of the entries and what it says.
APART = {Split.WEB: ("channel", "web"), Split.IBASHO: ("origin", "ibasho")}

fact = st.builds(
    lambda kind, **what: what | {"kind": kind, "destination": what["pick"]},
    kind=st.sampled_from([*KINDS, "baseline_listed", "window_closed", "ibasho_closed"]),
    at=st.sampled_from(MOMENTS),
    who=st.sampled_from("abcdef"),
    place=st.sampled_from(PLACES),
    pick=st.integers(0, 5),
    born=st.sampled_from(BIRTHS),
    channel=st.sampled_from(["", "web", "phone"]),
    origin=st.sampled_from(["", "ibasho"]),
    quantity=st.integers(1, 4),
)
# When it comes: at the same instant, a second later (another day in Japan), months later.
LATER = [timedelta(0), timedelta(seconds=1), timedelta(days=40)]
step = st.tuples(
    st.one_of(
        fact,
        st.tuples(st.just("counter"), st.integers(0, 30)),
        st.tuples(st.just("merge"), st.sampled_from("abcdef"), st.sampled_from("abcdef")),
    ),
    st.sampled_from(LATER),
)


def write(program: str, steps, start: datetime = START) -> None:
    now = start
    written = Entry.objects.filter(program=program).count()
    for what, later in steps:
        now += later
        if isinstance(what, dict):
            enter(_fact(program, what, written), confirmed_by=1, now=now)
        elif what[0] == "merge":
            if what[1] == what[2]:
                continue
            one, other = (subject_of(program, code) for code in what[1:])
            merge_subjects(
                program, subject=one, into=other, on=date(2023, 4, 1), confirmed_by=1, now=now
            )
        else:
            row = Entry.objects.filter(program=program, seq=what[1] % (written + 1)).first()
            gone = row and Entry.objects.filter(program=program, counters=row.seq).exists()
            if row is None or row.counters is not None or gone:
                continue
            counter_enter(program, seq=row.seq, reason=Reason.MISTYPED, confirmed_by=1, now=now)
        written += 1


def _fact(program: str, what, number: int) -> Fact:
    where = WHERE.get(what["kind"], [""])
    return Fact(
        program=program,
        kind=Kind(what["kind"]),
        occurred_on=clock.jst_day(what["at"].astimezone(UTC)),
        subject=subject_of(program, what["who"]),
        municipality_code=what["place"],
        destination=where[what["pick"] % len(where)],
        cohort=cohort_of(what["born"]) if what["born"] else Cohort.UNKNOWN,
        channel=what["channel"],
        origin=what["origin"],
        quantity=what["quantity"],
        # What the second count goes by, instead of what was made of it.
        evidence=f"{what['at']:%Y-%m-%dT%H:%M:%S} {what['born'] or ''} {number}",
    )


def compare(sheet, upto: datetime | None) -> None:
    rows = oracle.as_told(Entry.objects.filter(program=sheet.program).values())
    for line in figures(sheet, upto=upto):
        code = line.indicator.code
        assert line.actual == oracle.cell(code, rows, upto), (code, upto)
        told = None if line.unknown is None else sum(line.unknown.values())
        assert told == oracle.unknown(code, rows, upto), (code, upto)
        for split, told in line.splits.items():
            column, value = APART[split]
            wanted = oracle.of_which(code, rows, column, value, upto)
            assert told == wanted, (code, split, upto)
        if line.indicator.beside:
            assert line.people == oracle.people(code, rows, upto), (code, upto)
        if line.listed is not None:
            assert line.listed == oracle.listed(code, rows, upto), (code, upto)


@pytest.mark.timeout(240)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(step, min_size=1, max_size=30), days=st.integers(0, 3))
def test_every_cell_equals_a_plain_count_over_the_raw_rows(db, steps, days):
    with transaction.atomic():
        for sheet in shipped().values():
            write(sheet.program, steps)
            compare(sheet, None)
            compare(sheet, end_of((START + timedelta(days=days * 25)).date()))
        transaction.set_rollback(True)


def told(sheet: str, **options: str) -> dict:
    out = StringIO()
    call_command("kpi", sheet, format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_command_speaks_exactly_the_agreed_json(db):
    first = {
        "kind": "new_case", "at": MOMENTS[6], "born": date(1970, 4, 2), "who": "a", "pick": 0,
        "place": "392014", "channel": "web", "origin": "", "quantity": 1,
    }  # fmt: skip
    write("kochi", [(first, timedelta(0))])
    sheet = told("kochi-2020", as_of="2023-05-01")
    assert (sheet["sheet"], sheet["as_of"]) == ("kochi-2020", "2023-05-01")
    new = sheet["indicators"][0]
    assert list(new) == [
        "code", "label", "unit", "baseline", "years", "sum", "unknown_cohort",
    ]  # fmt: skip
    assert new["years"] == {
        "2020": {"target": 20, "actual": 1},
        "2021": {"target": 35, "actual": 0},
        "2022": {"target": 50, "actual": 0},
    }
    assert new["sum"] == {"target": 105, "actual": 1}
    assert told("kochi-2020", as_of="2023-04-30")["indicators"][0]["sum"]["actual"] == 0


def test_a_baseline_whose_municipalities_are_not_known_makes_its_cells_provisional(db):
    line = told("hyogo-2020")["indicators"][0]
    assert line["provisional"] is True
    assert line["note"] == "基準の市町が未登録 (0/3)"
    assert line["years"]["2020"] == {"target": 3, "actual": 0, "provisional": True}
    for code in PLACES[:3]:
        enter(
            Fact(
                program="hyogo", kind=Kind.BASELINE_LISTED, occurred_on=date(2020, 3, 31),
                municipality_code=code, destination="ibasho_opened",
            ),
            confirmed_by=1,
            now=START,
        )  # fmt: skip
    line = told("hyogo-2020")["indicators"][0]
    assert "provisional" not in line
    assert line["years"]["2020"] == {"target": 3, "actual": 0}


def test_the_histories_reach_what_stands_under_and_beside_a_figure():
    lines = [one for sheet in shipped().values() for one in sheet.indicators]
    assert {split for one in lines for split in one.splits} == set(APART)
    assert any(one.beside for one in lines)
