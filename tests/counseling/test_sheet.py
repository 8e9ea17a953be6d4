"""つなぎシート on paper: one page, fonts inside, who answers for it, nothing that was struck."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from counseling import packet, sheet
from counseling.states import HEADINGS, Relation
from tests.foundation.test_printed import characters, streams

SENTENCES = "夜のほうが話しやすいです。人が多いところは苦手です。はじめは見学だけしたいです。"
SENT_BY = "ひょうごの居場所"


def printed(now, *, struck=""):
    """Every heading with three sentences, three details, a face they know."""
    kept = packet.draft(Relation.SELF, dict.fromkeys(HEADINGS[Relation.SELF], SENTENCES))
    for lines in kept.values():
        for line in lines:
            line["struck"] = line["text"] == struck
    words = packet.words(
        kept, relation=Relation.SELF, recipient="わかものサポートステーション",
        details=("name", "telephone", "address"), companion="はる",
    )  # fmt: skip
    details = [("name", "青空かなた"), ("telephone", "080-0000-0000"), ("address", "青空町1-2-3")]
    return sheet.pdf(
        sheet.shown(
            words,
            details=details,
            agreed_at=now,
            until=now + timedelta(days=90),
            sender=SENT_BY,
            digest=packet.digest(packet.canonical(words)),
        )
    )


def test_a_full_sheet_is_one_page_with_its_fonts_inside(now):
    made = streams(printed(now))
    assert len(re.findall(rb"/Type ?/Page\b", made)) == 1
    assert b"/FontFile" in made
    assert set(SENT_BY) <= set(characters(printed(now)))


def test_what_was_struck_is_on_no_paper(now):
    struck = "人が多いところは苦手です。"
    only = set("苦")
    assert only <= set(characters(printed(now)))
    assert only.isdisjoint(characters(printed(now, struck=struck)))


@pytest.mark.parametrize("relation", [Relation.SELF, Relation.FAMILY, Relation.SUPPORTER])
def test_it_says_who_agreed_and_whose_details_they_are(now, relation):
    kept = packet.draft(relation, dict.fromkeys(HEADINGS[relation], SENTENCES))
    words = packet.words(kept, relation=relation, recipient="ひだまり", details=("telephone",))
    told = sheet.shown(
        words, details=[("telephone", "080-0000-0000")], agreed_at=now,
        until=now + timedelta(days=90), digest=packet.digest(packet.canonical(words)),
    )  # fmt: skip
    page = render_to_string("counseling/packet_sheet.html", {"sheet": told, "token": "t"})
    paper = render_to_string("counseling/_sheet.html", told)
    of_self = relation is Relation.SELF
    for text in (page, paper):
        assert ("連絡先(本人が預けたもの)" in text) is of_self
        assert ("連絡先(相談した人が預けたもの)" in text) is not of_self
        # An office that reads it must not think that somebody absent said yes.
        assert ("相談した人が同意しています" in text) is not of_self
        assert of_self or "本人が同意" not in text
