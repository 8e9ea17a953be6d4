"""How an indicator may be counted. Pure."""

from enum import StrEnum


class Counting(StrEnum):
    """The rule of a figure. Years are fiscal years of `occurred_on`."""

    SUM = "sum"  # 延べ: quantities added
    PEOPLE = "people"  # 実: distinct codes in the year
    ONCE = "once"  # distinct codes, or codes and destinations; each in the year of its first entry
    PLACES = (
        "places"  # distinct municipalities, each in the year it first opened; baseline left out
    )


class Split(StrEnum):
    """What is told apart under a figure."""

    WEB = "web"  # うちWeb
    IBASHO = "ibasho"  # うち電子居場所から
