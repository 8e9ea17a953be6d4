"""Whoever asks, and cases as they come about: through the actions, as the pages do it."""

from datetime import datetime
from uuid import uuid4

from accounts import passphrase
from accounts.models import Participant, Staff
from counseling.actions import asking, cases
from counseling.forms import Asked, Told
from counseling.models import Case
from counseling.states import Channel, Cohort, Origin, Relation, Wish
from foundation.clock import jst_day
from programs.models import Program
from tests.cast import seen_by, staff_viewer


def with_passphrase(person: Participant, now: datetime) -> Participant:
    """Who asks can come back."""
    person.passphrase_key, person.passphrase_at = passphrase.key_of(passphrase.make()), now
    person.save()
    return person


def what(**changed: object) -> Asked:
    """What someone asks for."""
    plain = {
        "nonce": uuid4(), "relation": Relation.SELF, "wishes": (Wish.WEB,), "times": (),
        "eases": (), "cohort": Cohort.YES, "words": "",
    }  # fmt: skip
    return Asked(**{**plain, **changed})  # type: ignore[arg-type]


def asks(person: Participant, program: Program, *, now: datetime, **changed: object) -> Case:
    """They ask."""
    if person.passphrase_key is None:
        with_passphrase(person, now)
    return asking.ask(seen_by(person), program=program.pk, asked=what(**changed), now=now)


def taken(case: Case, counselor: Staff, *, now: datetime) -> Case:
    """A counselor takes it."""
    return cases.take(staff_viewer(counselor), code=case.code, now=now)


def call(*, now: datetime, code: str = "", **changed: object) -> Told:
    """A telephone call of half an hour, today."""
    plain = {
        "nonce": uuid4(), "code": code, "on": jst_day(now), "minutes": 30,
        "channel": Channel.TELEPHONE, "relation": Relation.SELF, "line": "", "psychological": False,
        "add": False, "split": "", "origin": Origin.TELEPHONE, "cohort": Cohort.UNKNOWN,
        "confirmed": True,
    }  # fmt: skip
    return Told(**{**plain, **changed})  # type: ignore[arg-type]
