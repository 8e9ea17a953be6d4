"""The labelled sentences: what is found today, and what no rule may ever do."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chat.screening import screen
from chat.screening.contact import find
from chat.screening.fold import folded_text
from tools import screening_doc
from tools.screening_doc import CLASSES, SETS, figures, sentences

ROOT = Path(__file__).resolve().parents[2]
CRISIS = [one for name in SETS for one in sentences(name)["crisis"]]


def test_the_page_says_what_is_found_today() -> None:
    written = screening_doc.PAGE.read_text(encoding="utf-8")
    assert screening_doc.page(written) == written, "run: python -m tools.screening_doc"
    assert screening_doc.tables() in written


@pytest.mark.parametrize("name", SETS)
def test_what_calls_for_someone_or_leads_outside_is_found(name: str) -> None:
    found = figures(name)
    for kind in ("crisis", "contact"):
        right, of = found[kind]
        assert right / of >= 0.95, kind
    touched, of = found["ordinary"]
    assert touched / of <= 0.02


def test_there_are_enough_of_them_and_each_only_once() -> None:
    all_of_them = [
        one for name in SETS for kind in (*CLASSES, "ordinary") for one in sentences(name)[kind]
    ]
    assert len(all_of_them) >= 600
    assert len(set(all_of_them)) >= len(all_of_them) - 5  # a few words are in two sets


@pytest.mark.parametrize("text", CRISIS)
def test_no_sentence_of_crisis_is_classed_as_attack_only(text: str) -> None:
    kinds = {one.kind for one in screen(text).findings}
    assert "attack" not in kinds or "crisis" in kinds


@pytest.mark.parametrize("text", sentences("aimed")["attack"])
def test_telling_somebody_else_to_die_is_held_and_calls_nobody(text: str) -> None:
    found = screen(text)
    assert (found.verdict, found.care) == ("hold", False)


@pytest.mark.parametrize("text", sentences("aimed")["crisis"])
def test_what_may_be_said_of_oneself_brings_the_card(text: str) -> None:
    assert screen(text).verdict == "card"
    assert screen(text).crisis


@pytest.mark.parametrize("label", ["contact", "ordinary"])
def test_what_a_reader_of_the_house_tried_stays_mended(label: str) -> None:
    stopped = [one for one in sentences("reviewed")[label] if screen(one).contact]
    assert stopped == (sentences("reviewed")["contact"] if label == "contact" else [])
    assert label == "contact" or not [o for o in sentences("reviewed")[label] if screen(o).findings]


@pytest.mark.parametrize("both", sentences("tuned")["both"], ids=lambda one: one["text"])
def test_two_classes_in_one_text_are_both_found(both: dict[str, Any]) -> None:
    found = screen(both["text"])
    assert {one.kind for one in found.findings} == set(both["classes"])
    assert found.verdict == both["verdict"]


def test_every_help_line_of_the_house_may_be_named() -> None:
    lines = tomllib.loads((ROOT / "helplines" / "lines.toml").read_text(encoding="utf-8"))
    numbers = [one["number"] for one in lines["line"] if one.get("number")]
    assert len(numbers) > 5
    stopped = [one for one in numbers if find(folded_text(f"{one}に電話した"))]
    assert not stopped


def test_the_command_prints_a_line_for_a_line_and_asks_no_database() -> None:
    lines = [
        "死にたい",
        "",
        "「死ね」と言われてつらかった",
        "お前死ね",
        "x 死にたい 09012345678",
        "\udce3",
        "川の水、冷たいかな。今ならいける気がする",
    ]
    done = subprocess.run(
        [sys.executable, "manage.py", "screen"],
        input="\n".join(lines).encode("utf-8", "surrogateescape") + b"\n",
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    said = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [one["verdict"] for one in said] == [
        "card", "pass", "pass", "hold", "stop", "pass", "card",
    ]  # fmt: skip
    assert said[0]["findings"] == [
        {"class": "crisis", "rule": said[0]["findings"][0]["rule"], "start": 0, "end": 4}
    ]
    (phone,) = [one for one in said[4]["findings"] if one["class"] == "contact"]
    assert (phone["start"], phone["end"]) == (7, 18)
    assert [(one["class"], one["rule"]) for one in said[6]["findings"]] == [("crisis", "likeness")]


def test_everyday_words_are_neither_stopped_nor_held() -> None:
    """A newcomer's first plain sentence, refused as if it were a way out, is the worst fault."""
    room = sentences("everyday")["room"]
    refused = [one for one in room if screen(one).verdict in ("stop", "hold")]
    assert not refused
