"""A counselor has left: their cases, the closed ones too, are given to another, without reading."""

from datetime import timedelta

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Seat
from counseling import queries
from counseling.actions import cases, merging, reassigning
from counseling.models import Case
from counseling.states import Relation
from foundation.refusals import Refused
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.counseling.test_pages import page
from tests.counseling.voices import asks, taken

ABSENCES = "/counseling/desk/absences/"


@pytest.fixture
def sora(db):
    made = make_staff("sora", display_name="そら")
    grant(made, Role.COUNSELOR)
    return made


def close(case, kaede, *, now):
    cases.close(staff_viewer(kaede), code=case.code, now=now)


def leave(kaede, *, now):
    kaede.grants.update(ended_at=now)


def give(who, case, to, *, now):
    reassigning.reassign(
        staff_viewer(who), code=case.code, to=to.pk, reason="やめたので", now=now
    )  # fmt: skip


def test_a_closed_case_goes_to_another_and_the_person_is_told(case, aoi, kaede, sora, mori, now):
    close(case, kaede, now=now)
    with pytest.raises(Refused, match="not_absent"):
        give(mori, case, sora, now=now + timedelta(days=4))
    leave(kaede, now=now)
    desk = signed_in_as(mori)
    shown = page(desk, ABSENCES)
    assert case.code in shown and "おわった相談" in shown
    sent = {"code": case.code, "to": sora.pk}
    assert desk.post(ABSENCES, sent).status_code == 422, "a reason is needed"
    assert desk.post(ABSENCES, {**sent, "reason": "やめたので"}).status_code == 303
    case.refresh_from_db()
    assert (case.state, case.counselor) == ("closed", sora)
    line = AuditEntry.objects.get(verb="counseling.reassign")
    assert (line.actor, line.role, line.reason) == (mori.pk, "coordinator", "やめたので")
    letter = aoi.letters.latest("pk")
    assert letter.title == "相談員がかわりました" and "しばらく" not in letter.text
    assert not Seat.objects.filter(room=case.room, staff__isnull=False, ended_at=None).exists()
    assert case.code not in page(desk, ABSENCES)
    # The new one goes on with it; who gave it away reads nothing.
    with pytest.raises(Refused, match="not_found"):
        queries.case(staff_viewer(mori), code=case.code)
    cases.reopen(staff_viewer(sora), code=case.code, now=now)
    assert Seat.objects.filter(room=case.room, staff=sora, ended_at=None).exists()


def test_an_open_one_of_whoever_left_needs_no_three_days(case, kaede, sora, mori, now):
    with pytest.raises(Refused, match="not_absent"):
        give(mori, case, sora, now=now)
    leave(kaede, now=now)
    assert "おわった相談" not in page(signed_in_as(mori), ABSENCES)
    assert case.code in page(signed_in_as(mori), ABSENCES)
    give(mori, case, sora, now=now)
    case.refresh_from_db()
    assert (case.state, case.counselor) == ("open", sora)
    assert Seat.objects.filter(room=case.room, staff=sora, ended_at=None).exists()


def test_a_closed_one_of_whoever_only_stays_away_stays_theirs(case, kaede, sora, mori, now):
    Case.objects.update(assigned_at=now - timedelta(days=30))
    close(case, kaede, now=now - timedelta(days=29))
    assert case.code not in page(signed_in_as(mori), ABSENCES)
    with pytest.raises(Refused, match="not_absent"):
        give(mori, case, sora, now=now)


def test_what_was_joined_to_it_comes_along(case, haha, kaede, sora, mori, program, now):
    hers = taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)
    merging.merge(staff_viewer(kaede), code=hers.code, into=case.code, now=now)
    for one in (hers, case):
        close(one, kaede, now=now)
    leave(kaede, now=now)
    give(mori, case, sora, now=now)
    assert set(Case.objects.values_list("counselor", flat=True)) == {sora.pk}
    assert haha.letters.filter(title="相談員がかわりました").exists()


def test_no_counselor_and_nobody_of_elsewhere_gives_it(case, kaede, sora, ren, now):
    close(case, kaede, now=now)
    leave(kaede, now=now)
    for other in (sora, ren):
        with pytest.raises(Refused, match="not_found"):
            give(other, case, sora, now=now)


def test_only_to_a_counselor_of_today(case, kaede, ren, mori, now):
    close(case, kaede, now=now)
    leave(kaede, now=now)
    for to in (ren, kaede):
        with pytest.raises(Refused, match="no_colleague"):
            give(mori, case, to, now=now)
