"""The commands: what they write, and what they refuse."""

import csv
import io
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from ledger.models import Entry, Head
from ledger.queries import verify
from reports.rules import shipped


def test_a_sheet_as_csv_opens_in_an_office_s_spreadsheet(db, tmp_path):
    file = tmp_path / "kochi.csv"
    call_command("kpi", "kochi-2020", "--format", "csv", "--output", str(file))
    raw = file.read_bytes()
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][:6] == ["符号", "指標", "単位", "事業開始前", "令和2年度 目標", "令和2年度 実績"]
    beside = [row[1].strip("　") for row in rows if row[1:] and row[1].startswith("　")]
    assert beside[:3] == ["うちWeb", "うち電子居場所から", "世代がわからない人"]


def test_a_sheet_as_excel_keeps_its_formulas(db, tmp_path):
    file = tmp_path / "hyogo.xlsx"
    call_command("kpi", "hyogo-2020", "--format", "xlsx", "--output", str(file))
    page = openpyxl.load_workbook(file).active
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    line = next(row for row in cells if row[0] == "hyogo.ibasho")
    assert line[10:13] == ["=E4+G4+I4", "=F4+H4+J4", "=L4/K4"]
    assert line[13] == "基準の市町が未登録 (0/3)"


@pytest.mark.parametrize("options", [["atlantis-2020"], ["kochi-2020", "--as-of", "yesterday"]])
def test_a_sheet_or_a_day_that_is_none_is_told(db, options):
    with pytest.raises(CommandError):
        call_command("kpi", *options)


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_every_sheet_comes_in_every_format(db, tmp_path, slug):
    for kind in ("json", "csv", "xlsx"):
        call_command("kpi", slug, "--format", kind, "--output", str(tmp_path / f"{slug}.{kind}"))
    assert len(list(tmp_path.iterdir())) == 3


def test_made_up_records_are_a_real_ledger_and_never_in_production(db, settings):
    call_command("generate_records", "300", stdout=StringIO())
    assert Entry.objects.count() == Head.objects.get().seq == 300
    assert [verdict.broken for verdict in verify()] == [""]
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("generate_records", "1")
