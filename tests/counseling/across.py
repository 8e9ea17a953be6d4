"""The deeds of a crossing, as the pages do them; aoi's case with kaede, and what kaede proposed."""

import pytest
from django.db import connection

from counseling import packet
from counseling.actions import linking, referrals, sending
from counseling.onward_forms import Agreed, Answer
from counseling.states import (
    Evidence,
    Goal,
    Heading,
    Sent,
)
from foundation.clock import jst_day
from tests.cast import seen_by, staff_viewer
from tests.counseling.places import make_agency


def agree(person, referral, *, now, details=(), along=False, digest=None):
    referral.refresh_from_db()
    shown = digest or packet.digest(packet.canonical(referrals.preview(referral)))
    return referrals.agree(
        seen_by(person), code=referral.case.code, referral=referral.pk, now=now,
        agreed=Agreed(digest=shown, details=details, along=along, sure=True),
    )  # fmt: skip


def send(kaede, referral, *, now, by=Sent.LINK):
    return sending.send(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, by=by, now=now
    )


def accept(kaede, referral, *, now, by=Sent.TELEPHONE):
    sending.record_acceptance(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk,
        answer=Answer("相談係", by, now, ""), now=now,
    )  # fmt: skip


def link(kaede, referral, *, now):
    linking.confirm_linked(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, on=jst_day(now),
        evidence=Evidence.AGENCY_TOLD, line="", now=now,
    )  # fmt: skip


def state(referral):
    referral.refresh_from_db()
    return referral.state


def dump():
    """Everything in the tables of counseling, as text."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("counseling_"):
                cursor.execute(f"SELECT * FROM {table}")
                said.append(repr(cursor.fetchall()))
    return "".join(said)


# --- set up ---------------------------------------------------------------------------------------

SAID = "夜のほうが話しやすいです。人が多いところは苦手です。電話はこわいです。"


@pytest.fixture
def station(program, now):
    return make_agency(program, now=now)


@pytest.fixture
def referral(case, kaede, station, now):
    """Proposed by kaede, with a draft of three sentences."""
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, typed={Heading.SELF: SAID},
        agency=station.pk, now=now,
    )  # fmt: skip


@pytest.fixture
def way(referral, aoi, kaede, now):
    """Agreed to and sent by a link: its two halves."""
    agree(aoi, referral, now=now)
    return send(kaede, referral, now=now)
