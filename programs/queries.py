"""Reads of `programs`. Public facts: nobody's standing matters here."""

from programs.models import Municipality

MOST = 200  # the largest prefecture (北海道) has 179


def municipality(code: str) -> Municipality | None:
    """The municipality of a 6-digit code, never of a name: names repeat."""
    return Municipality.objects.filter(code=code).first()


def municipalities_of(prefecture_code: str) -> list[Municipality]:
    """All of a prefecture (2-digit code), in the order of their codes."""
    return list(
        Municipality.objects.filter(code__startswith=prefecture_code).order_by("code")[:MOST]
    )
