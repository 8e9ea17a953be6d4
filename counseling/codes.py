"""A case's code: six digits and a check digit, for the keypad and for saying aloud. Pure.

The check digit is Luhn's (ISO/IEC 7812-1, annex B): one wrong digit, and most swapped
neighbours, find no case instead of another one.
"""

import secrets
import unicodedata

DIGITS = 6


def make() -> str:
    """A new one, at random; whether it is taken is for the database to say."""
    body = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The digit that belongs behind these."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def typed(text: str) -> str:
    """A code as someone types it (wide digits, a hyphen), as it is kept; "" for what is none."""
    found = unicodedata.normalize("NFKC", text[:20]).replace("-", "").replace(" ", "")
    good = len(found) == DIGITS + 1 and found.isascii() and found.isdecimal()
    return found if good and check_digit(found[:-1]) == found[-1] else ""
