"""What a coordinator writes of an agency: read as it was meant, or told what is wrong."""

from datetime import date

import pytest

from programs import forms, opening_words
from programs.states import ACCEPTS_NAMES, KIND_NAMES, Accepts, AgencyKind

TODAY = date(2026, 11, 24)
GOOD = {
    "kind": "市町村ひきこもり相談窓口",
    "name": "ひめじ相談室",
    "municipality": "282014",
    "telephone": "079-221-0000",
    "source": "市のページ",
    "verified_on": "2026-11-01",
}


def paper(**cells: str) -> forms.Paper:
    return forms.agency({**GOOD, **cells}, towns={"282014"}, today=TODAY)


def test_every_kind_and_every_way_has_a_name():
    assert set(KIND_NAMES) == set(AgencyKind) and set(ACCEPTS_NAMES) == set(Accepts)
    assert len(set(KIND_NAMES.values())) == len(KIND_NAMES)


def test_a_good_row_is_kept_by_codes():
    found = paper(accepts="家族、本人・電話", hours_text="平日 9:00〜17:00")
    assert found.wrong == {}
    assert found.values["kind"] == "town_desk"
    assert found.values["accepts"] == ["person", "family", "telephone"]
    assert found.values["hours"] == [[[0, 1, 2, 3, 4], "09:00", "17:00"]]


@pytest.mark.parametrize(
    "written",
    [
        "2026-4-1",
        "2026/04/01",
        "2026年4月1日",
        "令和8年4月1日",
        "R8.4.1",
        "46113",
        "２０２６．４．１",
    ],
)
def test_a_day_is_read_as_offices_write_it(written):
    assert paper(verified_on=written).values["verified_on"] == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("column", "written", "says"),
    [
        ("name", "", "名前"),
        ("name", "あ" * 81, "80文字まで"),
        ("name", "\x00", "使えない文字"),
        ("kind", "役所", "種別"),
        ("municipality", "28201", "先頭の0"),
        ("municipality", "姫路市", "数字6けた"),
        ("municipality", "282015", "検査数字"),
        ("municipality", "280003", "都道府県"),
        ("municipality", "281018", "区のコード"),
        ("municipality", "282022", "一覧にありません"),
        ("telephone", "792210000", "先頭の0が消えて"),
        ("telephone", "電話なし", "電話番号"),
        ("url", "javascript:alert(1)", "アドレス"),
        ("url", "www.city.himeji.lg.jp", "アドレス"),
        ("source", " ", "出典"),
        ("verified_on", "いつか", "2026-04-01"),
        ("verified_on", "2026-02-30", "2026-04-01"),
        ("verified_on", "2026-11-25", "後"),
        ("verified_on", "1926-04-01", "年"),
        ("accepts", "猫", "選んで"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nowhere_else(column, written, says):
    found = paper(**{column: written})
    assert list(found.wrong) == [column]
    assert says in found.wrong[column]


@pytest.mark.parametrize(
    "written", ["０７９－２２１－００００", "079(221)0000", "079 221 0000", "079ー221ー0000"]
)
def test_a_telephone_number_is_kept_in_one_form(written):
    assert paper(telephone=written).values["telephone"] == "079-221-0000"


@pytest.mark.parametrize(
    ("words", "stretches"),
    [
        ("月〜金 9:00〜17:00", [[[0, 1, 2, 3, 4], "09:00", "17:00"]]),
        ("月曜日から金曜日 9時から17時30分まで", [[[0, 1, 2, 3, 4], "09:00", "17:30"]]),
        ("月・水・金 10:00-15:00", [[[0, 2, 4], "10:00", "15:00"]]),
        ("毎日 22:00〜翌2:00", [[[0, 1, 2, 3, 4, 5, 6], "22:00", "02:00"]]),
        ("金〜月 9時〜12時半", [[[4, 5, 6, 0], "09:00", "12:30"]]),
        ("月〜金 9:00〜17:00、土 9:00〜12:00", [
            [[0, 1, 2, 3, 4], "09:00", "17:00"], [[5], "09:00", "12:00"]]),
        ("毎日 0:00〜24:00", [[[0, 1, 2, 3, 4, 5, 6], "00:00", "00:00"]]),
        ("第2水曜日 13:00〜15:00", []),
        ("平日 9:00〜17:00(昼休みをのぞく)", []),
        ("9:00〜17:00", []),
        ("平日 25:00〜26:00", []),
        ("", []),
    ],
)  # fmt: skip
def test_hours_are_read_where_they_can_be_and_stay_words_where_not(words, stretches):
    assert opening_words.read(words) == stretches


def test_a_text_is_shown_in_paragraphs_and_never_as_markup():
    assert forms.paragraphs("一\n二\n\n　\n<b>三</b>\n") == ["一\n二", "<b>三</b>"]
    assert forms.text({"body": " \n"}).wrong.keys() == {"body"}
