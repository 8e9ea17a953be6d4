"""Asking: who asks and whom it is about are two things; it can be taken back; it comes once."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from accounts.states import Role
from counseling import queries
from counseling.actions import asking, cases
from counseling.models import Asking, Case, Invitation
from counseling.states import AskingState, CaseState, Cohort, Relation, Urgency, Wish
from foundation.refusals import Refused
from tests.cast import grant, make_staff, seen_by, staff_viewer
from tests.chat.deeds import seat_of
from tests.counseling.voices import asks, taken, what, with_passphrase


def test_whoever_asks_can_come_back_first(aoi, program, now):
    with pytest.raises(Refused, match="no_passphrase"):
        asking.ask(seen_by(aoi), program=program.pk, asked=what(), now=now)
    with_passphrase(aoi, now)
    case = asking.ask(seen_by(aoi), program=program.pk, asked=what(), now=now)
    assert (case.state, case.relation, case.counselor_id) == (CaseState.WAITING, "self", None)
    assert case.waiting_since == now


def test_whoever_asks_sits_in_the_talk_at_once_and_so_does_who_takes_it(aoi, kaede, program, now):
    """Else the first word of either would be heard only by opening the page again."""
    case = asks(aoi, program, now=now)
    assert queries.wire_of(queries.own_case(seen_by(aoi), code=case.code), viewer=seen_by(aoi))
    taken(case, kaede, now=now)
    viewer = staff_viewer(kaede)
    assert queries.wire_of(queries.case(viewer, code=case.code), viewer=viewer)


def test_who_asks_and_whom_it_is_about_are_two_things(aoi, haha, program, now):
    own = asks(aoi, program, now=now, cohort=Cohort.YES)
    hers = asks(haha, program, now=now, relation=Relation.FAMILY, wishes=(Wish.MONEY,))
    assert own.pk != hers.pk
    assert hers.relation == Relation.FAMILY
    assert hers.askings.get().wishes == ["money"]


def test_the_same_form_twice_is_one_asking(aoi, program, now):
    with_passphrase(aoi, now)
    form = what()
    one = asking.ask(seen_by(aoi), program=program.pk, asked=form, now=now)
    two = asking.ask(seen_by(aoi), program=program.pk, asked=form, now=now)
    assert one.pk == two.pk
    assert Asking.objects.count() == Case.objects.count() == 1


def test_a_second_one_while_the_first_stands_is_told_so(aoi, program, now):
    asks(aoi, program, now=now)
    with pytest.raises(Refused, match="asked_already"):
        asks(aoi, program, now=now)
    asks(aoi, program, now=now, relation=Relation.SUPPORTER)


@pytest.mark.parametrize("words", ["090-1234-5678 です", "mail: a.b@example.com"])
def test_contact_details_don_t_come_in_here(aoi, program, now, words):
    with pytest.raises(Refused, match="contact"):
        asks(aoi, program, now=now, words=words)
    assert not Case.objects.exists()
    assert asks(aoi, program, now=now, words="電話はこわいです").pk


def test_words_of_need_bring_a_card_and_come_first(aoi, haha, program, now):
    case = asks(aoi, program, now=now, words="もう死にたいです")
    assert case.urgency == "today"
    assert Letter.objects.get(participant=aoi).kind == "care"
    assert asks(haha, program, now=now, words="しずかに話したい").urgency == "usual"
    assert not Letter.objects.filter(participant=haha).exists()


def test_it_can_be_taken_back_and_its_words_go(aoi, yoso, program, now):
    case = asks(aoi, program, now=now, words="やっぱり、いまは")
    with pytest.raises(Refused, match="not_found"):
        asking.withdraw(seen_by(yoso), code=case.code, now=now)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    row = Asking.objects.get()
    assert (row.state, row.words, row.wishes) == (AskingState.WITHDRAWN, "", [])
    case.refresh_from_db()
    assert (case.state, case.waiting_since) == (CaseState.CLOSED, None)
    with pytest.raises(Refused, match="moved_on"):
        asking.withdraw(seen_by(aoi), code=case.code, now=now)


def test_taken_back_after_someone_took_it_leaves_the_case_to_them(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    case.refresh_from_db()
    assert (case.state, case.counselor) == (CaseState.OPEN, kaede)


def test_whoever_asks_for_themselves_again_comes_back_to_their_case(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    again = asks(aoi, program, now=now + timedelta(days=400))
    assert (again.pk, again.code) == (case.pk, case.code)
    again.refresh_from_db()
    assert (again.state, again.counselor_id) == (CaseState.WAITING, None)
    assert again.askings.count() == 2


def test_asking_again_takes_back_neither_the_urgency_nor_the_wait(aoi, kaede, program, now):
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    since = now - timedelta(days=3)
    Case.objects.filter(pk=case.pk).update(urgency=Urgency.TODAY, waiting_since=since)
    asks(aoi, program, now=now)
    case.refresh_from_db()
    assert (case.urgency, case.waiting_since) == (Urgency.TODAY, since)
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    asks(aoi, program, now=now)
    case.refresh_from_db()
    assert (case.urgency, case.waiting_since) == (Urgency.TODAY, now)


def test_of_two_counselors_who_take_it_one_gets_it(aoi, kaede, program, now):
    other = make_staff("sora")
    grant(other, Role.COUNSELOR)
    case = taken(asks(aoi, program, now=now), kaede, now=now)
    assert Letter.objects.filter(participant=aoi, kind="reply").count() == 1
    with pytest.raises(Refused, match="taken_already"):
        taken(case, other, now=now)
    case.refresh_from_db()
    assert case.counselor == kaede
    # Whoever comes an hour later didn't see it wait: to them it is no case at all.
    with pytest.raises(Refused, match="not_found"):
        taken(case, other, now=now + timedelta(hours=1))
    with pytest.raises(Refused, match="taken_already"):
        taken(case, kaede, now=now + timedelta(hours=1))


def test_a_supporter_invites_once_and_a_no_is_for_ever(aoi, yoso, ren, room, program, now):
    def invite() -> bool:
        return asking.invite(staff_viewer(ren), seat=seat_of(aoi, room).pk, now=now)

    assert invite()
    card = Letter.objects.get(participant=aoi)
    made = Invitation.objects.get()
    assert card.kind == "invitation"
    assert card.links[1]["href"] == f"/counseling/invitations/{made.pk}/"
    asking.decline(seen_by(aoi), invitation=made.pk, now=now)
    assert not invite()
    assert Letter.objects.filter(participant=aoi).count() == 1
    with pytest.raises(Refused, match="not_found"):
        asking.decline(seen_by(yoso), invitation=made.pk, now=now)


def test_only_the_desk_of_the_room_may_invite(aoi, kaede, room, program, now):
    with pytest.raises(Refused, match="not_found"):
        asking.invite(staff_viewer(kaede), seat=seat_of(aoi, room).pk, now=now)
