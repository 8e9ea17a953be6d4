"""What is confirmed stands in the ledger at once; what isn't, nowhere; what was wrong is undone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from audit.models import AuditEntry
from counseling import facts
from counseling.actions import asking, cases, merging, occasions
from counseling.models import Case
from counseling.states import Channel, Cohort, Origin, Relation, Urgency
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from ledger.entries import Fact, enter_all
from ledger.models import Entry
from ledger.queries import verify
from ledger.states import Kind
from reports import rules
from reports.indicators import figures
from tests.cast import seen_by, signed_in_as, staff_viewer
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


def test_the_new_case_stands_on_the_first_occasion_that_still_counts(case, kaede, program, now):
    today = jst_day(now)
    rows = [
        enter(kaede, program, now, code=case.code, on=today - timedelta(days=days))
        for days in (40, 10, 20)
    ]

    def new():
        stands: Counter[object] = Counter()
        for day, much in Entry.objects.filter(kind=Kind.NEW_CASE).values_list(
            "occurred_on", "quantity"
        ):
            stands[day] += much
        return {day: much for day, much in stands.items() if much}

    assert new() == {today - timedelta(days=40): 1}
    for row, left in zip(rows, ({20}, {20}, set()), strict=True):
        occasions.void(
            staff_viewer(kaede), code=case.code, occasion=row.pk, reason="まちがい", now=now
        )
        assert new() == {today - timedelta(days=days): 1 for days in left}
    case.refresh_from_db()
    assert (case.new_entry, case.confirmed_new_at) == (None, None)


def test_a_session_added_to_a_call_counts(case, kaede, program, now):
    row = enter(kaede, program, now, code=case.code)
    with pytest.raises(Refused, match="confirmed_already"):
        enter(
            kaede, program, now, code=case.code, add=True, psychological=True, confirmed=False
        )  # fmt: skip
    for _ in range(2):
        enter(kaede, program, now, code=case.code, add=True, psychological=True)
    assert sums() == {"consultation": 1, "new_case": 1, "counseling_session": 1}
    occasions.void(staff_viewer(kaede), code=case.code, occasion=row.pk, reason="ちがう", now=now)
    assert set(sums().values()) == {0}


def test_a_session_added_to_what_waits_counts_once_confirmed(case, kaede, program, now):
    enter(kaede, program, now, code=case.code, confirmed=False)
    enter(kaede, program, now, code=case.code, add=True, psychological=True)
    assert sums() == {"consultation": 1, "new_case": 1, "counseling_session": 1}


def test_what_is_added_twice_by_one_form_is_added_once(case, kaede, program, now):
    row = enter(kaede, program, now, code=case.code)
    form = call(now=now, code=case.code, minutes=10, line="かけなおし", add=True)
    for _ in range(2):
        again = occasions.enter(staff_viewer(kaede), program=program.pk, told=form, now=now)
        assert again.pk == row.pk
    row.refresh_from_db()
    assert (row.minutes, row.line) == (40, "かけなおし")


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


def describe(kaede, case, now, **told):
    cases.describe(
        staff_viewer(kaede), code=case.code, origin=Origin(case.origin), urgency=Urgency.USUAL,
        municipality=case.municipality_id, now=now, **told,
    )  # fmt: skip


def test_a_cohort_mended_with_a_reason_counts_anew_what_was_counted(case, kaede, program, now):
    row = enter(kaede, program, now, code=case.code, channel=Channel.VISIT)
    subject = facts.subject(case)
    from_file = Fact(
        program="hyogo", kind=Kind.OFFICE_VISIT, occurred_on=jst_day(now), subject=subject,
        cohort="yes", evidence="import:1:2",
    )  # fmt: skip
    elsewhere = replace(from_file, evidence="other-house:7")
    with transaction.atomic():
        enter_all([from_file, elsewhere], confirmed_by=1, now=now)
    before = sums()
    later = now + timedelta(days=1)
    describe(kaede, case, later, cohort=Cohort.NO, recount="ご本人から、生まれた年をきいた")
    assert sums() == before
    standing = Counter()
    for kind, cohort, much in Entry.objects.values_list("kind", "cohort", "quantity"):
        standing[kind, cohort] += much
    assert {one for one, much in standing.items() if much and one[1] == "yes"} == {
        ("office_visit", "yes")  # what another house returned is mended there
    }
    backs = Entry.objects.filter(counters__isnull=False)
    assert {one.reason for one in backs} == {"replaced"} and backs.count() == 4
    assert all(one.recorded_at == later for one in backs)
    assert {one.broken for one in verify()} == {""}
    line = AuditEntry.objects.get(verb="counseling.recount")
    assert (line.reason, line.fields) == ("ご本人から、生まれた年をきいた", ["cohort"])
    # What was counted anew can be taken back as a whole again.
    occasions.void(
        staff_viewer(kaede), code=case.code, occasion=row.pk, reason="べつの人だった", now=later
    )
    assert {kind: much for kind, much in sums().items() if much} == {"office_visit": 2}


def test_without_a_reason_what_was_counted_stays(case, kaede, program, now):
    enter(kaede, program, now, code=case.code)
    describe(kaede, case, now, cohort=Cohort.NO)
    assert set(Entry.objects.values_list("cohort", flat=True)) == {"yes"}
    assert len(facts.otherwise_counted(taken_again(case))) == 2
    describe(kaede, case, now, cohort=Cohort.NO, recount="ききまちがい")
    assert not facts.otherwise_counted(taken_again(case))
    many = Entry.objects.count()
    describe(kaede, case, now, cohort=Cohort.NO, recount="ききまちがい")
    assert Entry.objects.count() == many


def taken_again(case):
    return Case.objects.get(pk=case.pk)


def test_nobody_else_s_case_is_counted_anew(case, kaede, program, now, ren):
    enter(kaede, program, now, code=case.code)
    with pytest.raises(Refused, match="not_found"):
        describe(ren, case, now, cohort=Cohort.NO, recount="べつの人")
    assert not Entry.objects.filter(counters__isnull=False).exists()


def test_the_case_s_page_offers_to_count_anew_and_a_closed_sheet_tells_it_beside(
    case, kaede, program, now
):
    enter(kaede, program, now, code=case.code)
    client = signed_in_as(kaede)
    page = f"/counseling/desk/{case.code}/"
    assert "数えなおす理由" in client.get(page).content.decode()
    sent = {"cohort": "no", "origin": case.origin, "urgency": "usual"}
    assert client.post(f"{page}describe/", sent).status_code == 303
    assert "2件が、ここにあるのとはちがう世代で" in client.get(page).content.decode()
    assert client.post(f"{page}describe/", sent | {"recount": "ききまちがい"}).status_code == 303
    assert "ちがう世代で" not in client.get(page).content.decode()
    year = fiscal_year(jst_day(now))
    sheet = replace(rules.shipped()["kochi-2020"], program="hyogo", years=(year,))
    told = replace(sheet.indicator("kochi.consultations"), targets={year: 300})
    sheet = replace(sheet, indicators=(told,))
    mended = Entry.objects.filter(counters__isnull=False).first().recorded_at
    assert figures(sheet, upto=mended)[0].actual_sum == 1
    assert figures(sheet)[0].actual_sum == 0
