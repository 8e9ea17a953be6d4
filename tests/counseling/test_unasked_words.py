"""Also words that nobody waited for leave a letter: whoever doesn't look learns of them."""

from uuid import uuid4

import pytest

from accounts.models import Letter
from accounts.states import Role
from counseling.actions import cases, talk
from tests.cast import grant, make_staff, seen_by, staff_viewer

UNASKED, ANSWERED = "相談員が書きました", "相談員からの返事"


def titles(aoi) -> list[str]:
    return list(aoi.letters.order_by("pk").values_list("title", flat=True))


def says(kaede, case, *, now):
    talk.answer(staff_viewer(kaede), code=case.code, text="どうですか", nonce=uuid4(), now=now)


@pytest.fixture
def quiet(case, aoi, kaede, now):
    """Closed and opened again by the counselor; aoi has read everything."""
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    cases.reopen(staff_viewer(kaede), code=case.code, now=now)
    aoi.letters.update(read_at=now)
    return case


def test_a_first_word_that_nobody_waited_for_leaves_a_letter(quiet, aoi, kaede, now):
    before = len(titles(aoi))
    says(kaede, quiet, now=now)
    assert titles(aoi)[before:] == [UNASKED]
    (link,) = aoi.letters.latest("pk").links
    assert link["href"] == f"/counseling/mine/{quiet.code}/"


def test_one_letter_is_enough_until_it_was_opened(quiet, aoi, kaede, now):
    before = len(titles(aoi))
    says(kaede, quiet, now=now)
    says(kaede, quiet, now=now)
    assert titles(aoi)[before:] == [UNASKED]
    Letter.objects.update(read_at=now)
    says(kaede, quiet, now=now)
    assert titles(aoi)[before:] == [UNASKED, UNASKED]


def test_a_second_word_after_an_answer_that_wasn_t_read_leaves_no_other(case, aoi, kaede, now):
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    says(kaede, case, now=now)
    says(kaede, case, now=now)
    assert (titles(aoi).count(ANSWERED), titles(aoi).count(UNASKED)) == (1, 0)


def test_words_of_whoever_was_asked_in_leave_one_too(quiet, aoi, kaede, now):
    sora = make_staff("sora")
    grant(sora, Role.COUNSELOR)
    talk.ask_in(staff_viewer(kaede), code=quiet.code, colleague=sora.pk, now=now)
    talk.join_in(staff_viewer(sora), code=quiet.code, text="はじめまして", nonce=uuid4(), now=now)
    assert titles(aoi)[-1] == UNASKED
