"""つなぎシート on paper: one page, fonts inside, who answers for it, nothing that was struck."""

import re
from datetime import timedelta

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
