"""A list of agencies comes in whole or not at all, and never in anyone's way."""

import contextlib
import time
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import Atomic

from foundation import tables
from foundation.refusals import Refused
from foundation.workbook import NotATable
from programs import agency_rows, queries
from programs.actions import agencies, imports
from programs.models import Agency, AgencyImport, Municipality
from tests.cast import make_program

HEAD = "種別,名前,市町村コード,電話,受付時間,対象と方法,出典,確認日"
HIMEJI = (
    "市町村ひきこもり相談窓口,ひめじ相談室,282014,079-221-0000,平日 9:00〜17:00,本人・家族,"
    "市のページ,2026-04-01"
)
KOBE = "家族会,神戸の家族会,281000,,第2日曜,家族,会のページ,2026-04-01"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def towns(db):
    for code, name in (("282014", "姫路市"), ("281000", "神戸市")):
        Municipality.objects.create(code=code, prefecture="兵庫県", name=name, kana="あ")


class Held(contextlib.AbstractContextManager):
    """How long each outermost transaction lasts: on SQLite, how long everybody else waits."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __enter__(self) -> "Held":
        enter, leave, held = Atomic.__enter__, Atomic.__exit__, self.seconds
        since: list[float] = []

        def begin(atomic) -> None:
            enter(atomic)
            since.append(time.perf_counter())

        def end(atomic, *trouble) -> None:
            leave(atomic, *trouble)
            began = since.pop()
            if not since:
                held.append(time.perf_counter() - began)

        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(Atomic, "__enter__", begin)
        self._patch.setattr(Atomic, "__exit__", end)
        return self

    def __exit__(self, *trouble) -> None:
        self._patch.undo()

    def must_be_short(self) -> None:
        assert len(self.seconds) > 100
        # A few carry a checkpoint of the log, which keeps nobody out; nearly all show the lock.
        # PostgreSQL locks rows, and keeps nobody else out.
        if connection.vendor == "sqlite":
            assert sorted(self.seconds)[int(len(self.seconds) * 0.9)] < 0.05
        # The one moment in which everything takes effect comes last.
        assert self.seconds[-1] < 0.05


def csv(*rows: str, encoding: str = "utf-8") -> tables.Table:
    return tables.read("\r\n".join([HEAD, *rows]).encode(encoding))


def stage(program, now, *rows: str, instead_of: int | None = None) -> AgencyImport:
    return imports.stage(
        program=program.pk, table=csv(*rows), file_name="一覧.csv", instead_of=instead_of, now=now
    )


def mend(program, row, now, cells, *, left_out=(), version: int | None = None) -> AgencyImport:
    return imports.mend(
        program=program.pk, imported=row.pk, version=version or row.version, cells=cells,
        left_out=left_out, now=now,
    )  # fmt: skip


def apply(program, row, now):
    return imports.apply(program=program.pk, imported=row.pk, now=now)


def names(program) -> list[str]:
    return [one.name for one in queries.agencies(program.pk).agencies]


def test_nobody_sees_a_list_until_it_is_applied_and_then_all_of_it(program, now):
    row = stage(program, now, HIMEJI, KOBE)
    assert names(program) == []
    assert apply(program, row, now) == imports.Applied(added=2, changed=0, same=0)
    assert names(program) == ["神戸の家族会", "ひめじ相談室"]


def test_with_bad_rows_nothing_can_be_applied_and_each_is_told_by_line(program, now):
    row = stage(program, now, HIMEJI, KOBE.replace("281000", "28100"), "役所,,282014,,,,,")
    assert [one["line"] for one in row.bad] == [3, 4]
    assert row.bad[0]["cells"]["municipality"] == "28100"
    assert set(row.bad[1]["wrong"]) == {"kind", "name", "source", "verified_on"}
    with pytest.raises(Refused, match="not_ready"):
        apply(program, row, now)
    assert names(program) == []


def test_bad_rows_are_mended_where_they_are_and_then_the_whole_is_applied(program, now):
    row = stage(program, now, HIMEJI, KOBE.replace("281000", "28100"), "役所,,282014,,,,,")
    row = mend(program, row, now, {3: {"municipality": "28101"}}, left_out=[4])
    assert [one["line"] for one in row.bad] == [3]
    assert row.bad[0]["cells"]["municipality"] == "28101", "what was typed is kept"
    row = mend(program, row, now, {3: {"municipality": "281000"}})
    assert row.bad == []
    assert apply(program, row, now).added == 2
    assert names(program) == ["神戸の家族会", "ひめじ相談室"]


def test_a_later_list_changes_what_is_different_and_leaves_the_rest(program, now):
    apply(program, stage(program, now, HIMEJI, KOBE), now)
    old = Agency.objects.get(name="ひめじ相談室")
    row = stage(program, now, HIMEJI.replace("0000", "1111"), KOBE)
    assert queries.agency(program.pk, pk=old.pk).telephone == "079-221-0000"
    assert apply(program, row, now) == imports.Applied(added=0, changed=1, same=1)
    assert queries.agency(program.pk, pk=old.pk) is None
    assert sorted(names(program)) == ["ひめじ相談室", "神戸の家族会"]


def test_a_list_that_was_dropped_leaves_everything_as_it_was(program, now):
    apply(program, stage(program, now, HIMEJI), now)
    row = stage(program, now, HIMEJI.replace("0000", "1111"), KOBE)
    imports.drop(program=program.pk, imported=row.pk, now=now)
    assert names(program) == ["ひめじ相談室"]
    assert not Agency.objects.filter(brought_by=row).exists()
    with pytest.raises(Refused, match="gone"):
        apply(program, row, now)


def test_a_new_list_takes_the_place_of_one_that_waited(program, now):
    first = stage(program, now, HIMEJI)
    with pytest.raises(Refused, match="list_waits"):
        stage(program, now, KOBE)
    assert AgencyImport.objects.get().pk == first.pk, "nobody's mended rows go unsaid"
    second = stage(program, now, KOBE, instead_of=first.pk)
    with pytest.raises(Refused, match="gone"):
        apply(program, first, now)
    apply(program, second, now)
    assert names(program) == ["神戸の家族会"]


def test_two_lists_never_wait_at_once(program, now):
    stage(program, now, HIMEJI)
    with pytest.raises(IntegrityError):
        AgencyImport.objects.create(program=program, at=now)


def test_what_someone_changed_by_hand_meanwhile_is_not_overwritten(program, now):
    apply(program, stage(program, now, HIMEJI), now)
    old = Agency.objects.get(name="ひめじ相談室")
    later = now + timedelta(minutes=5)
    row = stage(program, later, HIMEJI.replace("0000", "1111"))
    values = {"municipality_id": "282014", "name": old.name, "telephone": "079-221-2222"}
    agencies.change(
        program=program.pk, agency=old.pk, version=1, values=values,
        now=later + timedelta(minutes=1),
    )  # fmt: skip
    assert apply(program, row, later + timedelta(minutes=2)).asked == 1
    assert queries.agency(program.pk, pk=old.pk).telephone == "079-221-2222"
    row.refresh_from_db()
    (asked,) = row.bad
    assert asked["line"] == 2 and "電話 079-221-2222" in asked["wrong"]["name"]
    row = mend(program, row, later + timedelta(minutes=3), {})
    assert row.bad == []
    assert apply(program, row, later + timedelta(minutes=4)).changed == 1
    (one,) = queries.agencies(program.pk).agencies
    assert one.telephone == "079-221-1111"


def test_only_the_row_that_was_changed_is_asked_about_again(program, now):
    apply(program, stage(program, now, HIMEJI), now)
    old = Agency.objects.get()
    later = now + timedelta(minutes=5)
    row = stage(program, later, HIMEJI.replace("0000", "1111"), KOBE.replace("281000", "28100"))
    row = mend(program, row, later, {3: {"municipality": "281000"}})
    agencies.take_away(
        program=program.pk, agency=old.pk, version=1, now=later + timedelta(minutes=1)
    )
    assert apply(program, row, later + timedelta(minutes=2)).asked == 1
    row.refresh_from_db()
    assert [one["line"] for one in row.bad] == [2]
    assert "外しました" in row.bad[0]["wrong"]["name"]
    row = mend(program, row, later + timedelta(minutes=3), {}, left_out=[2])
    assert apply(program, row, later + timedelta(minutes=4)).added == 1, "the mended row stayed"
    assert names(program) == ["神戸の家族会"]


def test_an_agency_that_came_by_hand_meanwhile_is_asked_about(program, now):
    row = stage(program, now, HIMEJI)
    values = {
        "kind": "window", "municipality_id": "282014", "name": "ひめじ 相談室", "source": "電話",
        "verified_on": now.date(),
    }  # fmt: skip
    agencies.add(program=program.pk, values=values, now=now + timedelta(minutes=1))
    assert apply(program, row, now + timedelta(minutes=2)).asked == 1
    assert len(names(program)) == 1
    other = {**values, "name": "べつの窓口"}
    agencies.add(program=program.pk, values=other, now=now + timedelta(minutes=3))
    row.refresh_from_db()
    row = mend(program, row, now + timedelta(minutes=4), {})
    assert apply(program, row, now + timedelta(minutes=5)).asked == 0, (
        "another's change asks nobody"
    )
    assert sorted(names(program)) == ["ひめじ相談室", "べつの窓口"]


def test_two_who_mend_one_list_are_told(program, now):
    row = stage(program, now, HIMEJI, KOBE.replace("281000", "28100"))
    mend(program, row, now, {3: {"municipality": "2810"}})
    with pytest.raises(Refused, match="list_mended"):
        mend(program, row, now, {3: {"municipality": "281000"}}, version=1)
    assert AgencyImport.objects.get().bad[0]["cells"]["municipality"] == "2810"


def test_the_same_agency_twice_in_a_list_is_told(program, now):
    row = stage(program, now, HIMEJI, HIMEJI.replace("ひめじ相談室", "ひめじ 相談室"))
    assert "2行目" in row.bad[0]["wrong"]["name"]


def test_a_list_that_was_cut_off_half_way_cannot_be_applied(program, now, monkeypatch):
    def cut(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imports, "_lay", cut)
        with pytest.raises(KeyboardInterrupt):
            stage(program, now, HIMEJI)
    half = AgencyImport.objects.get()
    kept = half.pk
    assert queries.waiting_import(program.pk, bad=9, sample=9) is None
    with pytest.raises(Refused, match="not_ready"):
        apply(program, half, now)
    stage(program, now, HIMEJI)
    assert not AgencyImport.objects.filter(pk=kept, dropped_at=None).exists(), "nobody saw it"


def test_formulas_are_told_or_made_harmless_and_none_is_kept(program, now):
    row = stage(
        program, now,
        HIMEJI.replace("ひめじ相談室", '"=HYPERLINK(""x"")"'),
        KOBE.replace("第2日曜", "＋第2日曜"),
        KOBE.replace("神戸の家族会", "＠会"),
        KOBE.replace("神戸の家族会", "べつの会").replace("第2日曜", "－"),
    )  # fmt: skip
    assert [one["line"] for one in row.bad] == [2, 4]
    assert all("数式" in one["wrong"]["name"] for one in row.bad)
    assert [note["line"] for note in row.notes] == [3]
    assert "受付時間" in row.notes[0]["said"]
    kept = Agency.objects.filter(brought_by=row).order_by("pk")
    assert [one.hours_text for one in kept] == ["第2日曜", ""]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("種別,名前,市町村コード,出典", "確認日"),
        ("種別,なまえ,市町村コード,出典,確認日", "なまえ"),
        ("種別,名前,名前,市町村コード,出典,確認日", "2つ"),
    ],
)
def test_a_wrong_header_is_named(program, now, head, says):
    with pytest.raises(NotATable, match=says):
        imports.stage(
            program=program.pk, table=tables.read(f"{head}\nx\n".encode()), file_name="", now=now
        )
    assert not AgencyImport.objects.exists()


def test_a_file_full_of_mistakes_is_sent_back_at_once(program, now):
    wrong = [KOBE.replace("281000", "1")] * 200
    wrong[3] = KOBE
    with pytest.raises(NotATable, match="200行より多く") as no:
        stage(program, now, *wrong, *wrong)
    assert "市町村コード(2〜4・6〜202行目)" in no.value.sentence


def test_the_template_reads_back_as_a_list_of_one(program, now):
    text = agency_rows.written([agency_rows.EXAMPLE])
    row = imports.stage(program=program.pk, table=tables.read(text.encode()), file_name="", now=now)
    assert row.bad == [] and row.notes == []


def test_what_is_written_out_comes_in_again_unchanged(program, now):
    apply(program, stage(program, now, HIMEJI, KOBE), now)
    rows = [agency_rows.cells_of(vars(one)) for one in queries.every_agency(program.pk)]
    table = tables.read(agency_rows.written(rows).encode())
    row = imports.stage(program=program.pk, table=table, file_name="", now=now)
    assert apply(program, row, now) == imports.Applied(added=0, changed=0, same=2)


def test_another_programs_list_is_not_ours(program, now):
    other = make_program("kochi")
    row = stage(program, now, HIMEJI)
    for act in (imports.apply, imports.drop):
        with pytest.raises(Refused, match="gone"):
            act(program=other.pk, imported=row.pk, now=now)
    apply(program, row, now)
    assert names(other) == []


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_rows_hold_the_lock_only_for_moments(program, now):
    rows = [HIMEJI.replace("ひめじ相談室", f"ひめじ相談室{n}") for n in range(10_000)]
    with Held() as locks:
        row = stage(program, now, *rows)
        apply(program, row, now)
    assert queries.agencies(program.pk).total == 10_000
    locks.must_be_short()
    with Held() as locks:
        again = stage(program, now + timedelta(hours=1), *[r.replace("0000", "1111") for r in rows])
        counts = apply(program, again, now + timedelta(hours=1))
    assert counts == imports.Applied(added=0, changed=10_000, same=0)
    locks.must_be_short()
    assert queries.agencies(program.pk).total == 10_000


def test_an_agency_nobody_looked_after_for_a_year_is_counted(program, now):
    apply(program, stage(program, now, HIMEJI, KOBE), now)
    assert queries.unverified_agencies(program.pk, today=date(2027, 4, 1)) == 0
    assert queries.unverified_agencies(program.pk, today=date(2027, 4, 2)) == 2
