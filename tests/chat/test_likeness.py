"""A second look for crisis: what it adds, what it never touches, and how it was made."""

import json
import timeit
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.screening import likeness, screen
from chat.screening.fold import folded_text
from chat.screening.likeness import Likeness
from chat.screening.screen import LIKENESS
from tools import screening_likeness
from tools.screening_doc import CLASSES, SETS, sentences

EVERYDAY = sentences(screening_likeness.EVERYDAY)
# No rule has words for it; most of its pieces stand in sentences of crisis.
ALIKE = [
    "川の水、冷たいかな。今ならいける気がする",
    "燃やしてしまいたい、自分ごと",
]


def _rules(text: str) -> set[str]:
    return {one.rule for one in screen(text).findings}


@pytest.mark.once
@pytest.mark.timeout(240)
def test_the_file_is_what_the_sentences_make() -> None:
    assert likeness.PAGE.read_text(encoding="utf-8") == screening_likeness.page(), (
        "run: python -m tools.screening_likeness"
    )


@pytest.mark.once
@pytest.mark.timeout(240)
def test_it_finds_crisis_in_sets_it_was_not_made_from_and_little_else() -> None:
    for label, least, most in (("crisis", 0.4, 1.0), ("ordinary", 0.0, 0.015)):
        counts = [screening_likeness.found(name, label) for name in SETS]
        share = sum(one for one, _ in counts) / sum(of for _, of in counts)
        print(f"{label}: {share:.3f}")
        assert least <= share <= most


@pytest.mark.parametrize("text", ALIKE)
def test_what_no_rule_has_words_for_brings_the_card(text: str) -> None:
    found = screen(text)
    assert found.verdict == "card"
    (one,) = found.findings
    assert found.care and not found.crisis  # a card and a flag: nobody is woken for it
    assert (one.kind, one.rule) == (LIKENESS, LIKENESS)
    assert 0 <= one.start < one.end <= len(text)


def test_it_points_at_the_original_words() -> None:
    written = "﷽　" + ALIKE[0].replace("、", "\u200b、 ")
    (one,) = screen(written).findings
    assert one.rule == LIKENESS
    assert set(written[one.start : one.end]) & set("川水冷今気")


@pytest.mark.parametrize("text", [one for name in SETS for one in sentences(name)["attack"]])
def test_what_is_held_stays_held(text: str) -> None:
    if screen(text).attack:
        assert LIKENESS not in _rules(text)


def test_it_lets_no_attack_and_no_contact_through() -> None:
    assert screen(f"{ALIKE[0]}。お前死ね").verdict == "hold"
    assert screen(f"{ALIKE[0]}。090-1234-5678").verdict == "stop"


def test_what_a_rule_spared_it_leaves_alone() -> None:
    assert screen(f"{ALIKE[0]}。死ぬほど笑った").findings == ()


def test_everyday_words_alarm_nobody() -> None:
    touched = [one for one in EVERYDAY["room"] if screen(one).care]
    assert len(touched) <= len(EVERYDAY["room"]) // 100, touched


def test_the_sentences_it_was_made_from_are_left_alone() -> None:
    ordinary = [one for name in SETS for one in sentences(name)["ordinary"]]
    assert not [one for one in ordinary if LIKENESS in _rules(one)]


def test_one_of_another_class_is_rarely_taken_for_crisis() -> None:
    others = [one for name in SETS for kind in CLASSES[1:] for one in sentences(name)[kind]]
    taken = [one for one in others if LIKENESS in _rules(one)]
    assert len(taken) <= len(others) // 100, taken


def test_weights_are_read_as_they_are_written() -> None:
    small = likeness.read(
        json.dumps({"bias": -1, "enough": 2.0, "weights": {"9": ["くら", "らい"], "-4": ["^あ"]}})
    )
    assert small == Likeness({"くら": 9, "らい": 9, "^あ": -4}, -1, 2.0)
    assert small.holds("くらい") and not small.holds("あかるい")
    assert small.place("とてもくらい夜") == (3, 7)
    assert small.score("あ") == (-1 - 4) / 3**0.5  # ^あ, あ$, ^あ$


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("川の水冷たいかな今なら死にける気がする。 ﷽"), min_size=1))
def test_a_place_lies_in_the_text_and_is_never_empty(words: str) -> None:
    folded = folded_text(words)
    if folded:
        start, end = likeness.house().place(folded)
        assert 0 <= start < end <= len(folded)
    for one in screen(words).findings:
        assert 0 <= one.start < one.end <= len(words)


def test_an_empty_text_is_like_nothing() -> None:
    assert not likeness.house().holds("")
    assert screen("").findings == ()


def test_it_takes_microseconds() -> None:
    texts = [folded_text(one) for one in EVERYDAY["room"]]
    house = likeness.house()
    # Short stretches: on a busy machine a long one is always interrupted.
    took = [
        min(timeit.repeat(lambda one=one: house.holds(one), number=20, repeat=20)) / 20
        for one in texts
    ]
    print(f"likeness: {median(took) * 1e6:.1f} µs")
    assert median(took) < 50e-6


def test_all_of_screening_takes_less_than_fifty_microseconds_for_half_of_the_texts() -> None:
    took = [
        min(timeit.repeat(lambda one=one: screen(one), number=20, repeat=20)) / 20
        for one in EVERYDAY["room"]
    ]
    print(f"screening: {median(took) * 1e6:.1f} µs")
    assert median(took) < 50e-6
