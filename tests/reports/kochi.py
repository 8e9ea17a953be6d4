"""Kochi and five of its towns, of every size that the small cells know."""

from programs.models import Municipality, Program
from tests.cast import make_program

TOWNS = {
    "392014": ("高知市", 300_000), "392049": ("南国市", 46_000), "393860": ("いの町", 21_000),
    "394114": ("津野町", 5_000), "393649": ("大川村", 366),
}  # fmt: skip


def kochi_with_towns() -> Program:
    """The program, and its municipalities in the table."""
    kochi = make_program("kochi")
    kochi.prefecture_code = "39"
    kochi.save()
    Municipality.objects.bulk_create(
        Municipality(code=code, prefecture="高知県", name=name, kana="", population=people)
        for code, (name, people) in TOWNS.items()
    )
    return kochi
