"""Who arrived is asked after, in two weeks and three months; who hasn't arrived after all isn't."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from counseling.actions import cases, linking
from counseling.models import NextStep
from counseling.states import Sent
from foundation.clock import jst_day
from ledger.states import Reason
from tests.cast import signed_in_as, staff_viewer
from tests.counseling.across import accept, agree, link, send
from tests.counseling.test_pages import page

ASKED = "つながった先でのようすを、きいてみる"


@pytest.fixture
def arrived(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    accept(kaede, referral, now=now)
    link(kaede, referral, now=now)
    return referral


def undo(kaede, referral, *, now):
    linking.undo_linked(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk,
        reason=Reason.MISTYPED, now=now,
    )  # fmt: skip


def due(now, **where):
    rows = NextStep.objects.filter(done_at__isnull=True, text=ASKED, **where).order_by("due_on")
    return [(one.due_on - jst_day(now)).days for one in rows]


def test_taken_back_nobody_asks_and_confirmed_again_they_do(arrived, kaede, now):
    viewer, code = staff_viewer(kaede), arrived.case.code
    cases.plan_step(viewer, code=code, text="でんわ", due_on=jst_day(now), now=now)
    assert due(now) == [14, 91]
    undo(kaede, arrived, now=now)
    assert due(now) == []
    assert NextStep.objects.get().text == "でんわ", "what was planned besides stays"
    assert ASKED not in page(signed_in_as(kaede), f"/counseling/desk/{code}/")
    link(kaede, arrived, now=now)
    assert due(now) == [14, 91]


def test_what_was_asked_already_stays_done_and_isn_t_asked_twice(arrived, kaede, now):
    first = NextStep.objects.order_by("due_on")[0]
    cases.finish_step(staff_viewer(kaede), code=arrived.case.code, step=first.pk, now=now)
    undo(kaede, arrived, now=now)
    link(kaede, arrived, now=now)
    assert due(now) == [91]
    assert NextStep.objects.get(pk=first.pk).done_at == now


def test_another_arrival_s_stay_where_they_are(arrived, kaede, now):
    other = type(arrived).objects.get(pk=arrived.pk)
    other.pk, other.state, other.linked_on, other.entry = None, "accepted", None, None
    other.save()
    link(kaede, other, now=now)
    assert due(now) == [14, 14, 91, 91]
    undo(kaede, arrived, now=now)
    assert due(now, referral=other) == due(now) == [14, 91]


def test_closed_those_alone_stand_and_go_too_when_it_is_taken_back(arrived, kaede, now):
    viewer, code = staff_viewer(kaede), arrived.case.code
    cases.plan_step(viewer, code=code, text=ASKED, due_on=jst_day(now), now=now)
    cases.close(viewer, code=code, now=now)
    assert due(now) == [14, 91]
    undo(kaede, arrived, now=now)
    assert due(now) == []


@pytest.mark.django_db(transaction=True)
def test_those_from_before_learn_of_which_arrival_they_are(arrived, kaede, now):
    other = jst_day(now) + timedelta(days=5)
    cases.plan_step(staff_viewer(kaede), code=arrived.case.code, text=ASKED, due_on=other, now=now)
    executor = MigrationExecutor(connection)
    leaves = [one for one in executor.loader.graph.leaf_nodes() if one[0] == "counseling"]
    try:
        executor.migrate([("counseling", "0014_accepted_as_noted")])
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert due(now, referral=arrived) == [14, 91]
    assert due(now, referral=None) == [5]
