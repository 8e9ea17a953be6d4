"""What is confirmed stands in the ledger at once; what isn't, nowhere; what was wrong is undone."""

from collections import Counter
from dataclasses import replace

import pytest
from django.db import transaction

from counseling import facts
from counseling.actions import asking, merging, occasions
from counseling.states import Channel, Cohort, Origin, Relation
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from ledger.states import Kind
from reports import rules
from reports.indicators import figures
from tests.cast import seen_by, staff_viewer
from tests.counseling.voices import asks, call, taken


def sums() -> dict[str, int]:
    """By kind, what stands; 0 where all was countered."""
    found: Counter[str] = Counter()
    for kind, quantity in Entry.objects.values_list("kind", "quantity"):
        found[kind] += quantity
    return dict(found)


@pytest.fixture
def case(aoi, kaede, program, now):
    """aoi's, with kaede."""
    return taken(asks(aoi, program, now=now, cohort=Cohort.YES), kaede, now=now)


def enter(kaede, program, now, **told):
    return occasions.enter(
        staff_viewer(kaede), program=program.pk, told=call(now=now, **told), now=now
    )


def test_a_confirmed_call_is_a_consultation_and_the_first_a_new_case(case, kaede, program, now):
    enter(kaede, program, now, code=case.code)
    enter(kaede, program, now, code=case.code, channel=Channel.VISIT)
    assert sums() == {"consultation": 2, "new_case": 1, "outreach_visit": 1}
    one = Entry.objects.get(kind=Kind.NEW_CASE)
    assert (one.program, one.subject) == ("hyogo", facts.subject(case))
    assert (one.cohort, one.relation, one.confirmed_by) == ("yes", "self", str(kaede.pk))
    assert case.code not in "".join(map(str, Entry.objects.values_list("subject", "evidence")))


def test_a_visit_to_the_family_alone_is_a_consultation_and_no_outreach_to_him(
    case, haha, kaede, program, now
):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    enter(kaede, program, now, code=hers.code, channel=Channel.VISIT, relation=Relation.FAMILY)
    enter(kaede, program, now, code=case.code, channel=Channel.VISIT, relation=Relation.SUPPORTER)
    merging.merge(staff_viewer(kaede), code=hers.code, into=case.code, now=now)
    year = fiscal_year(jst_day(now))
    sheet = replace(rules.shipped()["kobe-2020"], program="hyogo", years=(year,))
    outreach = replace(sheet.indicator("kobe.outreach"), targets={year: 24})
    sheet = replace(sheet, indicators=(outreach,))
    assert figures(sheet)[0].actual_sum == 0
    assert sums()["consultation"] == 2
    enter(kaede, program, now, code=case.code, channel=Channel.VISIT)
    assert figures(sheet)[0].actual_sum == 1
    assert any("本人を訪ねたものだけ" in one for one in outreach.choices)


def test_what_isn_t_confirmed_counts_nowhere(case, kaede, program, now):
    row = enter(kaede, program, now, code=case.code, confirmed=False, psychological=True)
    assert sums() == {}
    occasions.confirm(staff_viewer(kaede), code=case.code, occasion=row.pk, now=now)
    assert sums() == {"consultation": 1, "new_case": 1, "counseling_session": 1}
    with pytest.raises(Refused, match="confirmed_already"):
        occasions.confirm(staff_viewer(kaede), code=case.code, occasion=row.pk, now=now)


def test_talking_alone_counts_nowhere(case):
    assert not Entry.objects.exists()


def test_time_added_to_the_same_call_counts_no_more(case, kaede, program, now):
    enter(kaede, program, now, code=case.code)
    enter(kaede, program, now, code=case.code, add=True)
    assert sums() == {"consultation": 1, "new_case": 1}
    enter(kaede, program, now, code=case.code, split="べつの用件")
    assert sums() == {"consultation": 2, "new_case": 1}


def test_a_mistake_is_counted_back_and_the_case_with_its_last_one(case, kaede, program, now):
    first = enter(kaede, program, now, code=case.code)
    second = enter(kaede, program, now, code=case.code, channel=Channel.VISIT)
    viewer = staff_viewer(kaede)
    occasions.void(viewer, code=case.code, occasion=first.pk, reason="まちがい", now=now)
    assert sums() == {"consultation": 1, "new_case": 1, "outreach_visit": 1}
    occasions.void(viewer, code=case.code, occasion=second.pk, reason="まちがい", now=now)
    assert set(sums().values()) == {0}
    enter(kaede, program, now, code=case.code)
    assert sums()["new_case"] == 1


def test_where_it_began_is_told_apart(kaede, program, now):
    enter(kaede, program, now, origin=Origin.ROOM)
    assert set(Entry.objects.values_list("origin", flat=True)) == {"ibasho"}


def test_mother_and_son_are_one_person_in_the_ledger_and_two_again(case, haha, kaede, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    enter(kaede, program, now, code=case.code)
    enter(kaede, program, now, code=hers.code, relation=Relation.FAMILY)
    before = sums()
    viewer = staff_viewer(kaede)
    merging.merge(viewer, code=hers.code, into=case.code, now=now)
    joined = Entry.objects.get(kind=Kind.SUBJECT_MERGED)
    assert (joined.subject, joined.merged_into) == (facts.subject(hers), facts.subject(case))
    merging.unmerge(viewer, code=hers.code, now=now)
    assert Entry.objects.filter(kind=Kind.SUBJECT_MERGED, counters=joined.seq).count() == 1
    after = sums()
    assert after.pop("subject_merged") == 0
    assert after == before
    merging.merge(viewer, code=hers.code, into=case.code, now=now)


def test_the_entry_and_the_occasion_stand_or_fall_together(case, kaede, program, now, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise Refused("incomplete")

    monkeypatch.setattr("counseling.facts.confirmed", broken)
    with pytest.raises(Refused, match="incomplete"), transaction.atomic():
        enter(kaede, program, now, code=case.code)
    assert not case.occasions.exists()


def test_the_rule_of_one_a_day_is_printed_with_every_sheet_that_counts_occasions():
    counting = [
        one
        for sheet in rules.shipped().values()
        for one in sheet.indicators
        if one.kind == Kind.CONSULTATION and one.count == "sum"
    ]
    assert counting
    for one in counting:
        assert any("同じ日の、同じ手段の相談は、1件です" in said for said in one.choices), one.code


def test_what_is_said_with_the_first_occasion_fills_what_nobody_knew(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now, cohort=Cohort.UNKNOWN), kaede, now=now)
    enter(kaede, program, now, code=case.code, origin=Origin.LEAFLET, cohort=Cohort.YES)
    new = Entry.objects.get(kind=Kind.NEW_CASE)
    assert (new.origin, new.cohort) == ("leaflet", "yes")
    # Counted: what a later one says changes nothing.
    enter(
        kaede, program, now, code=case.code, channel=Channel.VISIT, origin=Origin.SEARCH,
        cohort=Cohort.NO,
    )  # fmt: skip
    case.refresh_from_db()
    assert (case.origin, case.cohort) == ("leaflet", "yes")


def test_asking_again_says_the_cohort_until_it_is_counted(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now, cohort=Cohort.UNKNOWN), kaede, now=now)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    asks(aoi, program, now=now, cohort=Cohort.YES)
    case.refresh_from_db()
    assert case.cohort == "yes"
    enter(kaede, program, now, code=case.code)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    asks(aoi, program, now=now, cohort=Cohort.NO)
    case.refresh_from_db()
    assert case.cohort == "yes"
