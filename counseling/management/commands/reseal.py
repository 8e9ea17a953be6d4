"""`manage.py reseal`: after a change of `SEALING_KEY`, seal what the old one sealed under the new.

Run with the old key in `SEALING_KEY_BEFORE`. It may be cut off and run again; once it says
`left: 0`, the old key opens nothing any more and can be thrown away.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import second_factors
from counseling.actions import vault
from foundation.sealed import CannotOpen


class Command(BaseCommand):
    """Prints how much was sealed anew as one JSON line."""

    help = "Seal contact details and second factors under the new SEALING_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Vaults and second factors."""
        try:
            told = {"vaults": sum(vault.reseal()), "second_factors": sum(second_factors.reseal())}
            left = sum(vault.reseal()) + sum(second_factors.reseal())
        except CannotOpen:
            raise CommandError(
                "something opens with neither key: set SEALING_KEY_BEFORE to the old one"
            ) from None
        self.stdout.write(json.dumps({**told, "left": left}, sort_keys=True))
