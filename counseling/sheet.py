"""つなぎシート as a page and on paper: one template, rendered from what was agreed to."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from counseling import onward_sentences, sentences
from counseling.packet import Words
from counseling.states import Relation
from foundation import printed
from foundation.clock import jst

# It goes with the page: nothing is fetched while it is set.
STYLE = """
html { line-height: 1.5 } h1 { margin: 0 0 3mm }
.to { font-size: 12pt; margin: 0 } .who { text-align: right; margin: 0 0 4mm }
.box { border: .6pt solid #444; padding: 2mm 4mm; margin: 0 0 2.5mm; break-inside: avoid }
.box h2 { margin: 0 0 1mm; font-size: 11.5pt }
ul { margin: 0; padding: 0 0 0 5mm } li { margin: 0 0 .4mm }
.note { font-size: 9pt; color: #333 } .answer .note { margin: 1mm 0 0 }
.answer th { width: 32% } .answer th, .answer td { height: 7mm; vertical-align: middle }
"""
FIRST_OF_REIWA = 2018  # 令和1年 is 2019


def shown(
    words: Words,
    *,
    details: list[tuple[str, str]] = (),  # type: ignore[assignment]
    agreed_at: datetime | None = None,
    until: datetime | None = None,
    digest: str = "",
    sender: str = "",
    channel: str = "",
) -> dict[str, Any]:
    """What the template needs."""
    return {
        "recipient": words.recipient,
        # Who answers for it: on the paper, not among the words that were agreed to.
        "sender": sender,
        "about_caller": words.relation != Relation.SELF,
        "parts": [
            (onward_sentences.called(onward_sentences.HEADINGS, heading), lines)
            for heading, lines in words.parts
        ],
        "details": [
            (onward_sentences.called(sentences.DETAILS, kind), text) for kind, text in details
        ],
        "passed_on": [onward_sentences.called(sentences.DETAILS, kind) for kind in words.details],
        "companion": words.companion,
        "agreed_on": era(agreed_at) if agreed_at else "",
        "until": era(until) if until else "",
        "digest": digest[:16],
        # Who has no page said so, and one of ours wrote it down.
        "aloud": onward_sentences.said_aloud(channel),
    }


def era(at: datetime) -> str:
    """A day in Japan as offices write it: 令和8年11月24日."""
    day = jst(at)
    year = day.year - FIRST_OF_REIWA
    return f"令和{'元' if year == 1 else year}年{day.month}月{day.day}日"


def pdf(sheet: dict[str, Any]) -> bytes:
    """The sheet on A4. Raises `printed.CannotPrint`."""
    return printed.pdf(render_to_string("counseling/sheet.html", sheet), style=STYLE)
