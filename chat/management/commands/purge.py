"""`manage.py purge`: what is past its time goes. Once a day; prints a line of what went."""

import json
import time
from collections import Counter
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand

from accounts import letters
from chat.actions.leavers import erase_leavers
from chat.actions.purge import purge
from foundation import clock

BREATH_S = 0.02


class Command(BaseCommand):
    """Works in short transactions and breathes in between, so that nobody's post waits."""

    help = "Remove what is past its time (docs/settings.md says which, after how long)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all classes; print what went as one JSON line."""
        now = clock.now()
        gone: Counter[str] = Counter()
        for name, rows in purge(now=now):
            gone[name] += rows
            time.sleep(BREATH_S)
        for one in erase_leavers(now=now):
            gone["people"] += one
            time.sleep(BREATH_S)
        gone["letters"] += letters.purge(now)
        gone["sessions"] += Session.objects.filter(expire_date__lt=now).delete()[0]
        self.stdout.write(json.dumps(dict(gone), sort_keys=True))
