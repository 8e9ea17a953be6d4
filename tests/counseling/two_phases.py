"""One phase of a hand-over in a process of its own: prepare, offer, accept, or tell.

Run on a house's data (its environment); prints what the database holds afterwards as one JSON line.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
django.setup()

from accounts.models import Participant, RoleGrant, Staff  # noqa: E402
from accounts.queries import grants_of  # noqa: E402
from accounts.viewer import Viewer  # noqa: E402
from counseling.actions import cases, hand_over, moves  # noqa: E402
from counseling.models import Case, HandOver  # noqa: E402
from foundation import clock  # noqa: E402
from programs.models import Program  # noqa: E402

NOW = clock.now()


def viewer(name: str) -> Viewer:
    """A counselor, signed in with a second factor."""
    staff = Staff.objects.get(username=name)
    return Viewer(staff=staff.pk, grants=grants_of(staff.pk, now=NOW), verified=True)


def prepare() -> None:
    """Two counselors, and a case with the first."""
    program = Program.objects.order_by("pk").first()
    for name in ("one", "two"):
        staff = Staff.objects.create(username=name, display_name=name)
        RoleGrant.objects.create(staff=staff, role="counselor", program=program, granted_at=NOW)
    person = Participant.objects.create(handle="あおい", entered_at=NOW, seen_at=NOW)
    case = moves.make_case(program=program, participant=person, relation="self", opened_at=NOW)
    cases.take(viewer("one"), code=case.code, now=NOW)


def offer() -> None:
    """The first phase."""
    case = Case.objects.get(participant__isnull=False)
    to = Staff.objects.get(username="two").pk
    hand_over.offer(viewer("one"), code=case.code, to=to, text="", now=NOW)


def accept() -> None:
    """The second."""
    offered = HandOver.objects.get(state="offered")
    hand_over.accept(viewer("two"), hand_over=offered.pk, now=NOW)


def tell() -> None:
    """Who is responsible, and how the hand-over stands."""
    case = Case.objects.select_related("counselor").get(participant__isnull=False)
    told = {
        "counselor": case.counselor.username if case.counselor else None,
        "state": case.state,
        "hand_overs": list(HandOver.objects.order_by("pk").values_list("state", flat=True)),
        "letters": case.participant.letters.filter(title="相談員がかわりました").count(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    {"prepare": prepare, "offer": offer, "accept": accept, "tell": tell}[sys.argv[1]]()
