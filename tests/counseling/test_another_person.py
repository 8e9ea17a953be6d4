"""One asker, several people whom it is about: each has a case of their own."""

import pytest

from counseling.actions import asking, cases
from counseling.models import Asking, Case
from counseling.states import CaseState, Relation
from foundation.refusals import Refused
from tests.cast import seen_by, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken, what

ANOTHER = "ほかの人のこと"


@pytest.fixture
def first(haha, kaede, program, now):
    """The mother's about one of her sons."""
    return taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)


def again(haha, program, *, now, **changed):
    return asks(haha, program, now=now, relation=Relation.FAMILY, another=True, **changed)


def test_a_second_son_has_a_case_of_his_own(first, haha, program, now):
    second = again(haha, program, now=now)
    assert second.pk != first.pk
    assert (second.state, second.counselor_id) == (CaseState.WAITING, None)
    assert [one.askings.count() for one in (first, second)] == [1, 1]


def test_about_the_same_one_she_is_told_that_it_was_received(first, haha, program, now):
    with pytest.raises(Refused, match="asked_already"):
        asks(haha, program, now=now, relation=Relation.FAMILY)


def test_the_same_form_twice_is_one_case_more(first, haha, program, now):
    form = what(relation=Relation.FAMILY, another=True)
    for _try in range(2):
        asking.ask(seen_by(haha), program=program.pk, asked=form, now=now)
    assert (Case.objects.count(), Asking.objects.count()) == (2, 2)


def test_what_was_refused_in_need_and_sent_again_is_one_case_more(first, haha, program, now):
    for words in ("もう死にたい 090-1234-5678", "もう死にたい 090-1234-5678"):
        with pytest.raises(Refused, match="contact"):
            again(haha, program, now=now, words=words)
    again(haha, program, now=now, words="もう死にたい")
    assert Case.objects.count() == 2


def test_of_oneself_there_is_one_case_whatever_was_sent(aoi, kaede, program, now):
    mine = taken(asks(aoi, program, now=now), kaede, now=now)
    cases.close(staff_viewer(kaede), code=mine.code, now=now)
    assert asks(aoi, program, now=now, another=True).pk == mine.pk


def test_there_is_an_end_to_it(first, haha, program, now):
    for _person in range(asking.MOST_PEOPLE - 1):
        again(haha, program, now=now)
    with pytest.raises(Refused, match="too_many_people"):
        again(haha, program, now=now)


def test_the_page_asks_only_whoever_speaks_of_somebody_already(first, aoi, haha, program, now):
    asks(aoi, program, now=now)
    assert ANOTHER not in page(seated(aoi), "/counseling/ask/")
    hers = seated(haha)
    assert ANOTHER in page(hers, "/counseling/ask/")
    sent = {"relation": "family", "wish": "web", "nonce": str(what().nonce), "about": "another"}
    assert hers.post("/counseling/ask/", sent).status_code == 303
    assert Case.objects.filter(participant=haha).count() == 2
