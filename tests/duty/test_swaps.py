"""かわってもらえますか: asked of one or all, taken by one, told to everyone it concerns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import close_old_connections, connection

from duty.actions.swaps import ask_swap, take_swap, withdraw_swap
from duty.models import Notice, Shift, Swap
from duty.queries import coming, swaps_for
from duty.states import AskState, NoticeKind, ShiftState
from foundation.refusals import Refused
from tests.cast import grant, make_program, staff_viewer
from tests.duty.team import logged, shift_of, supporter
from tests.duty.test_shifts import refused


def told(who) -> list[str]:
    return list(
        Notice.objects.filter(to=who, seen_at=None).order_by("pk").values_list("kind", flat=True)
    )


@pytest.fixture
def aki(program):
    return supporter("aki", called="あき", trained_on=date(2025, 4, 1))


@pytest.fixture
def shift(ren, program):
    return shift_of(ren, program, rooms=(101,))


def test_the_first_who_says_yes_has_it_and_everyone_is_told(shift, ren, sora, aki, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    assert told(sora) == told(aki) == [NoticeKind.SWAP_ASKED]
    made = take_swap(staff_viewer(sora), swap=swap.pk, now=now)
    late = refused(lambda: take_swap(staff_viewer(aki), swap=swap.pk, now=now))
    assert late == "taken_already"
    shift.refresh_from_db()
    assert shift.state == ShiftState.SWAPPED
    assert (made.supporter, made.starts_at, made.rooms) == (sora, shift.starts_at, [101])
    # Confirmed to both; whoever else was asked needn't answer any more.
    assert told(ren) == [NoticeKind.SWAP_GIVEN]
    assert told(sora) == [NoticeKind.SWAP_TAKEN]
    assert told(aki) == [NoticeKind.SWAP_GONE]
    assert [one.pk for one in coming(staff_viewer(sora), program=made.program_id, now=now)] == [
        made.pk
    ]
    assert logged() == ["duty.swap_asked", "duty.swapped", "duty.swap_taken"]


def test_only_those_who_hold_the_role_there_and_are_trained_are_asked(
    shift, ren, sora, tetsu, mori, now
):
    elsewhere = supporter("yuki", called="ゆき", trained_on=None)
    grant(elsewhere, "supporter", make_program("kochi"), trained_on="2025-01-01")
    narrowed = supporter("umi", called="うみ", trained_on=None)
    narrowed.grants.update(trained_on="2025-01-01")
    narrowed.grants.get().rooms.create(room=999)
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    assert list(swap.asked.all()) == [sora]
    for other in (tetsu, mori, elsewhere, narrowed):
        assert (
            refused(lambda other=other: take_swap(staff_viewer(other), swap=swap.pk, now=now))
            == "not_found"
        )


def test_asking_one_tells_nobody_else(shift, ren, sora, aki, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=aki.pk, now=now)
    assert told(sora) == []
    assert [one.pk for one in swaps_for(staff_viewer(aki), now=now)] == [swap.pk]
    assert swaps_for(staff_viewer(sora), now=now) == []


@pytest.mark.parametrize("who", ["tetsu", "mori", "ren"])
def test_somebody_who_may_not_keep_it_is_not_asked(who, shift, ren, tetsu, mori, now):
    colleague = {"tetsu": tetsu, "mori": mori, "ren": ren}[who].pk
    viewer = staff_viewer(ren)
    assert (
        refused(lambda: ask_swap(viewer, shift=shift.pk, colleague=colleague, now=now))
        == "cannot_keep"
    )
    nobody = refused(lambda: ask_swap(viewer, shift=shift.pk, colleague=None, now=now))
    assert nobody == "nobody_to_ask"


def test_whoever_has_a_shift_then_cannot_take_another(shift, ren, sora, program, now):
    shift_of(sora, program)
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    assert refused(lambda: take_swap(staff_viewer(sora), swap=swap.pk, now=now)) == "shifts_overlap"


def test_training_that_was_taken_back_counts_when_it_is_taken(shift, ren, sora, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    sora.grants.update(trained_on=None)
    assert refused(lambda: take_swap(staff_viewer(sora), swap=swap.pk, now=now)) == "not_trained"


def test_one_may_keep_it_after_all(shift, ren, sora, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    again = refused(lambda: ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now))
    assert again == "asked_already"
    stranger = refused(lambda: withdraw_swap(staff_viewer(sora), swap=swap.pk, now=now))
    assert stranger == "not_found"
    withdraw_swap(staff_viewer(ren), swap=swap.pk, now=now)
    swap.refresh_from_db()
    assert swap.state == AskState.WITHDRAWN
    assert told(sora) == [NoticeKind.SWAP_GONE]
    assert refused(lambda: take_swap(staff_viewer(sora), swap=swap.pk, now=now)) == "moved_on"


def test_a_shift_that_began_changes_hands_no_more(shift, ren, sora, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)
    began = shift.starts_at + timedelta(minutes=1)
    assert swaps_for(staff_viewer(sora), now=began) == []
    assert refused(lambda: take_swap(staff_viewer(sora), swap=swap.pk, now=began)) == "moved_on"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_yes_at_once_exactly_one_has_it(shift, ren, sora, aki, now):
    swap = ask_swap(staff_viewer(ren), shift=shift.pk, colleague=None, now=now)

    def take(viewer) -> str:
        close_old_connections()
        try:
            take_swap(viewer, swap=swap.pk, now=now)
        except Refused as no:
            return no.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, [staff_viewer(sora), staff_viewer(aki)]))
    assert answers == ["taken", "taken_already"]
    assert Shift.objects.filter(state=ShiftState.PLANNED).count() == 1
    assert Swap.objects.get().taken_as.supporter in (sora, aki)
