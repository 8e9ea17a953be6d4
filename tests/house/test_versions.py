"""What is installed is what is locked, and nothing is older than a known hole."""

import importlib.metadata
import re

import pytest

from tests.house.tree import ROOT

# Each floor closes advisories of exactly this stack: docs say which in SECURITY.md.
FLOORS = {
    "daphne": (4, 2, 2),  # CVE-2026-44545 (message size), CVE-2026-44546 (header smuggling)
    "django": (5, 2, 17),  # CVE-2026-3902, -33034, -5766, -33033, -35192, -6873, -15920 …
    "django-allauth": (65, 14, 2),  # X-Forwarded-For was trusted by the limits
    "redis": (8, 1, 0),
    "channels": (4, 3, 2),
    "channels-redis": (4, 3, 0),
    "twisted": (26, 4, 0),
    "cryptography": (50, 0, 2),
    "uvicorn": (0, 54, 0),
}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", text, re.M))


@pytest.mark.parametrize("package", FLOORS)
def test_nothing_is_older_than_a_known_hole(package):
    assert numbers(importlib.metadata.version(package)) >= FLOORS[package]
    assert numbers(locked("run")[package]) >= FLOORS[package]


def test_django_stays_on_the_long_supported_line():
    assert numbers(locked("run")["django"])[:2] == (5, 2)


def test_what_is_tested_is_what_runs():
    run, dev = locked("run"), locked("dev")
    assert len(run) > 20
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_locked_package_has_its_hashes(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[\w.-]+(?:\[[\w,]+\])?==)", text, flags=re.M)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)


def test_what_is_asked_for_is_locked():
    for name in ("run", "dev"):
        asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8")
        wanted = {n.lower() for n in re.findall(r"^([A-Za-z][\w.-]*)", asked, re.M)}
        assert wanted <= set(locked(name)), "run `make lock`"
