"""Records come as files: read as offices write them, whole or not at all, naming nobody."""

import io
from datetime import date
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.states import Role
from accounts.viewer import Grant, Viewer
from foundation.refusals import Refused
from ledger.models import Entry, Note
from ledger.subjects import subject_of
from programs.models import Municipality, Program
from reports.actions.imports import apply_records, drop_records, stage_records
from reports.indicators import figures
from reports.models import RecordImport
from reports.rules import shipped
from tests.cast import make_staff
from tests.reports import oracle

KOCHI = shipped()["kochi-2020"]
HEAD = (
    "date,kind,program,municipality_code,channel,cohort,relation,subject,destination,quantity,note"
)
ROW = "2021-03-31,consultation,kochi,392014,phone,yes,family,K-7F3Q,,2,母から"


def taken(tmp_path: Path, data: str | bytes, *options: str) -> str:
    file = tmp_path / "records.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    out, err = StringIO(), StringIO()
    call_command("import_records", str(file), *options, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def test_a_row_becomes_an_entry(db, tmp_path):
    taken(tmp_path, f"{HEAD}\n{ROW}\n")
    entry = Entry.objects.get()
    assert (entry.program, entry.kind, entry.occurred_on) == (
        "kochi", "consultation", date(2021, 3, 31),
    )  # fmt: skip
    assert (entry.channel, entry.cohort, entry.relation) == ("phone", "yes", "family")
    assert (entry.quantity, entry.municipality_code) == (2, "392014")
    assert entry.subject == subject_of("kochi", "K-7F3Q")
    assert entry.confirmed_by == "import"
    assert entry.evidence == f"import:{RecordImport.objects.get().pk}:2"
    assert Note.objects.get().body == "母から"


def test_the_user_who_is_named_confirms(db, tmp_path):
    kaede = make_staff("kaede")
    taken(tmp_path, f"{HEAD}\n{ROW}\n", "--by", "kaede")
    assert Entry.objects.get().confirmed_by == str(kaede.pk)
    with pytest.raises(CommandError):
        taken(tmp_path, f"{HEAD}\n{ROW}\n", "--by", "nobody")


JAPANESE = (
    "日付,種類,事業,市町村コード,手段,世代,続柄,対象者,件数,備考,入口\n"
    "令和3年3月31日,相談,kochi,392014,電話,はい,家族,Ｋ－７ｆ３ｑ,２,,電子居場所\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_an_office_s_own_file_is_read_with_japanese_heads(db, tmp_path, encoding):
    taken(tmp_path, JAPANESE.encode(encoding))
    entry = Entry.objects.get()
    assert (entry.kind, entry.channel, entry.quantity) == ("consultation", "phone", 2)
    assert (entry.occurred_on, entry.origin) == (date(2021, 3, 31), "ibasho")
    assert entry.subject == subject_of("kochi", "K-7F3Q")


@pytest.mark.parametrize(
    ("born", "cohort"),
    [
        ("1970-04-01", "no"), ("1970-04-02", "yes"), ("1986/4/1", "yes"), ("1986-04-02", "no"),
        ("昭和45年4月1日", "no"), ("S45.4.2", "yes"), ("昭和６１年４月１日", "yes"),
        ("S61.4.2", "no"), ("平成元年5月1日", "no"),
    ],
)  # fmt: skip
def test_a_day_of_birth_is_judged_on_reading_and_kept_nowhere(db, tmp_path, born, cohort):
    row = f"2023-03-31,consultation,kochi,,電話,{born},母,K-1"
    with pytest.raises(CommandError, match="self"):
        taken(tmp_path, f"日付,種類,事業,市町村コード,手段,生年月日,続柄,対象者\n{row}\n")
    taken(
        tmp_path,
        f"日付,種類,事業,市町村コード,手段,生年月日,続柄,対象者\n{row}\n".replace("母", "家族"),
    )
    assert Entry.objects.get().cohort == cohort
    kept = dump()
    days = (born.casefold(), "1970-04-0", "1986-04-0", "date(1970,", "date(1986,")
    assert [one for one in days if one in kept] == []


def test_whoever_is_of_the_cohort_stays_so_in_every_year(db, tmp_path):
    """34 to 49 years old on 1 April 2020: a span of births, however old they are since."""
    days = ("2021-03-31", "2021-04-01", "2023-03-31")
    born = ("1970-04-01", "1970-04-02", "1986-04-01", "1986-04-02")
    rows = [f"{day},consultation,kochi,,phone,{one},family,K-{one}" for day in days for one in born]
    head = HEAD.removesuffix(",destination,quantity,note")
    taken(tmp_path, "\n".join([head, *rows]))
    line = next(one for one in figures(KOCHI) if one.indicator.code == "kochi.consultations")
    assert line.actual == {2020: 2, 2021: 2, 2022: 2}
    assert line.actual == oracle.cell("kochi.consultations", Entry.objects.values())


def test_an_excel_file_is_read(db, tmp_path):
    book = openpyxl.Workbook()
    for line in (HEAD, ROW):
        book.active.append(line.split(","))
    book.active["A2"] = date(2021, 3, 31)
    out = io.BytesIO()
    book.save(out)
    taken(tmp_path, out.getvalue())
    assert Entry.objects.get().occurred_on == date(2021, 3, 31)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2021-02-30,consultation,kochi,,,,,,,,", "日付"),
        ("2999-01-01,consultation,kochi,,,,,,,,", "きょうより後"),
        ("2021-03-31,smile,kochi,,,,,,,,", "種類"),
        ("2021-03-31,subject_merged,kochi,,,,,a,,,", "種類"),
        ("2021-03-31,consultation,atlantis,,,,,,,,", "事業"),
        ("2021-03-31,consultation,kochi,392015,,,,,,,", "検査数字"),
        ("2021-03-31,consultation,kochi,390011,,,,,,,", "ありません"),
        ("2021-03-31,ibasho_opened,kobe,281018,,,,,,,", "区のコード"),
        ("2021-03-31,ibasho_opened,hyogo,280003,,,,,,,", "都道府県"),
        ("2021-03-31,consultation,kochi,,fax,,,,,,", "web"),
        ("2021-03-31,consultation,kochi,,,maybe,,,,,", "yes"),
        ("2021-03-31,consultation,kochi,,,,aunt,,,,", "self"),
        ("2021-03-31,consultation,kochi,,,,,,,0,", "整数"),
        ("2021-03-31,consultation,kochi,,,,,,,-1,", "式か"),
        ("2021-03-31,consultation,kochi,,,,,,,1.5,", "整数"),
        ("2021-03-31,new_case,kochi,,,yes,,,,,", "符号が要ります"),
        ("2021-03-31,linked,kochi,,,yes,,a,,,", "行き先"),
        ("2021-03-31,ibasho_opened,hyogo,,,,,,,,", "コードが要ります"),
        ("2021-03-31,consultation,kochi,,,,,,,,=1+1", "式か"),
    ],
)
def test_a_row_that_can_not_be_right_stops_everything_and_is_named(db, tmp_path, row, said):
    with pytest.raises(CommandError, match="3行目") as no:
        taken(tmp_path, f"{HEAD}\n{ROW}\n{row}\n")
    assert said in str(no.value)
    assert not Entry.objects.exists()
    assert not RecordImport.objects.exists()


def test_a_link_in_a_file_counts_whoever_spoke_and_the_sheet_says_so(db, tmp_path):
    rows = [
        f"2021-03-31,linked,kochi,392014,phone,yes,{voice},K-{voice},福祉事務所,1,"
        for voice in ("self", "family")
    ]
    taken(tmp_path, "\n".join([HEAD, *rows]))
    line = next(one for one in figures(KOCHI) if one.indicator.code == "kochi.linked")
    assert line.actual[2020] == 2
    said = "".join(line.indicator.printed_choices)
    assert "ファイルで取り込んだ「つながった」の記録は、続柄(だれが話したか)にかかわらず" in said
    assert "相談員がケースで確認した記録では、当事者がつながったものだけ" in said


def test_a_municipality_that_came_with_a_newer_list_may_be_written(db, tmp_path):
    row = "2021-03-31,consultation,kochi,392995,phone,yes,family,K-1,,1,"
    with pytest.raises(CommandError, match="市町村は、ありません"):
        taken(tmp_path, f"{HEAD}\n{row}\n")
    Municipality.objects.create(code="392995", prefecture="高知県", name="新しい市", kana="")
    taken(tmp_path, f"{HEAD}\n{row}\n")
    assert Entry.objects.get().municipality_code == "392995"


@pytest.mark.parametrize("head", ["date,kind", "date,date,kind,program", "date,kind,program,mood"])
def test_a_header_that_is_not_ours_is_told(db, tmp_path, head):
    with pytest.raises(CommandError):
        taken(tmp_path, f"{head}\n2021-03-31,consultation,kochi,x\n")


def test_a_file_that_would_keep_everybody_waiting_is_to_be_divided(db, tmp_path):
    with pytest.raises(CommandError, match="分けて"):
        taken(tmp_path, "\n".join([HEAD, *[ROW] * 5001]))
    taken(tmp_path, "\n".join([HEAD, *[ROW] * 200]))
    assert Entry.objects.count() == 200


def test_the_same_file_twice_is_recognised_in_whatever_format(db, tmp_path):
    taken(tmp_path, f"{HEAD}\n{ROW}\n")
    for again in (f"{HEAD}\n{ROW}\n".encode("cp932"), f"\ufeff{HEAD}\r\n{ROW}\r\n".encode()):
        with pytest.raises(CommandError, match="同じ内容"):
            taken(tmp_path, again)
    assert Entry.objects.count() == 1


def test_a_preview_takes_nothing_in(db, tmp_path):
    said = taken(tmp_path, f"{HEAD}\n{ROW}\n", "--preview")
    assert "kochi consultation 2020年度: 2" in said
    assert not Entry.objects.exists()
    assert not RecordImport.objects.exists()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("090-1234-5678 に", "電話番号"),
        ("０８８８２３４５６７", "電話番号"),
        ("高知市丸ノ内1-2-20", "住所"),
        ("山田さんから", "人の名前"),
        ("山田太郎", "人の名前"),
        ("山田太郎の母", "人の名前"),
        ("ヤマダ タロウ", "人の名前"),
        ("taro@example.jp", "メール"),
    ],
)
def test_words_that_seem_to_tell_who_somebody_is_are_flagged_and_not_quoted(
    db, tmp_path, cell, said
):
    row = f"2021-03-31,consultation,kochi,,phone,yes,family,K-1,,1,{cell}"
    told = taken(tmp_path, f"{HEAD}\n{row}\n", "--preview")
    assert f"2行目: 備考: {said}" in told
    assert cell not in told


@pytest.mark.parametrize(
    "cell",
    ["田中町の窓口", "山口市役所", "吉田病院", "中山間地域", "ハローワーク コウチ", "電話相談"],
)
def test_a_place_is_no_name(db, tmp_path, cell):
    row = f"2021-03-31,consultation,kochi,,phone,yes,family,K-1,,1,{cell}"
    assert "人の名前" not in taken(tmp_path, f"{HEAD}\n{row}\n", "--preview")


def test_a_mobile_number_is_no_address(db, tmp_path):
    row = "2021-03-31,consultation,kochi,,phone,yes,family,K-1,,1,{}"
    assert "住所" not in taken(tmp_path, f"{HEAD}\n{row.format('090-1234-5678')}\n", "--preview")
    assert "住所" in taken(tmp_path, f"{HEAD}\n{row.format('〒780-0850')}\n", "--preview")


def test_another_way_to_write_our_own_room_is_pointed_out(db, tmp_path):
    """It would count as つながった."""
    row = "2021-03-31,linked,kochi,,web,yes,self,K-1,{},1,"
    told = taken(tmp_path, f"{HEAD}\n{row.format('うちの電子居場所')}\n", "--preview")
    assert "行き先" in told and "とだけ書いて" in told
    assert "とだけ書いて" not in taken(
        tmp_path, f"{HEAD}\n{row.format('電子居場所')}\n", "--preview"
    )


def test_a_name_typed_for_a_person_is_flagged(db, tmp_path):
    row = "2021-03-31,consultation,kochi,,phone,yes,family,山田 太郎,,1,"
    told = taken(tmp_path, f"{HEAD}\n{row}\n", "--preview")
    assert "対象者: 人の名前" in told
    assert "山田" not in told


CANARY = "zaqwsxcde-4711"


def dump() -> str:
    """Every cell of every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            found.append(repr(cursor.fetchall()))
    return "".join(found).casefold()


@pytest.fixture
def kaede(db) -> Viewer:
    kochi = Program.objects.create(slug="kochi", name="高知", prefecture_code="39")
    staff = make_staff("kaede")
    grant = Grant(Role.COUNSELOR, kochi.pk)
    return Viewer(staff=staff.pk, grants=(grant,), verified=True)


def file_of(subject: str, program: str = "kochi") -> bytes:
    row = f"2021-03-31,new_case,{program},392014,web,yes,self,{subject},,1,"
    return f"{HEAD}\n{row}\n".encode()


def test_what_was_typed_for_a_person_is_nowhere_in_the_database(kaede, now):
    laid = stage_records(kaede, data=file_of(CANARY), now=now)
    assert CANARY not in dump()
    apply_records(kaede, imported=laid.imported, now=now)
    assert CANARY not in dump()
    # The file and the system agree on one subject: the case page shows the code that was typed.
    assert Entry.objects.get().subject == subject_of("kochi", CANARY)
    assert Entry.objects.get().confirmed_by == str(kaede.staff)


def test_what_was_laid_ready_is_taken_in_once_and_by_whoever_brought_it(kaede, now):
    laid = stage_records(kaede, data=file_of("K-1"), now=now)
    twin = stage_records(kaede, data=file_of("K-1"), now=now)
    other = Viewer(staff=kaede.staff + 1, grants=kaede.grants, verified=True)
    with pytest.raises(Refused, match="gone"):
        apply_records(other, imported=laid.imported, now=now)
    assert apply_records(kaede, imported=laid.imported, now=now) == 1
    with pytest.raises(Refused, match="gone"):
        apply_records(kaede, imported=laid.imported, now=now)
    with pytest.raises(Refused, match="already"):
        apply_records(kaede, imported=twin.imported, now=now)
    assert stage_records(kaede, data=file_of("K-1"), now=now).before is not None
    assert Entry.objects.count() == 1


def test_what_was_let_go_is_gone(kaede, now):
    laid = stage_records(kaede, data=file_of("K-1"), now=now)
    drop_records(kaede, imported=laid.imported, now=now)
    assert RecordImport.objects.get().waiting == []
    with pytest.raises(Refused, match="gone"):
        apply_records(kaede, imported=laid.imported, now=now)


def test_a_row_of_another_program_reads_as_one_of_none(kaede, now):
    Program.objects.create(slug="hyogo", name="兵庫", prefecture_code="28")
    laid = stage_records(kaede, data=file_of("K-1", program="hyogo"), now=now)
    assert laid.imported is None
    assert laid.bad[0].wrong["program"] == "この事業は、ありません。"


def test_whoever_holds_no_such_role_may_not_import(kaede, now):
    ren = Viewer(staff=kaede.staff, grants=(Grant(Role.SUPPORTER, 1),), verified=True)
    with pytest.raises(Refused, match="not_found"):
        stage_records(ren, data=file_of("K-1"), now=now)
