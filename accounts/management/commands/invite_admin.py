"""`manage.py invite_admin`: a link for the very first admin, who then invites everybody else."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.actions.invitations import invite_first_admin
from foundation import clock


class Command(BaseCommand):
    """Whoever can run this holds the machine, and so the house."""

    help = "Print an invitation for an admin: good for 7 days, once. Shown nowhere else."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print it."""
        token = invite_first_admin(now=clock.now())
        origin = settings.ORIGINS[0] if settings.ORIGINS else ""
        self.stdout.write(origin + reverse("invitation", args=[token]))
