"""鍵をかけて預ける: what a refused word was taken for is chosen already, and a choice is kept."""

import re

import pytest

from tests.counseling.test_pages import seated


def chosen(answer, select="locked-kind"):
    body = answer.content.decode()
    there = re.search(rf'<select id="{select}".*?</select>', body, re.DOTALL)
    assert there, "the form isn't there"
    return re.findall(r'value="(\w+)" selected', there[0])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("電話は 090-7719-4412 です", "telephone"),
        ("〇九〇七七一九四四一二", "telephone"),
        ("青空町77-19-4 に住んでいます", "address"),
        ("sora@example.com におねがいします", "mail"),
        ("LINEはkanaria7719", "other"),
        ("住所は青空町8-8-8、電話は090-5555-0199", "other"),
    ],
)
def test_what_was_recognised_is_chosen(case, aoi, text, kind):
    answer = seated(aoi).post(f"/counseling/mine/{case.code}/say/", {"text": text})
    assert answer.status_code == 422
    assert chosen(answer) == [kind]


def test_a_choice_is_kept_when_the_form_comes_again(case, aoi):
    address = f"/counseling/mine/{case.code}/deposit/"
    long = "青空町77-19-4 " * 400
    sent = {"text": long, "kind": "name", "from_talk": "on"}
    answer = seated(aoi).post(address, sent)
    assert answer.status_code == 422
    assert chosen(answer) == ["name"]
    del sent["from_talk"]
    assert chosen(seated(aoi).post(address, sent), "kind") == ["name"]
