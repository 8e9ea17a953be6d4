"""From what a counselor confirms to the grant's own figure: the sheet, as it is counted."""

from dataclasses import replace

import pytest

from counseling.actions import linking, merging, occasions
from counseling.states import Cohort, Evidence, Relation
from foundation.clock import fiscal_year, jst_day
from ledger.models import Entry
from ledger.states import Channel
from reports.indicators import figures
from reports.rules import shipped
from tests.cast import staff_viewer
from tests.counseling.places import make_agency, make_place
from tests.counseling.voices import call


@pytest.fixture
def told(program, now):
    """What Kochi's sheet would tell of this program this year."""
    year = fiscal_year(jst_day(now))
    kochi = shipped()["kochi-2020"]
    lines = tuple(replace(one, targets={year: 1}) for one in kochi.indicators)
    sheet = replace(kochi, program=program.slug, years=(year,), indicators=lines)

    def ask() -> dict[str, int]:
        return {one.indicator.code: one.actual[year] for one in figures(sheet)}

    return ask


def opened(kaede, program, *, now, **changed):
    """A case by a call, whose first occasion is confirmed."""
    said = call(now=now, cohort=Cohort.YES, **changed)
    return occasions.enter(staff_viewer(kaede), program=program.pk, told=said, now=now).case


def arrives(kaede, case, *, now, agency=None, place=None):
    return linking.record_arrival(
        staff_viewer(kaede), code=case.code, agency=agency and agency.pk, place=place and place.pk,
        on=jst_day(now), evidence=Evidence.PERSON_TOLD, line="", now=now,
    )  # fmt: skip


def test_a_real_place_and_each_agency_are_ways_onward(kaede, program, told, now):
    case = opened(kaede, program, now=now)
    arrives(kaede, case, now=now, place=make_place(program, now=now))
    assert told()["kochi.linked"] == 1
    for name in ("東の福祉事務所", "西の福祉事務所"):
        there = make_agency(program, now=now, name=name, kind="welfare_office")
        arrives(kaede, case, now=now, agency=there)
    assert told()["kochi.linked"] == 3


def test_how_the_talk_went_stands_with_who_was_led_onward(kaede, program, now):
    case = opened(kaede, program, now=now)
    made = arrives(kaede, case, now=now, place=make_place(program, now=now))
    row = Entry.objects.get(seq=made.entry)
    assert (row.channel, row.destination) == (Channel.PHONE, f"place:{made.place_id}")


def test_a_mother_s_case_about_her_son_is_the_son_s_one(kaede, program, told, now):
    son = opened(kaede, program, now=now)
    mother = opened(kaede, program, now=now, relation=Relation.FAMILY)
    assert told()["kochi.new"] == 2
    merging.merge(staff_viewer(kaede), code=mother.code, into=son.code, now=now)
    assert told() == {"kochi.new": 1, "kochi.consultations": 2, "kochi.linked": 0}
    merging.unmerge(staff_viewer(kaede), code=mother.code, now=now)
    assert told() == {"kochi.new": 2, "kochi.consultations": 2, "kochi.linked": 0}
