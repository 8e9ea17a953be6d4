"""A month of calls from a file: looked through first; all of it or nothing; the same file once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from counseling.actions.purge import LIST_WAITS, purge
from counseling.models import Occasion, OccasionImport
from foundation.clock import jst_day
from ledger.models import Entry
from tests.cast import signed_in_as

PAGE = "/counseling/desk/occasions/import/"
HEAD = "番号,日にち,方法,相手,分,ひとこと,分ける理由,心理カウンセリング"


@pytest.fixture
def desk(kaede):
    return signed_in_as(kaede)


def bring(desk, *lines: str, encoding: str = "utf-8"):
    data = "\n".join([HEAD, *lines]).encode(encoding)
    return desk.post(PAGE, {"file": SimpleUploadedFile("相談.csv", data)})


def test_a_month_is_looked_through_and_taken_in(case, desk, now):
    on = jst_day(now).isoformat()
    rows = (
        f"{case.code},{on},電話,本人,25,しずかな声,,",
        f",{on},訪問,家族,1:30,はじめて,,はい",
        f"{case.code},{on},電話,本人,5,,夜にべつの用件,",
    )
    assert bring(desk, *rows, encoding="cp932").status_code == 303
    assert not Occasion.objects.exists()
    shown = desk.get(PAGE).content.decode()
    assert "取りこめる行（3）" in shown
    waiting = OccasionImport.objects.get()
    assert desk.post(f"{PAGE}{waiting.pk}/apply/").status_code == 303
    assert sorted(Occasion.objects.values_list("minutes", flat=True)) == [5, 25, 90]
    assert Occasion.objects.filter(brought_by=waiting, confirmed_at__isnull=False).count() == 3
    assert Entry.objects.filter(kind="consultation").count() == 3
    assert desk.post(f"{PAGE}{waiting.pk}/apply/").status_code == 422
    again = bring(desk, *rows, encoding="cp932")
    assert "もう取りこんでいます" in again.content.decode()
    assert Occasion.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1234567,{on},電話,本人,25,,,", "その番号の相談はありません"),
        (",9999-12-31,電話,本人,25,,,", "まだ来ていない日"),
        (",32日,電話,本人,25,,,", "日にちをえらんで"),
        (",{on},のろし,本人,25,,,", "どうやって話したか"),
        (",{on},電話,本人,なん分,,,", "何分かを"),
        (",{on},電話,本人,25,090-1234-5678,,", "ここには残しません"),
        (",{on},電話,本人,25,=HYPERLINK(),,", "数式"),
        ("{code},{on},電話,本人,25,,,\n{code},{on},電話,本人,5,,,", "もうあります"),
    ],
)
def test_one_bad_row_keeps_the_whole_list_out(case, desk, now, row, why):
    on = jst_day(now).isoformat()
    bring(desk, f",{on},訪問,家族,30,,,", row.format(on=on, code=case.code))
    shown = desk.get(PAGE).content.decode()
    assert why in shown
    assert "090-1234-5678" not in shown
    waiting = OccasionImport.objects.get()
    assert desk.post(f"{PAGE}{waiting.pk}/apply/").status_code == 422
    assert not Occasion.objects.exists()
    assert desk.post(f"{PAGE}{waiting.pk}/drop/").status_code == 303
    waiting.refresh_from_db()
    assert (waiting.rows, waiting.bad) == ([], [])


def test_a_file_that_is_none_is_told_so(desk, program):
    for data in (b"", b"\x00\x01", "名前,電話\nあ,い".encode()):
        answer = desk.post(PAGE, {"file": SimpleUploadedFile("a.csv", data)})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert desk.post(PAGE, {}).status_code == 422


def test_somebody_else_s_list_is_not_there(case, desk, mori, program, now):
    bring(desk, f",{jst_day(now).isoformat()},訪問,家族,30,,,")
    number = OccasionImport.objects.get().pk
    assert signed_in_as(mori).post(f"{PAGE}{number}/apply/").status_code == 404


def test_a_list_replaced_by_another_keeps_no_row(case, desk, now):
    on = jst_day(now).isoformat()
    bring(desk, f"{case.code},{on},電話,本人,25,しずかな声,,")
    bring(desk, f"{case.code},{on},訪問,本人,25,べつの日,,", ",32日,電話,本人,25,,,")
    first, second = OccasionImport.objects.order_by("pk")
    assert (first.rows, first.bad) == ([], [])
    assert second.rows and second.bad


def test_a_list_that_nobody_took_in_keeps_no_row_for_long(case, desk, now):
    on = jst_day(now).isoformat()
    bring(desk, f"{case.code},{on},電話,本人,25,しずかな声,,", ",32日,電話,本人,25,山田,,")
    waiting = OccasionImport.objects.get()
    assert list(purge(now=waiting.at + LIST_WAITS - timedelta(minutes=1))) == []
    assert waiting.rows and waiting.bad
    late = waiting.at + LIST_WAITS + timedelta(minutes=1)
    assert list(purge(now=late)) == [("lists of occasions", 1)]
    waiting.refresh_from_db()
    assert (waiting.rows, waiting.bad, waiting.dropped_at) == ([], [], late)
    assert desk.post(f"{PAGE}{waiting.pk}/apply/").status_code == 422
    assert list(purge(now=late)) == []
