"""A coordinator's colleague, and five municipalities."""

from accounts.models import Staff
from accounts.states import Role
from programs.models import Municipality
from tests.cast import grant, make_program, make_staff

TOWNS = {
    "281000": ("兵庫県", "神戸市", 1_500_000),
    "282014": ("兵庫県", "姫路市", 500_000),
    "282022": ("兵庫県", "尼崎市", 400_000),
    "282031": ("兵庫県", "明石市", 300_000),
    "392014": ("高知県", "高知市", 300_000),
}


def make_towns() -> None:
    Municipality.objects.bulk_create(
        Municipality(code=code, prefecture=prefecture, name=name, kana="", population=people)
        for code, (prefecture, name, people) in TOWNS.items()
    )


def make_colleague() -> Staff:
    """A second coordinator of Hyogo's program."""
    other = make_staff("kita")
    grant(other, Role.COORDINATOR, make_program())
    return other
