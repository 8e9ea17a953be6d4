"""The language of the lexicons: bounded, and never a rule that matches everything."""

import time
import tomllib

import pytest

from chat.screening import screen
from chat.screening.fold import folded_text
from chat.screening.lexicon import FOLDER, house, lexicon_of, rules_of
from chat.screening.terms import BadTerm, Index, Term, compiled, pieces_of, read
from tools.screening_doc import CLASSES, SETS, sentences


@pytest.mark.parametrize(
    "term", ["", "()", "a?", "(a|)", "{8}a", "&", "^", "$", "!(a)", "a|", "(a", "a)", "a{99}",
             "<nobody>", "a*", "a+", "[a]", "a!b", "\\d"],
)  # fmt: skip
def test_a_term_that_is_empty_or_unclear_is_refused(term: str) -> None:
    with pytest.raises(BadTerm):
        read(term)


@pytest.mark.parametrize(
    ("term", "text", "there"),
    [
        ("死(に|ん)たい", "もう死にたいです", True),
        ("死(に|ん)たい", "もう死んたいです", True),
        ("リスカ", "りすかした", True),
        ("母{4}殴", "母にまた殴られた", True),
        ("母{4}殴", "母がいる。殴り書き", False),
        ("#錠", "五錠のんだ", True),
        ("^働け", "親に働け", False),
        ("^働け", "うるさい。働け", True),
        ("働け!(な|る)", "働けない", False),
        ("働け$", "働け?", True),
        ("<who>に", "父に", True),
    ],
)
def test_a_term_says_what_it_means(term: str, text: str, there: bool) -> None:
    index = Index([(read(term, pieces_of({"who": "(父|母)"})), "rule")])
    assert bool(index.find(folded_text(text))) is there


@pytest.mark.once
def test_the_quick_search_finds_what_every_term_by_itself_would_find() -> None:
    terms: dict[str, list[tuple[Term, str]]] = {}
    for path in FOLDER.glob("*.toml"):
        for rule, found in rules_of(tomllib.loads(path.read_text(encoding="utf-8"))):
            for term in found:
                for first in term.begins:
                    terms.setdefault(first, []).append((term, rule.name))
    longest = max(map(len, terms))
    hits = 0
    for name in SETS:
        labelled = sentences(name)
        for text in {folded_text(one) for kind in (*CLASSES, "ordinary") for one in labelled[kind]}:
            quick = {(rule.name, at, end) for rule, at, end in house().index.find(text)}
            slow = {
                (rule, at, m.end())
                for at in range(len(text))
                for size in range(1, longest + 1)
                for term, rule in terms.get(text[at : at + size], ())
                if (m := compiled(term.said).match(text, at))
            }
            assert quick == slow, text
            hits += len(quick)
    assert hits > 1000


@pytest.mark.parametrize(
    ("terms", "text", "found"),
    [
        # Of several that begin alike, those whose characters aren't there are passed at a look.
        (["今日{9}死", "今日{9}首"], "今日は雨で首が痛い", ["今日{9}首"]),
        (["今日{9}死", "今日{9}首"], "今日は雨。首が痛い", []),
        (["今日{9}(死|吊)", "今日{9}(首|あし)"], "今日はあし", ["今日{9}(首|あし)"]),
        (["今日{9}死", "今日{9}首?が"], "今日は雨が", ["今日{9}首?が"]),
        # One that begins as another does, and goes on.
        (["今{9}首", "今日{9}首"], "今日の首", ["今{9}首", "今日{9}首"]),
        (["今(日|夜)?{9}首", "今日は{9}死"], "今日は首", ["今(日|夜)?{9}首"]),
    ],
)
def test_terms_that_begin_alike_are_told_apart(
    terms: list[str], text: str, found: list[str]
) -> None:
    index = Index([(read(term), term) for term in terms])
    for _ in range(2):  # the first look, and those that find it compiled
        assert sorted({term for term, *_ in index.find(text)}) == sorted(found)


def test_a_lexicon_of_another_class_or_key_is_refused() -> None:
    rule = {"name": "one", "any": ["ことば"]}
    assert lexicon_of([{"version": "1", "class": "attack", "rule": [rule]}]).rules
    with pytest.raises(BadTerm):
        lexicon_of([{"version": "1", "class": "mood", "rule": [rule]}])
    with pytest.raises(BadTerm):
        lexicon_of([{"version": "1", "class": "attack", "rule": [rule | {"but_not": []}]}])


def test_rules_of_ones_own_stand_beside_those_of_the_house() -> None:
    own = lexicon_of(
        [
            {
                "version": "1",
                "class": "attack",
                "rule": [{"name": "own", "any": ["ぽんこつ"], "but": ["ぽんこつ車"]}],
            }
        ]
    )
    assert screen("このぽんこつ", more=[own]).verdict == "hold"
    assert screen("ぽんこつ車を直した", more=[own]).verdict == "pass"
    assert screen("このぽんこつ").verdict == "pass"


def test_every_file_of_the_lexicon_has_a_version_and_every_rule_a_name() -> None:
    names = [rule.name for rule in house().rules]
    assert len(names) == len(set(names))
    for path in FOLDER.glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))["version"]


def _took(text: str) -> float:
    times = []
    for _ in range(3):
        # What this thread worked: others may be at work beside it.
        began = time.thread_time()
        screen(text)
        times.append(time.thread_time() - began)
    return min(times)


@pytest.mark.parametrize(
    "part", ["お前の", "親に", "薬を10錠", "090-", "生きて", "1-1-1 ", "死。", "line", "〇九"]
)
def test_a_text_three_times_as_long_takes_about_three_times_as_long(part: str) -> None:
    short, long = (part * 1000)[:1000], (part * 3000)[:3000]
    _took(long)  # what isn't compiled yet is now
    assert _took(long) < 0.005 + 8 * _took(short)
    assert _took(long) < 0.25


@pytest.mark.parametrize("part", ["薬母", "薬縄", "薬親"])
def test_many_beginnings_before_a_long_rest_are_looked_at_within_their_reach(part: str) -> None:
    # Its last sign says eighteen characters: no text that comes to the door folds to a longer one.
    assert _took(part * 600 + "ﷺ" * 1800) < 0.25
