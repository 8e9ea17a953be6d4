"""Arrows point down. The contracts are in pyproject.toml; here they hold, and they notice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import APPS, ROOT, imports, modules, named

LINT = "from importlinter.cli import lint_imports_command as f; f()"

# (where, what is planted there, which contract must notice)
PLANTED = [
    ("foundation/clock.py", "import chat.models", "Arrows point down"),
    ("foundation/refusals.py", "from accounts import viewer", "Arrows point down"),
    ("programs/models.py", "import helplines", "Arrows point down"),
    ("accounts/viewer.py", "from duty import models", "Arrows point down"),
    ("duty/models.py", "import chat.states", "Arrows point down"),
    ("chat/states.py", "import ibasho.settings", "Arrows point down"),
    ("chat/states.py", "from chat import models", "In every room"),
    ("chat/queries.py", "import chat.actions", "In every room"),
    ("chat/states.py", "import django", "are pure"),
    ("duty/models.py", "import redis", "No room knows the broker"),
]


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=house, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house without its furniture: what the contracts look at."""
    made = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", made)
    for app in APPS:
        shutil.copytree(ROOT / app, made / app, ignore=shutil.ignore_patterns("__pycache__"))
    return made


def test_every_app_stands_on_a_floor():
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "tools"}
    assert apps == set(APPS)


def test_arrows_point_down():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("where", "planted", "contract"), PLANTED)
def test_a_planted_arrow_upward_is_reported(copy, where, planted, contract):
    file = copy / where
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(f"{before}\n{planted}\n", encoding="utf-8")
        result = lint(copy)
    finally:
        file.write_text(before, encoding="utf-8")
    broken = " ".join(result.stdout.split("Broken contracts")[-1].split())
    assert result.returncode != 0, f"nobody noticed `{planted}` in {where}"
    assert contract in broken


def test_only_the_bell_knows_the_channel_layer():
    knowing = {
        named(path)
        for path in modules()
        for name, _ in imports(path)
        if name.startswith(("channels.layers", "channels_redis"))
    }
    assert knowing == {"foundation/bell.py"}


def test_only_the_adapters_know_allauth_s_inside():
    knowing = {
        path.parent.name
        for path in modules()
        for name, _ in imports(path)
        if name.startswith("allauth.") and ".internal" in name
    }
    assert knowing == {"adapters"}
