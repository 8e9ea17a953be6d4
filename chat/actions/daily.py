"""What must be done once a day, by whichever process comes to it: what is past its time goes."""

import time
from collections import Counter
from datetime import datetime

from django.contrib.sessions.models import Session

from accounts import belongings, letters
from accounts.actions import sessions
from audit.actions import purge as purge_audit
from chat.actions.leavers import erase_leavers
from chat.actions.purge import purge
from duty.actions.alarms import purge as purge_calls
from duty.actions.notes import purge as purge_notes

BREATH_S = 0.02


def purge_all(*, now: datetime) -> dict[str, int]:
    """Rows gone by class. Short transactions with a breath in between: nobody's post waits.

    Running it twice at once, or after a cut, does no harm.
    """
    gone: Counter[str] = Counter()
    for name, rows in purge(now=now):
        gone[name] += rows
        time.sleep(BREATH_S)
    for one in erase_leavers(now=now):
        gone["people"] += one
        time.sleep(BREATH_S)
    for name, rows in belongings.purges(now=now):
        gone[name] += rows
        time.sleep(BREATH_S)
    for entries in purge_audit(now=now):
        gone["audit"] += entries
        time.sleep(BREATH_S)
    gone["notes of duty"] += purge_notes(now=now)
    gone["calls"] += purge_calls(now=now)
    gone["letters"] += letters.purge(now)
    sessions.forget_old(now=now)
    gone["sessions"] += Session.objects.filter(expire_date__lt=now).delete()[0]
    return dict(gone)
