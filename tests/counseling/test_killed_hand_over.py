"""kill -9 at any point of a hand-over: exactly one counselor is responsible, and it goes on."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.live import PYTHON, ROOT, House, Template


@pytest.fixture
def data(template: Template) -> Iterator[House]:
    """A house whose doors stay shut: its data, and its database where it has one."""
    made = House(template)
    yield made
    made.close()


def phase(house: House, name: str, *, fault: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, "-m", "tests.counseling.two_phases", name],
        cwd=ROOT,
        env={**house.env(), **({"IBASHO_FAULT": f"{fault}=1"} if fault else {})},
        capture_output=True,
        text=True,
        timeout=60,
    )


def told(house: House) -> dict[str, object]:
    ran = phase(house, "tell")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.timeout(240)
def test_killed_between_and_within_the_phases_leaves_exactly_one_responsible(data):
    assert phase(data, "prepare").returncode == 0
    assert phase(data, "offer", fault="between_hand_over").returncode == 9
    assert told(data) == {
        "counselor": "one", "state": "open", "hand_overs": ["offered"], "letters": 0,
    }  # fmt: skip
    assert phase(data, "accept", fault="within_hand_over").returncode == 9
    assert told(data) == {
        "counselor": "one", "state": "open", "hand_overs": ["offered"], "letters": 0,
    }  # fmt: skip
    ran = phase(data, "accept")
    assert ran.returncode == 0, ran.stderr
    assert told(data) == {
        "counselor": "two", "state": "open", "hand_overs": ["accepted"], "letters": 1,
    }  # fmt: skip
