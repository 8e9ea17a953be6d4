"""Where a program counts each consultation, every one counts; before that day and elsewhere not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.states import Role
from counseling import sessions
from counseling.actions import occasions
from counseling.models import Occasion, OccasionImport
from counseling.states import Channel
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from programs.actions.counting import decide
from programs.states import CountedAs
from tests.cast import grant, make_program, signed_in_as, staff_viewer
from tests.counseling.test_import import bring
from tests.counseling.test_sessions import FORM, _minutes, noon, talked
from tests.counseling.voices import call

__all__ = ["noon", "talked"]


def decided(program, now, *, counted_as=CountedAs.EACH, after=0):
    """Yesterday, from today on."""
    yesterday = now - timedelta(days=1)
    decide(program=program.pk, counted_as=counted_as, since=jst_day(now), after=after,
           now=yesterday)  # fmt: skip


@pytest.fixture
def each(program, now):
    decided(program, now)


def enter(kaede, program, now, **told):
    viewer = staff_viewer(kaede)
    return occasions.enter(viewer, program=program.pk, told=call(now=now, **told), now=now)


def consultations() -> int:
    return sum(Entry.objects.filter(kind="consultation").values_list("quantity", flat=True))


def test_by_hand_every_one_counts_and_none_is_split(each, case, kaede, program, now):
    enter(kaede, program, now, code=case.code)
    enter(kaede, program, now, code=case.code)
    # Neither is asked for there; who sends it none the less gets one more, whole.
    enter(kaede, program, now, code=case.code, add=True, minutes=5)
    enter(kaede, program, now, code=case.code, split="べつの用件")
    assert sorted(Occasion.objects.values_list("minutes", flat=True)) == [5, 30, 30, 30]
    assert set(Occasion.objects.values_list("split", "each")) == {("", True)}
    assert consultations() == 4


def test_the_form_asks_nothing_of_a_second_call(each, case, kaede, program):
    desk = signed_in_as(kaede)
    for number in range(2):
        sent = {
            "nonce": f"00000000-0000-4000-8000-00000000000{number}", "code": case.code,
            "relation": "self", "channel": "telephone", "minutes": "10",
        }  # fmt: skip
        assert desk.post(FORM, sent).status_code == 303
    assert Occasion.objects.count() == 2


def test_the_same_form_twice_is_still_one(each, case, kaede, program, now):
    form = call(now=now, code=case.code)
    for _ in range(2):
        occasions.enter(staff_viewer(kaede), program=program.pk, told=form, now=now)
    assert consultations() == 1


def test_the_day_on_which_it_took_place_decides(each, case, kaede, program, now):
    yesterday = jst_day(now) - timedelta(days=1)
    first = enter(kaede, program, now, code=case.code, on=yesterday)
    assert first.each is False
    with pytest.raises(Refused, match="same_day"):
        enter(kaede, program, now, code=case.code, on=yesterday)
    apart = enter(kaede, program, now, code=case.code, on=yesterday, split="べつの用件")
    assert (apart.split, apart.each) == ("べつの用件", False)


def test_what_was_confirmed_stays_when_the_rule_goes_back(each, case, kaede, program, now):
    for _ in range(2):
        enter(kaede, program, now, code=case.code)
    tomorrow = now + timedelta(days=1)
    decide(program=program.pk, counted_as=CountedAs.ONCE_A_DAY, since=jst_day(tomorrow), after=1,
           now=now)  # fmt: skip
    assert consultations() == 2
    enter(kaede, program, tomorrow, code=case.code)
    with pytest.raises(Refused, match="same_day"):
        enter(kaede, program, tomorrow, code=case.code)
    # Today's are still counted as they were, also when one is recorded late.
    enter(kaede, program, tomorrow, code=case.code, on=jst_day(now))
    assert consultations() == 4


def test_another_program_s_rule_is_its_own(each, kaede, now):
    other = make_program("kochi")
    grant(kaede, Role.COUNSELOR, other)
    case = enter(kaede, other, now).case
    with pytest.raises(Refused, match="same_day"):
        enter(kaede, other, now, code=case.code)


def test_the_database_holds_once_a_day_where_it_is_the_rule(case, kaede, program, now):
    first = enter(kaede, program, now, code=case.code)
    kept = {
        name: getattr(first, name)
        for name in ("case", "counselor", "relation", "channel", "on", "minutes", "recorded_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Occasion.objects.create(**kept)
    for _ in range(2):
        Occasion.objects.create(**kept, each=True)


def test_a_file_of_calls_follows_the_rule_of_each_day(each, case, kaede, now):
    desk, today = signed_in_as(kaede), jst_day(now)
    yesterday = today - timedelta(days=1)
    twice = f"{case.code},{today},電話,本人,25,,,"
    bring(desk, twice, twice, f"{case.code},{yesterday},電話,本人,25,,,")
    taken = desk.post(f"/counseling/desk/occasions/import/{_waiting(case)}/apply/")
    assert (taken.status_code, consultations()) == (303, 3)
    # Once a day still holds for the day before: in one file, and against what is there.
    answer = bring(desk, twice, f"{case.code},{yesterday},電話,本人,5,,,")
    assert answer.status_code == 303
    assert "もうあります" in desk.get("/counseling/desk/occasions/import/").content.decode()
    bring(desk, twice, f"{case.code},{yesterday},電話,本人,5,,夜にべつの用件,")
    taken = desk.post(f"/counseling/desk/occasions/import/{_waiting(case)}/apply/")
    assert (taken.status_code, consultations()) == (303, 5)
    late = Occasion.objects.get(split="夜にべつの用件")
    assert (late.on, late.each) == (yesterday, False)


def _waiting(case) -> int:
    return OccasionImport.objects.get(
        counselor=case.counselor, applied_at__isnull=True, dropped_at__isnull=True
    ).pk


def test_the_talks_of_a_day_are_proposed_one_after_another(each, talked, kaede, program, now):
    day = jst_day(now)
    desk = signed_in_as(kaede)
    asked = f"{FORM}?code={talked.code}&channel=web"
    for minutes in ("46", "1"):
        assert _minutes(desk.get(asked).content.decode()) == minutes
        enter(kaede, program, now, code=talked.code, channel=Channel.WEB, minutes=int(minutes))
    assert sessions.proposed(talked, on=day) is None
    assert consultations() == 2


def test_once_a_day_the_talks_of_a_day_are_one_web_occasion(talked, kaede, program, now):
    assert len(sessions.proposed(talked, on=jst_day(now)).sessions) == 2
    enter(kaede, program, now, code=talked.code, channel=Channel.WEB)
    with pytest.raises(Refused, match="same_day"):
        enter(kaede, program, now, code=talked.code, channel=Channel.WEB)
    enter(kaede, program, now, code=talked.code, channel=Channel.WEB, split="夜にべつの用件")
    assert consultations() == 2
