"""What a text says, whatever it is written in: crisis, contact, and where it stands."""

import time
import timeit
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import text

from chat.screening import contact, flood, screen, sights
from chat.screening.fold import fold, folded_text
from chat.screening.screen import ENOUGH, MASK
from foundation import tidy
from tools.screening_doc import CLASSES, SETS, sentences


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("シニタイ", "しにたい"),
        ("ｼﾆﾀｲ", "しにたい"),
        ("し に た い", "しにたい"),
        ("し\u200bに\u200dた\ufeffい", "しにたい"),
        ("し・に・た・い", "しにたい"),
        ("ＬＩＮＥ", "line"),
        ("①②③", "123"),
        ("パン", "ぱん"),
        ("ﾊﾟﾝ", "ぱん"),
        ("ハ゜ン", "ぱん"),
        ("ハ\u309aン", "ぱん"),
        ("ああああああ", "ああ"),
        ("0000", "0000"),
        ("hello world", "hello world"),
    ],
)
def test_a_text_is_folded_to_what_it_says(text: str, folded: str):
    assert fold(text).text == folded


def test_pa_is_not_ha():
    assert fold("パ").text != fold("ハ").text


@pytest.mark.parametrize("text", ["きょうは ｼﾆﾀｲ です", "㍿のﾊﾟｿｺﾝ", "あ\u200bい\u309aう", "ﬃ①﷽end"])
def test_every_folded_character_knows_its_place(text: str):
    found = fold(text)
    assert len(found.where) == len(found.text)
    assert list(found.where) == sorted(found.where)
    assert all(0 <= at < len(text) for at in found.where)


def test_a_finding_points_at_the_original_words():
    text = "きょうは　ｼ\u200bﾆ ﾀｲ　と思った"
    (found,) = screen(text).findings
    assert found.kind == "crisis"
    assert text[found.start : found.end].startswith("ｼ")
    assert "ﾀ" in text[found.start : found.end]


CRISIS = [
    "死にたい", "しにたいな", "もう死にたくなってきた",
    "消えてしまいたい", "きえたい", "いなくなりたい",
    "自殺したい", "じさつ", "首を吊る",
    "首つりたくて首を吊ろうと", "飛び降りようかな", "生きていたくない",
    "生きるのがつらい", "生きるのに疲れた", "生きてる意味がない", "生まれてこなければよかった",
    "リスカした", "手首を切った", "ODした",
    "薬をたくさん飲んだ", "遺書を書いた", "死んだほうがいい",
    "殴られてる", "殺されそう", "三日も何も食べてない", "食べるものがない", "ＯＤしちゃった",
]  # fmt: skip


@pytest.mark.parametrize("text", CRISIS)
def test_words_of_crisis_are_found(text: str):
    assert screen(text).crisis
    assert not screen(text).contact


@pytest.mark.parametrize(
    "text",
    [
        "シニタイ",
        "ｼﾆﾀｲ",
        "し に た い",
        "死\u200bに\u200bた\u200bい",
        "死　に　た　い",
        "死・に・た・い",
    ],
)
def test_words_of_crisis_are_found_however_they_are_written(text: str):
    assert screen(text).crisis


HARMLESS = [
    "死ぬほど笑った", "死ぬほど眠い", "必死でがんばった", "ゲームで主人公が死んだ", "死語だよね",
    "ボスで何回も死ぬ", "電気が消えた", "おいしいパンを食べた",
    "生きててよかった", "仕事おわりたい",
    "ことしもよろしく", "くすりやさんに行った", "method of cooking", "godした話",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_idioms_games_and_everyday_words_alarm_nobody(text: str):
    assert screen(text).findings == ()


def test_an_idiom_doesnt_hide_what_stands_beside_it():
    assert screen("死ぬほど笑ったけど、ほんとうは死にたい").crisis


CONTACT = [
    "090-1234-5678", "09012345678", "０９０－１２３４－５６７８", "090 1234 5678", "090.1234.5678",
    "〇九〇一二三四五六七八", "零九零-一二三四-五六七八", "⓪⑨⓪①②③④⑤⑥⑦⑧",
    "+81 90 1234 5678", "(03)1234-5678",
    "𝟎𝟗𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "0\u200b9\u200b0\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8",
    "090 ー 1234 ー 5678", "〇九〇一一一一一一一一",
    "name@example.com", "ｎａｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "name(at)example.com", "nameあっとexampleどっとcom",
    "https://example.com/x", "ｈｔｔｐｓ：／／ｅｘａｍｐｌｅ．ｃｏｍ",
    "www.example.jp", "example.com をみて",
    "LINEのIDはtomo_123", "ラインID：tomo123", "らいん交換しよう",
    "カカオのIDは abc123", "LINE教えて",
    "インスタのアカウントはtomo.123", "@tomo_1234", "discord id tomo#1",
    "〒650-0001", "三宮1丁目2-3",
]  # fmt: skip


@pytest.mark.parametrize("text", CONTACT)
def test_contact_details_are_found_however_they_are_written(text: str):
    assert screen(text).contact, fold(text).text
    assert screen(f"よかったら {text} まで").contact


NO_CONTACT = [
    "0120-279-338", "０１２０－２７９－３３８", "0120 783 556にかけてみて",
    "0570-064-556", "0120279338",
    "#7119", "188", "119", "110番", "2026-11-24", "12:30", "1000円", "3.14", "10時20分",
    "90年代の曲", "第12345回", "ラインを引く", "メールがこない", "v1.2.3", "8時から22時まで",
    "〇〇さん", "一二三四五", "123456789012345678", "w", "100点！",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_CONTACT)
def test_help_lines_and_everyday_numbers_are_let_through(text: str):
    assert not screen(text).contact


def test_a_help_line_doesnt_carry_another_number_along():
    assert screen("0120-279-338 と 090-1234-5678").contact


def test_contact_details_are_masked_and_everything_else_is_kept():
    text = "死にたい。電話は０９０－１２３４－５６７８です"
    found = screen(text)
    assert found.crisis and found.contact
    masked = found.masked(text)
    assert len(masked) == len(text)
    assert masked.startswith("死にたい。電話は" + MASK)
    assert masked.endswith("です")
    assert not any(char.isdigit() for char in masked)


def test_an_ordinary_text_is_masked_nowhere():
    assert screen("こんばんは").masked("こんばんは") == "こんばんは"


@pytest.mark.parametrize(
    "text",
    [
        "0" * 1000, "09" * 500, "- " * 500, "a.a" * 333, "@" * 1000, "し " * 500, "\u3099" * 1000,
        "a@" * 500, "死" * 1000, "0 " * 500, "﷽" * 55, "食べ" * 500, "." * 999 + "a",
        "a" * 999 + "@",
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str):
    began = time.perf_counter()
    screen(text)
    assert time.perf_counter() - began < 0.25


@pytest.mark.parametrize(
    "part",
    [
        "死ね", "死にたい「", "死ねと", "死にたいって", "消えろ。", "「死ね」", "line", "電話番号",
        "か゛", "0",
    ],
)  # fmt: skip
def test_the_longest_text_takes_three_times_as_long_and_no_more(part: str):
    words = (part * 3000)[:3000]  # what is too long for a post is screened up to here
    assert min(timeit.repeat(lambda: screen(words), number=1, repeat=4)) < 0.1
    assert len([one for one in screen(words).findings if one.kind != "contact"]) <= 3 * ENOUGH


def test_what_stands_behind_many_that_are_spared_is_found():
    assert screen("死ぬほど笑った。" * 200 + "死にたい").crisis
    assert screen("お前死ね。" * 200 + "もう死にたい").crisis
    assert screen("「死ね」と言われた。" * 200 + "死ね").attack
    behind = "LINE教えて。" * 80
    assert "LINE" not in screen(behind).masked(behind)


_CHARS = (
    "あいうえおかがさしすせっぁゃをんアイウエヴヶッャー死消自殺一二三々〆電話番号090-１２３ａＡＺabcz.@・、。「」～〜…！？"
    " 　\t\n_-'\"ｱｲｳﾞﾟ゛゜\u3099\u200b\ufe0f😀👍🏽ΣßİéＬＩＮＥ"
)


@settings(max_examples=600, deadline=None)
@given(text(alphabet=st.sampled_from(_CHARS), max_size=40))
def test_the_quick_way_of_folding_says_what_the_careful_one_says(words: str) -> None:
    assert folded_text(words) == fold(words).text


@settings(max_examples=300, deadline=None)
@given(text(max_size=30))
def test_the_quick_way_agrees_on_any_text(words: str) -> None:
    assert folded_text(words) == fold(words).text


@settings(max_examples=300, deadline=None)
@given(text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_plain_text_is_tidied_as_any_other(words: str) -> None:
    if "\0" in words:
        return
    slow = unicodedata.normalize(
        "NFC", tidy._UNWANTED.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    )
    assert tidy.clean(words) == slow.strip()


_HINTS = (
    *"@:.#◎☆★az09〇零一九丁目番地号室〒郵便oli あかんじ。、", *contact._SIGNS_BY_WORD,
    *contact._NUMBERS_BY_WORD, "きゅう", "はち", "ご", " dot ", " at ", "(id", "1-2",
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_HINTS), max_size=14).map("".join))
def test_what_is_seen_at_a_glance_is_what_a_long_look_sees(words: str) -> None:
    slow = bool(contact._SIGNS.search(words) or contact._NUMERIC.search(words))
    assert contact.maybe(words) == slow
    assert flood._few_signs(words * 3) == (len(set(words)) * 4 < len(words * 3))


def test_screening_an_ordinary_text_takes_microseconds() -> None:
    words = "こんにちは、今日は良い天気ですね。ここに来ると少しほっとします。"
    # Short stretches: on a busy machine a long one is always interrupted.
    took = min(timeit.repeat(lambda: screen(words), number=20, repeat=70)) / 20
    print(f"screening: {took * 1e6:.0f} µs")
    assert took < 100e-6


@pytest.mark.parametrize("text", ["散歩に行こうかな、と思っています", "映画に行こうかと思って"])
def test_thinking_aloud_of_going_out_asks_nobody(text: str) -> None:
    assert screen(text).findings == ()
    assert screen("一緒に散歩行こうよ").verdict == "stop"


def test_what_is_looked_at_together_is_judged_as_each_alone() -> None:
    texts = [
        one for name in SETS for kind in (*CLASSES, "ordinary") for one in sentences(name)[kind]
    ]
    seen = sights(texts)
    assert len(seen) == len(set(texts))
    alone = [screen(one) for one in texts]
    assert [screen(one, sight=seen[one]) for one in texts] == alone
    assert {one.verdict for one in alone} == {"stop", "card", "hold", "pass"}
