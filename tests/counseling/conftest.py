"""Every test begins with fresh paces: people of other tests bore the same numbers."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def _rested():
    # Imported here: pytest reads this file before the harness starts Django.
    pace, limits = import_module("chat.actions.pace"), import_module("foundation.limits")
    for name in pace.BUCKETS:
        pace.BUCKETS[name] = limits.Buckets(name)
