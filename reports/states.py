"""How an indicator may be counted. Pure."""

from enum import StrEnum


class Counting(StrEnum):
    """The rule of a figure. Years are fiscal years of `occurred_on`."""

    # 延べ: quantities added.
    SUM = "sum"
    # 実: distinct codes in the year.
    PEOPLE = "people"
    # Distinct codes, or codes and destinations, each in the year of its first entry.
    ONCE = "once"
    # Distinct municipalities, each in the year it first opened; the baseline is left out.
    PLACES = "places"


class Split(StrEnum):
    """What is told apart under a figure."""

    WEB = "web"  # うちWeb
    IBASHO = "ibasho"  # うち電子居場所から
