"""What a figure is worth is said wherever it is printed: on the page, on all that is taken away."""

import csv
import io
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from accounts.states import Role
from ledger.entries import Fact, enter
from ledger.states import Kind
from ledger.subjects import subject_of
from programs.models import Program
from reports.models import Closing, Install, Return
from reports.queries import OVERLAP
from tests.cast import grant, make_program, make_staff, signed_in_as
from tests.reports.people import make_towns

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 7, 20, tzinfo=UTC)
CLOSED = datetime(2021, 4, 20, tzinfo=UTC)
UNLISTED = "基準の市町が未登録 (0/3)"


@pytest.fixture
def printed(monkeypatch):
    """What is set on paper, as text: the typesetter's own work is tested elsewhere."""
    pages = []
    monkeypatch.setattr("reports.doors.pdf", lambda page: pages.append(page) or b"%PDF-")
    return pages


def text_of_book(data: bytes) -> str:
    book = load_workbook(io.BytesIO(data))
    return "\n".join(
        str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row
    )


def command(slug: str, kind: str, tmp_path) -> str:
    file = tmp_path / f"{slug}.{kind}"
    call_command("kpi", slug, format=kind, output=file, stdout=StringIO())
    data = file.read_bytes()
    return text_of_book(data) if kind == "xlsx" else data.decode("utf-8-sig")


@pytest.fixture
def every_format(printed, tmp_path):
    """name → what it says, of a sheet that is closed, checked and published."""

    def told(slug: str) -> dict[str, str]:
        program = make_program(slug.split("-")[0])
        people = [make_staff(name) for name in ("hitori", "futari", "kansa")]
        for person, role in zip(
            people, (Role.COORDINATOR, Role.COORDINATOR, Role.AUDITOR), strict=True
        ):
            grant(person, role, program)
        sheet = f"/reports/kpi/{slug}/"
        with time_machine.travel(CLOSED, tick=False):
            one, other, _ = map(signed_in_as, people)
            assert one.post(f"{sheet}close/", {"year": "2020"}).status_code == 303
            close = f"{sheet}close/{Closing.objects.get().pk}/"
            assert other.post(f"{close}check/").status_code == 303
            assert one.post(f"{close}publish/").status_code == 303
        # A proof of April is none in July.
        one, _, auditor = map(signed_in_as, people)
        found = {}
        for name in ("", "sheet.csv", "sheet.json", "breakdown/", "breakdown/breakdown.csv"):
            found[name] = one.get(f"{sheet}{name}").content.decode("utf-8-sig")
        found["cp932"] = one.get(f"{sheet}sheet.csv?encoding=cp932").content.decode("cp932")
        found["closed"] = one.get(f"{sheet}sheet.csv?closed=2020").content.decode("utf-8-sig")
        for name in ("sheet.xlsx", "breakdown/breakdown.xlsx"):
            found[name] = text_of_book(one.get(f"{sheet}{name}").content)
        for name in ("sheet.pdf", "monthly.pdf"):
            assert one.get(f"{sheet}{name}").content.startswith(b"%PDF")
            found[name] = printed[-1]
        exact = {"as_of": "2021-05-20", "reason": "会計検査の抽出"}
        found["exact"] = auditor.post(f"{sheet}exact/", exact).content.decode()
        for kind in ("json", "csv", "xlsx"):
            found[f"kpi {kind}"] = command(slug, kind, tmp_path)
        for name in ("", "table.csv"):
            answer = Client().get(f"/published/{slug}/{name}")
            found[f"published {name}"] = answer.content.decode("utf-8-sig")
        return found

    with time_machine.travel(NOW, tick=False):
        yield told


def lacking(found: dict[str, str], words: str, *, but: tuple[str, ...] = ()) -> list[str]:
    return [name for name, text in found.items() if words not in text and name not in but]


BREAKDOWN = ("breakdown/", "breakdown/breakdown.csv", "breakdown/breakdown.xlsx")
JSON = ("sheet.json", "kpi json")


def test_a_baseline_that_is_not_listed_is_told_on_every_format(every_format):
    assert lacking(every_format("hyogo-2020"), UNLISTED, but=BREAKDOWN) == []


def test_how_a_line_is_counted_and_what_was_chosen_is_printed_on_every_format(every_format):
    found = every_format("kochi-2020")
    for words in (
        "確認された相談の延べ件数", "電子居場所の部屋への参加は、居場所等に入れていません",
    ):  # fmt: skip
        assert lacking(found, words, but=(*BREAKDOWN, *JSON)) == []


def test_the_document_s_header_is_on_everything_that_is_a_sheet(every_format):
    found = every_format("kochi-2020")
    told = (
        "ひきこもり支援の強化", "交付決定", "交付金対象事業費", "資料に記載なし", "事業概要",
        "家計相談",
    )  # fmt: skip
    for words in told:
        assert lacking(found, words, but=(*BREAKDOWN, *JSON)) == []


def test_the_unit_stands_in_a_column_as_the_grant_prints_it(every_format):
    found = every_format("hyogo-2020")
    for name in ("", "sheet.pdf", "monthly.pdf"):
        assert '<th scope="col" rowspan="2">単位</th>' in found[name]
        assert "<td>人(延べ)</td>" in found[name]


def test_the_municipalities_that_are_covered_are_on_paper_too(every_format):
    make_towns()
    make_program("hyogo")
    Program.objects.filter(slug="hyogo").update(prefecture_code="28")
    enter(
        Fact(program="hyogo", kind=Kind.IBASHO_OPENED, occurred_on=date(2020, 6, 1),
             municipality_code="282014", evidence="site:1"),
        confirmed_by=1,
        now=datetime(2020, 6, 2, tzinfo=UTC),
    )  # fmt: skip
    found = every_format("hyogo-2020")
    for name in ("", "sheet.pdf", "monthly.pdf"):
        assert '<li class="covered">姫路市 <small>令和2年度</small></li>' in found[name], name
        assert "<li>神戸市</li>" in found[name], name


def test_that_people_of_two_houses_overlap_is_told_on_every_format_of_their_program(every_format):
    north = Install.objects.create(name="北", public_key="a" * 64, joined_at=NOW)
    Return.objects.create(
        install=north, program="kochi", month="2021-05", first_seq=1, last_seq=2,
        shares_key=False, taken_at=NOW,
    )  # fmt: skip
    assert lacking(every_format("kochi-2020"), OVERLAP, but=JSON) == []


def test_another_program_s_overlap_is_told_nowhere(every_format):
    north = Install.objects.create(name="北", public_key="a" * 64, joined_at=NOW)
    Return.objects.create(
        install=north, program="hyogo", month="2021-05", first_seq=1, last_seq=2,
        shares_key=False, taken_at=NOW,
    )  # fmt: skip
    found = every_format("kochi-2020")
    assert [name for name, text in found.items() if OVERLAP in text] == []


def test_years_are_reiwa_s_wherever_people_read_them(every_format):
    assert lacking(every_format("kochi-2020"), "令和2年度", but=JSON) == []


def test_the_monthly_report_has_the_sheet_its_revisions_and_the_use_of_the_house(every_format):
    enter(
        Fact(program="kochi", kind=Kind.NEW_CASE, occurred_on=date(2020, 5, 1), cohort="yes",
             subject=subject_of("kochi", "a"), channel="web"),
        confirmed_by=1,
        now=datetime(2020, 5, 2, tzinfo=UTC),
    )  # fmt: skip
    page = every_format("kochi-2020")["monthly.pdf"]
    for words in (
        "月次報告 2021年6月", "2021年6月30日現在", "団体名", "計画期間中の累計", "＊",
        "過年度修正(令和2年度の締めから", "利用状況（相談件数ではありません）",
    ):  # fmt: skip
        assert words in page, words


def test_the_csv_is_a_table_first_and_its_words_below(every_format):
    rows = list(csv.reader(io.StringIO(every_format("kochi-2020")["sheet.csv"])))
    assert rows[0][:2] == ["符号", "指標"]
    first = next(at for at, row in enumerate(rows) if not row)
    assert {len(row) for row in rows[:first]} == {len(rows[0])}
    assert ["交付決定", "資料に記載なし"] in rows[first:]
