"""Lines that coordinators corrected: a file of their own, and never a page without lines."""

import asyncio
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from chat.hub import Hub
from chat.rounds import all_rounds
from foundation import clock
from foundation.refusals import Refused
from helplines import actions, views
from helplines.hours import Stretch
from helplines.lines import edited_file, lines, parse, served, shipped, shown
from helplines.writing import BadHours, dump, hours_in_words, hours_of_words, mark


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


def line(key: str):
    return next(one for one in lines() if one.key == key)


def health() -> dict:
    return json.loads(Client().get("/now/health").content)


def test_what_is_shipped_can_be_written_and_read_without_a_difference():
    assert parse(dump(shipped())) == shipped()


@pytest.mark.parametrize("word", ['"', "\\", "\n", "\x7f", "\t", "あ\u2028い", "]]\n[[line]]"])
def test_no_word_breaks_out_of_its_string(word):
    odd = replace(shipped()[0], note=word, source=word + "x")
    assert parse(dump([odd, *shipped()[1:]]))[0] == odd


@pytest.mark.parametrize("one", [h for line in shipped() for h in line.hours])
def test_hours_are_the_same_after_words(one: Stretch):
    assert hours_of_words(hours_in_words([one])) == (one,)


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("平日 9:00〜17:00", 1),
        ("月・木 10:00-12:00\n\n土 13:00-15:00", 2),
        ("毎日 24時間", 1),
        ("毎日 18:00-24:00", 1),
        ("", 0),
    ],
)
def test_hours_are_read_as_people_write_them(text, stretches):
    assert len(hours_of_words(text)) == stretches


@pytest.mark.parametrize(
    "text", ["いつでも", "毎日", "毎日 25:00-26:00", "32日 8:00-9:00", "・ 8:00-9:00"]
)
def test_hours_that_cannot_be_read_are_given_back(text):
    with pytest.raises(BadHours) as no:
        hours_of_words(f"平日 9:00-17:00\n{text}")
    assert no.value.line == text


def test_without_a_file_of_their_own_people_see_what_is_shipped():
    assert served().lines == shipped() and health()["served"] == "shipped"


def test_a_line_that_was_corrected_is_on_the_page_at_once():
    new = replace(
        line("yorisoi"), number="0120-000-111", verified=True, verified_on=date(2026, 11, 1)
    )
    actions.change(new, seen=mark(line("yorisoi")))
    page = Client().get("/now/").content.decode()
    assert "tel:0120000111" in page and "tel:0120279338" not in page
    assert health()["served"] == "edited"
    assert len(lines()) == len(shipped())


def test_a_line_is_verified_for_ninety_days(now):
    actions.verify("yorisoi", seen=mark(line("yorisoi")), now=now)

    def stale(days: int) -> bool:
        there = shown(now + timedelta(days=days))
        return next(one for one in there if one.name.startswith("よりそい")).stale

    assert not stale(90) and stale(91)


def test_of_two_who_correct_one_line_the_second_is_told():
    seen = mark(line("yorisoi"))
    actions.change(replace(line("yorisoi"), note="もり"), seen=seen)
    with pytest.raises(Refused, match="changed_meanwhile"):
        actions.change(replace(line("yorisoi"), note="かえで"), seen=seen)
    assert line("yorisoi").note == "もり"


def test_many_who_correct_different_lines_at_once_lose_nothing():
    keys = [one.key for one in lines()]
    seen = {key: mark(line(key)) for key in keys}
    hands = [
        threading.Thread(
            target=actions.change, args=[replace(line(key), note=f"{key} より")],
            kwargs={"seen": seen[key]},
        )
        for key in keys
    ]  # fmt: skip
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert [one.note for one in lines()] == [f"{key} より" for key in keys]


def test_the_last_line_for_writing_cannot_be_taken_away():
    for one in [one for one in lines() if one.kind == "chat"][:-1]:
        actions.remove(one.key, seen=mark(one))
    (last,) = [one for one in lines() if one.kind == "chat"]
    with pytest.raises(Refused, match="bad_lines"):
        actions.remove(last.key, seen=mark(last))


@pytest.mark.parametrize("broken", [b"", b"[[line", b"\xff\xfe", b"[[line]]\nkey = 1\n"])
def test_a_broken_file_is_passed_by_told_to_the_operator_and_never_lost(broken, now):
    edited_file().write_bytes(broken)
    assert served().lines == shipped()
    assert health()["status"] == "broken" and health()["served"] == "shipped"
    actions.verify("yorisoi", seen=mark(line("yorisoi")), now=now)
    actions.keep_copy(now=now)
    assert health()["status"] == "ok" and health()["served"] == "edited"
    assert edited_file().with_suffix(".broken").read_bytes() == broken


def test_the_copy_is_true_at_any_time_and_shown_when_the_page_itself_breaks(monkeypatch, now):
    actions.keep_copy(now=now)
    assert health()["copy"] is not None

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(views, "render_to_string", broken)
    answer = Client().get("/now/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "いま、ひらいています" not in page and "つぎは" not in page
    assert "tel:0120279338" in page and "https://talkme.jp/" in page and "tel:119" in page
    actions.copy_file().unlink()
    page = Client().get("/now/").content.decode()
    assert "tel:0120279338" in page and "https://talkme.jp/" in page and "tel:110" in page


async def test_a_house_keeps_the_copy_by_itself():
    with ThreadPoolExecutor(1) as pool:
        rounds = {one.cr_frame.f_locals["name"]: one for one in all_rounds(Hub(pool), pool)}
        turning = asyncio.ensure_future(rounds.pop("help lines"))
        for other in rounds.values():
            other.close()
        try:
            async with asyncio.timeout(10):
                while not actions.copy_file().exists():
                    await asyncio.sleep(0.01)
        finally:
            turning.cancel()
    assert "tel:0120279338" in actions.copy_file().read_text(encoding="utf-8")


def test_operators_hear_of_a_copy_that_is_missing_or_that_nobody_renews(now):
    assert (health()["status"], health()["copy"]) == ("late", None)
    actions.keep_copy(now=now)
    assert health()["status"] == "ok"
    a_round_late, a_week = timedelta(hours=1, minutes=10), timedelta(days=7)
    for age, status in ((a_round_late, "ok"), (actions.COPY_LATE, "late"), (a_week, "late")):
        written = (clock.now() - age).timestamp()
        os.utime(actions.copy_file(), (written, written))
        assert health()["status"] == status


def test_of_two_copies_written_at_once_the_one_with_the_newer_lines_stays(monkeypatch, now):
    fsync, first_is_there, second_is_done = os.fsync, threading.Event(), threading.Event()
    troubles = []

    def slow(file: int) -> None:
        if threading.current_thread() is first:
            first_is_there.set()
            second_is_done.wait(0.5)
        fsync(file)

    def keep() -> None:
        try:
            actions.keep_copy(now=now)
        except OSError as trouble:
            troubles.append(trouble)

    monkeypatch.setattr(os, "fsync", slow)
    first = threading.Thread(target=keep)
    first.start()
    assert first_is_there.wait(10)
    actions.change(replace(line("yorisoi"), number="0120-000-111"), seen=mark(line("yorisoi")))
    keep()
    second_is_done.set()
    first.join()
    assert not troubles
    assert "tel:0120000111" in actions.copy_file().read_text(encoding="utf-8")
