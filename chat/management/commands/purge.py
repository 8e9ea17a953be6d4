"""`manage.py purge`: what is past its time goes. Once a day; leaves a line of what went."""

import json
import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from chat.actions.purge import purge
from foundation import clock


class Command(BaseCommand):
    """Works in short transactions and breathes in between, so that nobody's post waits."""

    help = "Remove what is past its time (docs/settings.md says which after how long)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all classes; print what went as one JSON line."""
        gone: Counter[str] = Counter()
        for name, rows in purge(now=clock.now()):
            gone[name] += rows
            time.sleep(0.02)
        self.stdout.write(json.dumps(dict(gone), sort_keys=True))
