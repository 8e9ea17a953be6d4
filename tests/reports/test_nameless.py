"""Whoever is told by number alone is summed; how many different people they are isn't known."""

import csv
import io
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.states import Role
from ledger.entries import Fact, counter_enter, enter_all
from ledger.models import Entry
from ledger.states import Kind, Reason
from ledger.subjects import subject_of
from reports import formats
from reports.indicators import end_of, figures
from reports.rules import shipped
from tests.cast import grant, make_program, make_staff, signed_in_as

pytestmark = pytest.mark.django_db
HYOGO = shipped()["hyogo-2020"]
NOW, KNOWN = datetime(2022, 7, 20, tzinfo=UTC), datetime(2021, 5, 1, tzinfo=UTC)
ROWS = "date,kind,program,destination,quantity\n2020-05-10,training_attended,hyogo,craft,30\n"


def bring(folder) -> None:
    file = folder / "records.csv"
    file.write_text(ROWS)
    with time_machine.travel(KNOWN, tick=False):
        call_command("import_records", str(file), stdout=StringIO())


@pytest.fixture
def imported(tmp_path):
    """令和2年度: 30 at a course, of nobody in particular; 令和3年度: twelve with their codes."""
    bring(tmp_path)
    facts = [
        Fact(program="hyogo", kind=Kind.TRAINING_ATTENDED, occurred_on=date(2021, 4, 20),
             destination="craft", subject=subject_of("hyogo", f"{n}"))
        for n in range(12)
    ]  # fmt: skip
    enter_all(facts, confirmed_by=1, now=KNOWN)


def craft(upto: datetime | None = None):
    return next(one for one in figures(HYOGO, upto=upto) if one.indicator.code == "hyogo.craft")


def people(rows) -> list:
    row = next(row for row in rows if str(row[1]).strip("　") == "実人数")
    return [row[5], row[7]]


def test_the_exact_formats_say_that_they_don_t_know(imported):
    line = craft()
    assert (line.actual[2020], line.actual[2021]) == (30, 12)
    assert people(formats.table(HYOGO, [line])) == ["不明", 12]


def test_what_was_taken_back_leaves_no_doubt(imported):
    seq = Entry.objects.get(subject="").seq
    counter_enter("hyogo", seq=seq, reason=Reason.REPLACED, confirmed_by=1, now=NOW)
    assert people(formats.table(HYOGO, [craft()])) == [0, 12]
    assert people(formats.table(HYOGO, [craft(end_of(date(2021, 6, 30)))])) == ["不明", 12]


def test_the_page_and_what_is_taken_away_say_the_same(program, tmp_path):
    bring(tmp_path)
    reader = make_staff("shukei")
    grant(reader, Role.ANALYST, make_program("hyogo"))
    with time_machine.travel(NOW, tick=False):
        client = signed_in_as(reader)
        page = client.get("/reports/kpi/hyogo-2020/").content.decode()
        table = client.get("/reports/kpi/hyogo-2020/sheet.csv").content.decode("utf-8-sig")
        told = json.loads(client.get("/reports/kpi/hyogo-2020/sheet.json").content)
    assert '<td class="number">不明</td>' in page
    assert people(csv.reader(io.StringIO(table)))[0] == "不明"
    beside = told["indicators"][1]["beside"][0]
    assert beside["label"] == "実人数"
    assert beside["years"]["2020"] == {"actual": None, "unknown": True}
    assert beside["years"]["2021"] == {"actual": 0}
