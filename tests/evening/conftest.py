"""What the evenings share: houses with one door, for what people see there is the same at each."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.live import House


@pytest.fixture
def own_house(make_house: "Callable[..., House]") -> "House":
    """An open house of this test's own, with one door: another one would only have to start."""
    return make_house(doors=1)
