"""When somebody was born is asked once about each person, and again about another."""

import re

from counseling.actions import asking, cases
from counseling.models import Case
from counseling.states import Cohort, Relation
from tests.cast import seen_by, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken

ASK = "/counseling/ask/"
NO_MORE = "まえにおたずねした人のことなら、もういりません"


def answered(person):
    """Of whom the form asks it no more."""
    shown = page(seated(person), ASK)
    there = set(re.findall(r'name="relation" value="(\w+)"[^>]* data-answered', shown))
    assert (NO_MORE in shown) == bool(there)
    assert 'class="choices once"' in shown, "about anybody new it is asked"
    return there


def test_it_is_asked_no_more_of_whom_it_was_asked_also_where_nothing_was_said(
    aoi, kaede, program, now
):
    case = taken(asks(aoi, program, now=now, cohort=Cohort.UNKNOWN), kaede, now=now)
    assert answered(aoi) == {"self"}
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    assert answered(aoi) == {"self"}, "one is the same also after it was over"


def test_of_another_it_is_asked_once_the_one_before_is_over(haha, kaede, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    assert answered(haha) == {"family"}
    cases.close(staff_viewer(kaede), code=hers.code, now=now)
    assert answered(haha) == set()


def test_what_a_refused_form_left_behind_is_no_answer(aoi, program, now):
    case = asks(aoi, program, now=now)
    case.askings.all().delete()
    assert answered(aoi) == set()
    asks(aoi, program, now=now, cohort=Cohort.NO)
    case.refresh_from_db()
    assert case.cohort == "no"


def test_an_answer_that_stands_isn_t_written_over(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now, cohort=Cohort.YES), kaede, now=now)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    asks(aoi, program, now=now, cohort=Cohort.NO)
    assert Case.objects.get().cohort == "yes"
