"""A coordinator and a counselor of Hyogo's program, and four of its municipalities."""

import pytest

from accounts.models import Staff
from accounts.states import Role
from accounts.viewer import Viewer
from programs.models import Municipality, Program
from tests.cast import grant, make_staff, staff_viewer

TOWNS = {
    "281000": ("兵庫県", "神戸市", 1_500_000),
    "282014": ("兵庫県", "姫路市", 500_000),
    "282022": ("兵庫県", "尼崎市", 400_000),
    "282031": ("兵庫県", "明石市", 300_000),
    "392014": ("高知県", "高知市", 300_000),
}


@pytest.fixture
def towns(db) -> None:
    Municipality.objects.bulk_create(
        Municipality(code=code, prefecture=prefecture, name=name, kana="", population=people)
        for code, (prefecture, name, people) in TOWNS.items()
    )


@pytest.fixture
def coordinator(mori: Staff) -> Viewer:
    return staff_viewer(mori)


@pytest.fixture
def counselor(kaede: Staff) -> Viewer:
    return staff_viewer(kaede)


@pytest.fixture
def colleague(program: Program) -> Viewer:
    other = make_staff("kita")
    grant(other, Role.COORDINATOR, program)
    return staff_viewer(other)
