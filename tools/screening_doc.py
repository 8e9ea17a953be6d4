"""Writes the tables of docs/screening.md from the labelled sentences.

`python -m tools.screening_doc` writes; a test compares what is there with what would be written.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from chat.screening import screen
from chat.screening.lexicon import house

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "screening.md"
SENTENCES = ROOT / "tests" / "chat" / "sentences"
CLASSES = ("crisis", "contact", "attack")
SETS = (
    "tuned",
    "second",
    "third",
    "fourth",
    "fifth",
    "aside",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twentyfirst",
    "twentysecond",
)
_BETWEEN = re.compile(r"(<!-- {0} -->\n).*?(<!-- /{0} -->)".replace("{0}", "tables"), re.S)


def sentences(name: str) -> dict[str, Any]:
    """One file of labelled sentences."""
    return tomllib.loads((SENTENCES / f"{name}.toml").read_text(encoding="utf-8"))


def figures(name: str) -> dict[str, tuple[int, int]]:
    """For a file: how many of a class rules found, of how many; `ordinary`: touched, of how many.

    Touched by whatever it is: by rules or by likeness.
    """
    labelled = sentences(name)
    found = {
        kind: (sum(screen(one).has(kind) for one in labelled[kind]), len(labelled[kind]))
        for kind in CLASSES
    }
    touched = sum(bool(screen(one).findings) for one in labelled["ordinary"])
    return found | {"ordinary": (touched, len(labelled["ordinary"]))}


def precision(kind: str) -> tuple[int, int]:
    """Over all files: how many of those in which a class was found are of it, of how many."""
    right = seen = 0
    for name in SETS:
        labelled = sentences(name)
        for label in (*CLASSES, "ordinary"):
            for one in labelled[label]:
                if screen(one).has(kind):
                    seen += 1
                    right += label == kind
    return right, seen


def _row(name: str, cells: dict[str, str]) -> str:
    return "| " + " | ".join([name, *(cells[kind] for kind in (*CLASSES, "ordinary"))]) + " |"


def tables() -> str:
    """The tables as Markdown."""
    head = [
        "| sentences | crisis found | contact found | attack found | ordinary touched |",
        "| --- | --- | --- | --- | --- |",
    ]
    unseen, now = [], []
    for name in SETS:
        if "unseen" in sentences(name):
            unseen.append(_row(f"`{name}`", sentences(name)["unseen"]))
        now.append(_row(f"`{name}`", {k: f"{a}/{b}" for k, (a, b) in figures(name).items()}))
    right = {kind: "{}/{}".format(*precision(kind)) for kind in CLASSES}
    return "\n".join(
        [
            f"Lexicon {house().version}: {len(house().rules)} rules besides those of `contact.py`.",
            "",
            "Before the rules had seen them:",
            "",
            *head,
            *unseen,
            "",
            "Today, by the rules alone:",
            "",
            *head,
            *now,
            "",
            "Precision over all of them (right of found): "
            + ", ".join(f"{kind} {said}" for kind, said in right.items())
            + ".",
            "",
        ]
    )


def page(written: str) -> str:
    """The page with its tables brought up to date."""
    return _BETWEEN.sub(lambda m: m[1] + tables() + m[2], written)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
