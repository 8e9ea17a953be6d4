"""合言葉: strong enough, typed by any keyboard, found inside a text."""

import math
import re
import timeit
import unicodedata

import pytest

from accounts.passphrase import COUNT, WORDS, contained_in, fold, key_of, make

UNKIND = """
しぬ しね くるし つらい かなし さびし こわい いたい ころす きらい ばか ひとり なわ
くび むち はもの ろうや はか ちち はは
"""
FULL_TO_HALF = {
    unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)
}


def katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def half_width(text: str) -> str:
    """As old phones type: half-width katakana with the mark as a letter of its own."""
    decomposed = unicodedata.normalize("NFD", katakana(text))
    decomposed = decomposed.replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(FULL_TO_HALF.get(char, char) for char in decomposed)


WAYS = {
    "as shown": lambda made: made,
    "without spaces": lambda made: made.replace("\u3000", ""),
    "half-width spaces": lambda made: made.replace("\u3000", " "),
    "katakana": katakana,
    "half-width katakana": half_width,
    "half-width without spaces": lambda made: half_width(made.replace("\u3000", "")),
    "hyphens": lambda made: made.replace("\u3000", "-"),
    "middle dots and commas": lambda made: made.replace("\u3000", "・", 3).replace("\u3000", "、"),
    "line breaks": lambda made: f"\n{made}\n".replace("\u3000", "\r\n"),
    "marks of their own": lambda made: (
        unicodedata.normalize("NFD", made).replace("\u3099", "゛").replace("\u309a", "゜")
    ),
    "decomposed": lambda made: unicodedata.normalize("NFD", made),
    "zero-width characters": "\u200b".join,
    "ぢ for じ and づ for ず": lambda made: made.replace("じ", "ぢ").replace("ず", "づ"),
    "quoted": lambda made: f"「{made}」",
}


def test_there_are_at_least_80_bits_in_what_is_typed():
    assert COUNT * math.log2(len(WORDS)) >= 80
    # … and not only in what was drawn: see the next two.
    assert len({fold(word) for word in WORDS}) == len(WORDS)


def test_words_without_spaces_can_be_read_in_one_way_only():
    folded = {fold(word) for word in WORDS}
    for word in folded:
        assert not any(word[:end] in folded for end in range(1, len(word)))


def test_every_word_is_plain_kana_that_any_phone_types():
    for word in WORDS:
        assert re.fullmatch("[ぁ-ん]{3,4}", word), word
        assert not re.search("[ぁぃぅぇぉっゃゅょゎゐゑをぢ]", word), word
        assert len(fold(word)) == len(word)


def test_no_word_hurts():
    assert not [word for word in WORDS for bad in UNKIND.split() if word.startswith(bad)]


def test_a_thousand_are_all_different_and_use_the_whole_list():
    made = [make() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(len(one.split("\u3000")) == COUNT for one in made)
    assert len({word for one in made for word in one.split("\u3000")}) > 0.99 * len(WORDS)


@pytest.mark.parametrize("way", WAYS)
def test_it_is_the_same_however_it_is_typed(way):
    for _ in range(50):
        made = make()
        assert key_of(WAYS[way](made)) == key_of(made), (way, made)


def test_another_key_gives_another_hash(settings):
    made = make()
    before = key_of(made)
    settings.PASSPHRASE_KEY = "another"
    assert key_of(made) != before and re.fullmatch("[0-9a-f]{64}", before)


@pytest.mark.parametrize(
    "typed", ["", " ", "\ud800", "x" * 100_000, "か" * 100_000, "\u0301" * 10_000, "﷽" * 5000, "\0"]
)
def test_whatever_is_typed_gives_a_key(typed):
    assert len(key_of(typed)) == 64


@pytest.mark.parametrize("way", [way for way in WAYS if way != "decomposed"])
def test_it_is_found_inside_a_text(way):
    made = make()
    for text in (
        "{}",
        "わたしのあいことばは{}です。",
        "前の文。\n{}\nうしろの文",
        "さくら{}さくら",
    ):
        assert contained_in(text.format(WAYS[way](made)), key_of(made)), text


def test_another_ones_or_a_part_of_it_is_not_found():
    made, other = make(), make()
    assert not contained_in(other, key_of(made))
    assert not contained_in("\u3000".join(made.split("\u3000")[:7]), key_of(made))
    assert not contained_in(made, None)


def test_it_is_found_at_the_end_of_a_long_run_of_kana():
    made = make()
    assert contained_in("あ" * 960 + made, key_of(made))


def test_looking_for_it_costs_an_ordinary_message_next_to_nothing():
    key = key_of(make())
    text = "きょうは天気がよかったので、ちょっとだけ窓をあけてみました。風がつめたかったです。"
    each = min(timeit.repeat(lambda: contained_in(text, key), number=1000, repeat=5)) / 1000
    assert each < 20e-6
    worst = min(timeit.repeat(lambda: contained_in("あ" * 1000, key), number=3, repeat=3)) / 3
    assert worst < 0.02
