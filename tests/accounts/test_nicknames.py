"""Names: soft ones are offered, nobody can pose as a supporter or as someone present."""

import itertools
import random
import unicodedata

import pytest

from accounts import nicknames
from accounts.nicknames import check, offer, skeleton
from foundation.refusals import Refused

RESERVED = [
    "相談員",
    "支援者",
    "スタッフ",
    "管理者",
    "運営",
    "サポーター",
    "お部屋番",
    "事務局",
    "公式",
]
LATIN = ["admin", "staff", "moderator", "supporter", "official"]
SUPPORTERS = ["れん", "もり", "かえで", "Nao", "山口ケン"]

# Written apart from the table that is tested: what someone who wants to deceive would reach for.
SWAPS = {
    "タ": "夕", "ー": "一ｰ-―", "ロ": "口", "エ": "工", "カ": "力", "ト": "卜", "ニ": "二",
    "管": "官菅", "理": "埋", "者": "考", "員": "貝", "援": "緩媛", "運": "連", "営": "宮",
    "式": "弐", "公": "么", "事": "亊", "務": "努", "ケ": "ヶ", "も": "モ", "り": "リ", "れ": "レ",
    "ン": "ソ", "シ": "ツ", "a": "аαａＡ@4", "d": "ԁｄＤ", "m": "ｍＭм", "i": "іlI1|ｉ",
    "n": "ｎＮп",
    "s": "ѕ5$Ѕｓ", "t": "тｔＴτ", "f": "ｆＦ", "o": "о0ο〇○ｏ", "e": "еε3ｅ", "r": "гｒ",
    "u": "υｕ",
    "p": "рρｐ", "c": "сϲｃ", "l": "1Iіｌ",
}  # fmt: skip
HIDDEN = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u3164", "\u180b"]
BETWEEN = [" ", "\u3000", "・", "-", "_", ".", "☆", "♪", "ー"]
AROUND = ["★{}", "{}★", "【{}】", "{}さん", "{}\u3000", "@{}", "{}1号", "{}（本物）", "元{}"]


def confusables(name: str) -> set[str]:
    made = {name, name.upper(), name.title(), unicodedata.normalize("NFD", name)}
    for place, char in enumerate(name):
        for other in SWAPS.get(char, ""):
            made.add(name[:place] + other + name[place + 1 :])
    every = ["".join(chars) for chars in itertools.product(*(SWAPS.get(c, c)[0] for c in name))]
    made.update(every)
    for cut in range(1, len(name)):
        for thing in HIDDEN + BETWEEN:
            made.add(name[:cut] + thing + name[cut:])
    made.add("".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in name))
    made.add("".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in name))
    made.add("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name))
    made.add("".join(chr(ord(c) + 0x1D3B9) if "a" <= c <= "z" else c for c in name.casefold()))
    return made


def accepted(name: str) -> bool:
    try:
        check(name, taken=(), supporters=SUPPORTERS)
    except Refused:
        return False
    return True


def test_none_of_500_and_more_confusable_names_is_accepted():
    tried = {one for name in RESERVED + LATIN + SUPPORTERS for one in confusables(name)}
    tried |= {form.format(name) for form in AROUND for name in RESERVED + LATIN}
    assert len(tried) >= 500
    assert [one for one in sorted(tried) if accepted(one)] == []


def test_look_alikes_of_people_present_are_taken():
    for typed in (
        "ねむい月",
        "ネムイ月",
        "ねむい 月",
        "ねむい・月",
        "ﾈﾑｲ月",
        "ねむ\u200bい月",
        "ねむぃ月",
    ):
        with pytest.raises(Refused) as no:
            check(typed, taken=["しずかな石", "ねむい月"])
        assert no.value.code == "name_taken"


def test_ordinary_names_are_free():
    for name in (
        "れんこん", "もりのくま", "山田", "けんた", "しずく", "スヌーピー", "クロ", "ミケ",
        "12345", "aoi", "🐈",
        "ロボ", "口笛", "♪", "二郎", "公園", "うみ🐟", "Ken", "シロ", "テスト", "月見",
        "はは", "よそ", "☀️",
    ):  # fmt: skip
        assert accepted(name), (name, skeleton(name))


def test_two_ordinary_names_stay_two():
    names = [
        "ねこ",
        "いぬ",
        "しま",
        "そま",
        "うみ",
        "くみ",
        "かき",
        "がき",
        "はな",
        "ばな",
        "月",
        "星",
        "🐈",
        "🐕",
    ]
    assert len({skeleton(name) for name in names}) == len(names)


def test_every_name_that_may_be_offered_is_allowed_and_short():
    for soft in nicknames.SOFT:
        for thing in nicknames.THINGS:
            name = soft + thing
            assert check(name, taken=(), supporters=SUPPORTERS) == name
    assert len(nicknames.SOFT) * len(nicknames.THINGS) > 1500
    assert offer(random.Random(1)) == offer(random.Random(1))
    assert len({offer() for _ in range(50)}) > 40


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        (" \u3000 ", "empty"),
        ("\u200b\u2060", "empty"),
        ("\u3164\u2800\u115f", "empty"),
        ("あ" * 13, "too_long"),
        ("a" * 5000, "too_long"),
        ("あ\u202eいう", "malformed"),
        ("\u2066あ\u2069", "malformed"),
        ("\u200fあ", "malformed"),
        ("שלום", "malformed"),
        ("مرحبا", "malformed"),
        ("あ\u202d", "malformed"),
        ("a\x00b", "malformed"),
        ("a\x07b", "malformed"),
        ("a\ud800", "malformed"),
        ("a\ue000", "malformed"),
        ("a\U000e0041", "malformed"),
        ("é\u0301\u0301\u0301", "malformed"),
        ("ﷺ", "malformed"),
    ],
)
def test_what_is_no_name_is_refused(name, code):
    with pytest.raises(Refused) as no:
        check(name, taken=())
    assert no.value.code == code


def test_spaces_and_hidden_characters_are_tidied_away():
    assert check("  ねむい \t\n 月\u200b ", taken=()) == "ねむい 月"
    assert check("か\u3099", taken=()) == "が"
    assert len(check("あ" * 12, taken=())) == 12
