"""Through what someone came and where they live: once mended, counted anew with a reason."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from audit.models import AuditEntry
from counseling import facts
from counseling.actions import cases, occasions
from counseling.models import Case
from counseling.states import Channel, Cohort, Mended, Origin, Urgency
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from ledger.entries import Fact, enter_all
from ledger.models import Entry
from ledger.queries import verify
from ledger.states import Kind
from reports import rules
from reports.indicators import figures
from reports.states import Split
from tests.cast import signed_in_as, staff_viewer
from tests.counseling.places import make_town
from tests.counseling.voices import asks, call, taken

BOTH = (Mended.ORIGIN, Mended.MUNICIPALITY)


@pytest.fixture
def towns(db):
    return make_town("282014", "姫路市"), make_town("282031", "明石市")


@pytest.fixture
def case(aoi, kaede, program, now, towns):
    """aoi's, with kaede: counted twice, as found by telephone and of Himeji."""
    mine = taken(asks(aoi, program, now=now, cohort=Cohort.YES), kaede, now=now)
    describe(kaede, mine, now, origin=Origin.TELEPHONE, municipality="282014")
    told = call(now=now, code=mine.code, channel=Channel.VISIT)
    occasions.enter(staff_viewer(kaede), program=program.pk, told=told, now=now)
    return Case.objects.get(pk=mine.pk)


def describe(kaede, case, now, **told):
    cases.describe(
        staff_viewer(kaede), code=case.code, cohort=Cohort.YES, urgency=Urgency.USUAL, now=now,
        **told,
    )  # fmt: skip


def standing(*columns: str) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for *told, much in Entry.objects.values_list(*columns, "quantity"):
        found[tuple(told)] += much
    return {told: much for told, much in found.items() if much}


def test_both_are_counted_anew_and_no_sum_changes(case, kaede, now):
    before, later = standing("kind", "occurred_on"), now + timedelta(days=1)
    describe(
        kaede, case, later, origin=Origin.ROOM, municipality="282031", mended=BOTH,
        recount="ききまちがい",
    )  # fmt: skip
    assert standing("kind", "occurred_on") == before
    assert set(standing("origin", "municipality_code", "cohort")) == {("ibasho", "282031", "yes")}
    backs = Entry.objects.filter(counters__isnull=False)
    assert {(one.reason, one.confirmed_by) for one in backs} == {("replaced", str(kaede.pk))}
    assert {one.broken for one in verify()} == {""}
    line = AuditEntry.objects.get(verb="counseling.recount")
    assert (line.reason, line.fields) == ("ききまちがい", ["municipality", "origin"])
    row = case.occasions.get()
    occasions.void(staff_viewer(kaede), code=case.code, occasion=row.pk, reason="べつ", now=later)
    assert standing("kind") == {}


def test_whoever_moved_stays_counted_where_they_lived(case, kaede, now):
    describe(
        kaede, case, now, origin=Origin.ROOM, municipality="282031", mended=[Mended.ORIGIN],
        recount="ききまちがい",
    )  # fmt: skip
    assert set(standing("origin", "municipality_code")) == {("ibasho", "282014")}


def test_what_a_file_or_an_office_said_of_a_town_is_theirs(case, kaede, now):
    brought = Fact(
        program="hyogo", kind=Kind.OFFICE_VISIT, occurred_on=jst_day(now), cohort="yes",
        subject=facts.subject(case), evidence="office:1", municipality_code="281000",
    )  # fmt: skip
    with transaction.atomic():
        enter_all([brought], confirmed_by=1, now=now)
    describe(
        kaede, case, now, origin=Origin.ROOM, municipality="282031", mended=BOTH,
        recount="ききまちがい",
    )  # fmt: skip
    assert ("office_visit", "281000", "") in standing("kind", "municipality_code", "origin")


def test_nobody_else_counts_it_anew(case, ren, now):
    with pytest.raises(Refused, match="not_found"):
        describe(
            ren, case, now, origin=Origin.ROOM, municipality=None, mended=BOTH, recount="ちがう"
        )
    assert not Entry.objects.filter(counters__isnull=False).exists()


def test_the_page_asks_what_to_count_anew_and_a_closed_sheet_keeps_its_split(case, kaede, now):
    client = signed_in_as(kaede)
    page = f"/counseling/desk/{case.code}/"
    sent = {"cohort": "yes", "origin": "room", "urgency": "usual", "municipality": "282014"}
    assert client.post(f"{page}describe/", sent).status_code == 303
    assert "3件が、ここにあるのとはちがうきっかけで" in client.get(page).content.decode()
    sent |= {"recount": "ききまちがい", "mended": "origin"}
    assert client.post(f"{page}describe/", sent).status_code == 303
    assert "ちがうきっかけで" not in client.get(page).content.decode()
    year = fiscal_year(jst_day(now))
    sheet = replace(rules.shipped()["kochi-2020"], program="hyogo", years=(year,))
    told = replace(sheet.indicator("kochi.consultations"), targets={year: 300})
    sheet = replace(sheet, indicators=(told,))
    mended = Entry.objects.filter(counters__isnull=False).first().recorded_at
    assert figures(sheet, upto=mended)[0].splits[Split.IBASHO] == {year: 0}
    assert figures(sheet)[0].splits[Split.IBASHO] == {year: 1}
    assert figures(sheet)[0].actual_sum == 1
