"""A mother, her son and a counselor: what leads from the one to the other, as the pages do it."""

import pytest

from counseling import bridges as reads
from counseling.actions import bridges, occasions
from counseling.bridge import Tells
from counseling.states import Channel, Relation
from tests.cast import seen_by, staff_viewer
from tests.counseling.voices import asks, call, taken

WORRY = "ごはんは、いつもあるからね。"


@pytest.fixture
def hers(haha, kaede, program, now):
    return taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)


@pytest.fixture
def his(aoi, kaede, program, now):
    return taken(asks(aoi, program, now=now), kaede, now=now)


@pytest.fixture
def bridge(hers, kaede, now):
    """Put to the mother."""
    return bridges.propose(
        staff_viewer(kaede), code=hers.code, words="つぎの訪問で、手紙をおきます。", now=now
    )


def yes(person, case, *scope, line="", now):
    bridges.agree(seen_by(person), code=case.code, scope=scope, line=line, sure=True, now=now)


def reach(kaede, bridge, to="", *, now):
    bridges.reach(
        staff_viewer(kaede), code=bridge.caller_case.code, to=to, how=Channel.WEB, now=now
    )
    bridge.refresh_from_db()


def state(bridge):
    bridge.refresh_from_db()
    return bridge.state


@pytest.fixture
def reached(bridge, hers, his, haha, kaede, now):
    """She agreed, and he was told on his own page."""
    yes(haha, hers, Tells.ASKED, line=WORRY, now=now)
    reach(kaede, bridge, his.code, now=now)
    return bridge


def seen(person, case, now):
    return reads.own(seen_by(person), code=case.code, now=now)


def visit(kaede, case, program, now, **changed):
    return occasions.enter(
        staff_viewer(kaede), program=program.pk, now=now,
        told=call(now=now, code=case.code, channel=Channel.VISIT, **changed),
    )  # fmt: skip
