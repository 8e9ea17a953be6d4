"""What members of staff see of figures, and what an auditor sees beyond it."""

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from openpyxl import load_workbook

from accounts.states import Role
from audit.models import AuditEntry
from foundation import clock
from ledger.entries import Fact, counter_enter, enter_all
from ledger.states import Channel, Cohort, Kind, Reason
from ledger.subjects import evidence_number, subject_of
from programs.models import Municipality
from reports import evidence, guarded, paper
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer
from tests.reports.attacker import bounds

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 4, 20, tzinfo=UTC)
SHEET = "/reports/kpi/kochi-2020/"
CODE = "kochi.consultations"


@pytest.fixture
def kochi():
    program = make_program("kochi")
    program.prefecture_code = "39"
    program.save()
    return program


@pytest.fixture
def analyst(kochi):
    person = make_staff("shukei", display_name="しゅうけい")
    grant(person, Role.ANALYST, kochi)
    return person


@pytest.fixture
def auditor(kochi):
    person = make_staff("kansa", display_name="かんさ")
    grant(person, Role.AUDITOR, kochi)
    return person


def consult(
    many: int, channel: str, on: date, *, known: date | None = None, first: int = 0
) -> list:
    """So many people's consultations of a day, recorded that day or later."""
    at = datetime.combine(known or on, datetime.min.time(), UTC) + timedelta(hours=3)
    facts = [
        Fact(
            program="kochi",
            kind=Kind.CONSULTATION,
            occurred_on=on,
            subject=subject_of("kochi", f"{channel}{first + number}"),
            channel=channel,
            cohort=Cohort.YES,
            evidence=f"case:{number}",
        )
        for number in range(many)
    ]
    with transaction.atomic():
        return enter_all(facts, confirmed_by=1, now=at)


def consultations(viewer, as_of: date, *, now: datetime = NOW) -> guarded.Line:
    reading = guarded.read(viewer, "kochi-2020", as_of=as_of, now=now)
    return next(line for line in reading.lines if line.indicator.code == CODE)


def web(line: guarded.Line) -> int | None:
    return next(part for part in line.parts if part.words == "うちWeb").years[2020]


def test_totals_are_exact_and_a_small_part_is_hidden(kochi, analyst):
    consult(3, Channel.WEB, date(2020, 5, 1))
    consult(30, Channel.PHONE, date(2020, 5, 2))
    line = consultations(staff_viewer(analyst), date(2020, 6, 30))
    assert line.exact.actual[2020] == 33
    assert web(line) is None
    assert line.hides


def test_one_person_more_is_not_seen_by_comparing_two_dates(kochi, analyst):
    consult(12, Channel.WEB, date(2020, 5, 1))
    consult(30, Channel.PHONE, date(2020, 5, 2))
    consult(1, Channel.WEB, date(2020, 8, 1), first=50)
    viewer = staff_viewer(analyst)
    later = consultations(viewer, date(2020, 9, 30))
    assert web(consultations(viewer, date(2020, 6, 30))) == 12
    assert later.exact.actual[2020] == 43
    assert web(later) == 12
    assert later.parts[0].since == {2020: date(2020, 6, 30), 2021: date(2020, 6, 30)} or (
        later.parts[0].since[2020] == date(2020, 6, 30)
    )


def test_only_quarters_ends_can_be_chosen(kochi, analyst):
    client = signed_in_as(analyst)
    assert client.get(f"{SHEET}?as_of=2020-06-30").status_code == 200
    for day in ("2020-06-29", "2999-03-31", "nonsense"):
        answer = client.get(f"{SHEET}?as_of={day}")
        assert answer.status_code == 422
        assert "表示できません" in answer.content.decode()


def test_a_cell_opens_down_to_evidence_numbers(kochi, analyst):
    rows = consult(15, Channel.WEB, date(2020, 5, 1)) + consult(20, Channel.PHONE, date(2020, 5, 2))
    answer = signed_in_as(analyst).get(f"{SHEET}{CODE}/2020/?as_of=2020-06-30").content.decode()
    assert all(f">{evidence_number('kochi', row.seq)}<" in answer for row in rows)
    assert "No." not in answer
    assert "Web・チャット" in answer
    assert rows[0].subject not in answer
    assert "case:" not in answer


def test_quarters_and_channels_are_shown_only_where_every_cell_passes(kochi, analyst):
    consult(15, Channel.WEB, date(2020, 5, 1))
    consult(4, Channel.VISIT, date(2020, 5, 1))
    answer = signed_in_as(analyst).get(f"{SHEET}{CODE}/2020/?as_of=2020-06-30").content.decode()
    assert "内訳は表示していません" in answer


def test_many_consultations_of_one_person_are_a_small_cell(kochi, analyst):
    for day in range(1, 15):
        consult(1, Channel.WEB, date(2020, 5, day))
    _, cell = evidence.opened(
        staff_viewer(analyst),
        "kochi-2020",
        code=CODE,
        year=2020,
        as_of=date(2020, 6, 30),
        after=0,
        now=NOW,
    )
    assert cell.spread is None


def test_an_auditor_sees_entries_whole_with_a_reason_and_it_is_noted(kochi, auditor):
    rows = consult(2, Channel.WEB, date(2020, 5, 1))
    client = signed_in_as(auditor)
    address = f"{SHEET}{CODE}/2020/entries/"
    assert client.post(address, {"as_of": "2020-05-20", "reason": " "}).status_code == 422
    assert not AuditEntry.objects.filter(verb="entries.looked").exists()
    page = client.post(address, {"as_of": "2020-05-20", "reason": "会計検査の抽出"})
    assert rows[0].subject in page.content.decode()
    noted = AuditEntry.objects.get(verb="entries.looked")
    assert (noted.actor, noted.reason) == (auditor.pk, "会計検査の抽出")


def test_an_auditor_sees_any_day_exactly(kochi, auditor):
    consult(3, Channel.WEB, date(2020, 5, 1))
    page = signed_in_as(auditor).post(
        f"{SHEET}exact/", {"as_of": "2020-05-02", "reason": "会計検査の抽出"}
    )
    assert "うちWeb" in page.content.decode()
    assert "＊" not in page.content.decode()


def test_an_analyst_of_another_program_is_told_of_no_such_sheet(analyst):
    assert signed_in_as(analyst).get("/reports/kpi/hyogo-2020/").status_code == 404
    assert signed_in_as(analyst).post(f"{SHEET}exact/").status_code == 404


def test_csv_comes_with_a_bom_and_for_older_offices_in_shift_jis(kochi, analyst):
    consult(3, Channel.WEB, date(2020, 5, 1))
    client = signed_in_as(analyst)
    answer = client.get(f"{SHEET}sheet.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert rows[0][4] == "令和2年度 目標"
    assert any(row[1:2] == ["　うちWeb"] and "＊" in row for row in rows)
    old = client.get(f"{SHEET}sheet.csv?encoding=cp932")
    assert "令和2年度 目標" in old.content.decode("cp932")


def test_json_hides_what_the_page_hides_and_says_so(kochi, analyst):
    consult(3, Channel.WEB, date(2020, 5, 1))
    consult(30, Channel.PHONE, date(2020, 5, 2))
    answer = signed_in_as(analyst).get(f"{SHEET}sheet.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    (line,) = (one for one in answer.json()["indicators"] if one["code"] == CODE)
    assert line["years"]["2020"]["actual"] == line["sum"]["actual"] == 33
    web = next(one for one in line["beside"] if one["label"] == "うちWeb")
    assert web["years"]["2020"] == {"actual": None, "hidden": True}
    assert web["years"]["2021"] == {"actual": 0}
    assert web["sum"] == {"actual": None, "hidden": True}


def test_excel_keeps_formulas_and_hides_what_the_page_hides(kochi, analyst):
    consult(3, Channel.WEB, date(2020, 5, 1))
    data = signed_in_as(analyst).get(f"{SHEET}sheet.xlsx").content
    cells = {cell.coordinate: cell.value for row in load_workbook(io.BytesIO(data)).active.rows
             for cell in row}  # fmt: skip
    values = {
        cell.coordinate: cell.value
        for row in load_workbook(io.BytesIO(data), data_only=True).active.rows
        for cell in row
    }
    sums = [place for place, value in cells.items() if str(value).startswith("=") and "+" in value]
    assert len(sums) == 6
    for place in sums:
        parts = cells[place][1:].split("+")
        assert values[place] == sum(values[part] for part in parts)
    assert paper.HIDDEN in cells.values()


def test_the_map_tells_which_municipalities_have_an_ibasho(analyst, kochi):
    hyogo = make_program()
    grant(analyst, Role.ANALYST, hyogo)
    Municipality.objects.create(code="281000", prefecture="兵庫県", name="神戸市", kana="こうべし")
    Municipality.objects.create(code="282014", prefecture="兵庫県", name="姫路市", kana="ひめじし")
    opened = Fact(
        program="hyogo",
        kind=Kind.IBASHO_OPENED,
        occurred_on=date(2020, 6, 1),
        municipality_code="282014",
        cohort=Cohort.UNKNOWN,
    )
    Municipality.objects.create(
        code="282022", prefecture="兵庫県", name="尼崎市", kana="あまがさきし"
    )
    before = Fact(
        program="hyogo",
        kind=Kind.BASELINE_LISTED,
        occurred_on=date(2020, 3, 31),
        municipality_code="282022",
        destination=Kind.IBASHO_OPENED.value,
    )
    with transaction.atomic():
        enter_all([opened, before], confirmed_by=1, now=datetime(2020, 6, 1, tzinfo=UTC))
    page = signed_in_as(analyst).get("/reports/kpi/hyogo-2020/").content.decode()
    assert '<li class="covered">姫路市 <small>令和2年度</small></li>' in page
    assert '<li class="before">尼崎市 <small>事業開始前</small></li>' in page
    assert "<li>神戸市</li>" in page
    assert "◎ 事業開始前からある" in page
    assert "基準の市町が未登録 (1/3)" in page


def test_a_sheet_costs_few_queries_once_its_past_is_known(
    kochi, analyst, django_assert_max_num_queries
):
    consult(12, Channel.WEB, date(2020, 5, 1))
    viewer = staff_viewer(analyst)
    guarded.read(viewer, "kochi-2020", as_of=None, now=NOW)
    with django_assert_max_num_queries(6):
        guarded.read(viewer, "kochi-2020", as_of=None, now=NOW)


ENDS = [date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31), date(2021, 3, 31)]


def make_history(seed: int) -> None:
    """Consultations by two channels, some known late, some taken back."""
    dice, first = random.Random(seed), 0
    for layer, quarter, channel in places():
        many = dice.choice([0, 0, 1, 4, 11, 14, 30] if quarter == layer else [0, 0, 0, 1, 12])
        known = ENDS[layer] - timedelta(days=3)
        rows = consult(many, channel, ENDS[quarter] - timedelta(days=9), known=known, first=first)
        first += many
        if rows and dice.random() < 0.1:
            at = datetime.combine(known, datetime.min.time(), UTC) + timedelta(hours=4)
            with transaction.atomic():
                counter_enter("kochi", seq=rows[0].seq, reason=Reason.TWICE, confirmed_by=1, now=at)


def places(upto: int = len(ENDS) - 1) -> list[tuple[int, int, str]]:
    """(known in which quarter, happened in which, how): what an attacker wants to know."""
    return [
        (layer, quarter, channel)
        for layer in range(upto + 1)
        for quarter in range(layer + 1)
        for channel in ("web", "phone")
    ]


@pytest.mark.parametrize("seed", range(8))
def test_an_attacker_with_every_page_of_every_date_pins_nobody_down(kochi, analyst, seed):
    """Everything that a reader may open, at every date they may choose, as one set of sums."""
    make_history(seed)
    exact, told, spread = [], {}, []
    for place, end in enumerate(ENDS):
        _, cell = evidence.opened(
            staff_viewer(analyst), "kochi-2020", code=CODE, year=2020, as_of=end, after=0, now=NOW
        )
        exact.append((dict.fromkeys(places(place), 1), cell.line.exact.actual[2020]))
        part = next(one for one in cell.line.parts if one.words == "うちWeb")
        if part.years[2020] is not None and 2020 not in part.since:
            told[place] = (web_until(place), part.years[2020])
        for row, column in [] if cell.spread is None else cell.spread.shown:
            if "*" not in (row, column):
                sides = [o for o in places(place) if (f"{o[1] + 1}", o[2]) == (row, column)]
                spread.append((dict.fromkeys(sides, 1), cell.spread.cell(row, column)))
    for place in set(range(len(ENDS))) - set(told):
        sought = ({**web_until(place), "sought": -1}, 0)
        low, high = bounds("sought", [*exact, *told.values(), *spread, sought])
        before = [fact for other, fact in told.items() if other < place]
        least, most = bounds("sought", [*exact, *before, sought])
        assert high - low >= min(10, most - least)


def web_until(place: int) -> dict[tuple[int, int, str], int]:
    return {one: 1 for one in places(place) if one[2] == "web"}


@pytest.mark.parametrize("minutes", [4, 6])
def test_what_is_taken_along_asks_for_a_fresh_proof(kochi, analyst, minutes):
    client = signed_in_as(analyst)
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        asked = [
            client.get(address)
            for address in (
                f"{SHEET}sheet.csv", f"{SHEET}sheet.json", f"{SHEET}sheet.xlsx",
                f"{SHEET}sheet.pdf",
                f"{SHEET}monthly.pdf", "/reports/usage/usage.csv",
            )
        ]  # fmt: skip
        assert client.get(SHEET).status_code == 200
    found = {answer.status_code for answer in asked}
    if minutes < 5:
        assert found == {200}
    else:
        assert found == {303}
        assert asked[0]["Location"].startswith("/accounts/reauthenticate/?next=")
