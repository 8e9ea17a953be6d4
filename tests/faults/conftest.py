"""What the fault tests share: a house without limits, and tests for one shape only."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.faults.nemesis import Dose
    from tests.live import House, Template

HOUSES = {"calm_house", "freed_house", "shaken_house"}


@pytest.fixture(scope="session")
def calm_house(template: "Template") -> "Iterator[House]":
    """One open house without limits, for all tests that leave it as they found it."""
    # Not above: the harness registers these modules itself, after it has started the servers.
    from tests.faults.gathering import UNLIMITED  # noqa: PLC0415
    from tests.live import House  # noqa: PLC0415

    made = House(template, env=UNLIMITED)
    try:
        yield made.open()
    finally:
        made.close()


@pytest.fixture
def shaken_house(calm_house: "House") -> "Iterator[House]":
    """The calm house, for a test that shakes it; afterwards everything stands again."""
    yield calm_house
    calm_house.mend()


@pytest.fixture(scope="session")
def dose(pytestconfig: pytest.Config) -> "Dose":
    """Short, or with `--long` as for a release; what was measured goes to `--figures`."""
    from tests.faults.nemesis import Dose  # noqa: PLC0415

    path = pytestconfig.getoption("figures")

    def keep(row: dict[str, object]) -> None:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    return Dose(pytestconfig.getoption("long"), keep if path else lambda _: None)


@pytest.fixture
def freed_house(make_house: "Callable[..., House]") -> "House":
    """A house of this test's own without limits, to be killed, stopped and starved."""
    from tests.faults.gathering import UNLIMITED  # noqa: PLC0415

    return make_house(env=UNLIMITED)


@pytest.fixture
def server_shape() -> None:
    """The test is about a broker or about PostgreSQL; embedded, there is none."""


@pytest.fixture
def embedded_shape() -> None:
    """The test is about SQLite's one lock; PostgreSQL has none."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    other = "server_shape" if config.getoption("shape") == "embedded" else "embedded_shape"
    away = [item for item in items if other in getattr(item, "fixturenames", ())]
    if away:
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if item not in away]
    for item in items:
        if HOUSES & set(getattr(item, "fixturenames", ())):
            item.add_marker("live")
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(900 if config.getoption("long") else 180))
