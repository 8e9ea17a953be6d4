"""`manage.py purge`: what is past its time goes, now and not at the house's own next round."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from chat.actions.daily import purge_all
from foundation import clock
from foundation.statements import their_now


class Command(BaseCommand):
    """Prints what went as one JSON line."""

    help = "Remove what is past its time (docs/settings.md says which, after how long)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through all classes."""
        self.stdout.write(json.dumps(purge_all(now=min(clock.now(), their_now())), sort_keys=True))
