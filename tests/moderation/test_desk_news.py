"""What colleagues ask and tell each other reaches a desk that is open already."""

from datetime import timedelta

import pytest

from duty.actions.attending import attend
from duty.actions.own import acknowledge_test, try_alarm
from duty.actions.plan import cancel_shift
from duty.actions.relief import ask_relief, hand_over_room, take_relief, withdraw_relief
from duty.actions.shifts import begin_shift, come_back, end_shift, rest
from duty.actions.swaps import ask_swap, take_swap, withdraw_swap
from duty.colleagues import supervisors
from duty.models import Shift
from foundation import clock
from foundation.bell import bell
from moderation.waiting import stands_at
from tests.cast import signed_in_as, staff_viewer
from tests.duty.team import begun, shift_of


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def keeping(ren, sora, program, room, at):
    """ren attends a room; sora is on duty too."""
    Shift.objects.all().delete()
    mine = begun(ren, program, now=at)
    begun(sora, program, now=at)
    attend(staff_viewer(ren), shift=mine.pk, room=room.pk, now=at)
    return mine


@pytest.fixture
def rings(program, monkeypatch, django_capture_on_commit_callbacks):
    """How often the desk's bell rings for a deed, which must move the desk's number too."""

    def of(deed) -> int:
        rung: list[int] = []
        monkeypatch.setattr(bell, "desk", rung.append)
        stood = stands_at(program.pk)
        with django_capture_on_commit_callbacks(execute=True):
            deed()
        moved = stands_at(program.pk) - stood
        assert set(rung) <= {program.pk} and moved == len(rung)
        return moved

    return of


def test_kawatte_is_heard_when_asked_taken_and_taken_back(keeping, ren, sora, at, rings):
    mine, hers = staff_viewer(ren), staff_viewer(sora)
    relief = ask_relief(mine, shift=keeping.pk, now=at)
    assert rings(lambda: ask_relief(mine, shift=keeping.pk, now=at)) == 0  # it stands there
    assert rings(lambda: withdraw_relief(mine, relief=relief.pk, now=at)) > 0
    assert rings(lambda: ask_relief(mine, shift=keeping.pk, now=at)) > 0
    again = ask_relief(mine, shift=keeping.pk, now=at)
    assert rings(lambda: take_relief(hers, relief=again.pk, now=at)) > 0


def test_a_room_that_is_handed_over_is_heard(keeping, ren, program, room, at, rings):
    mine = staff_viewer(ren)
    assert rings(lambda: hand_over_room(mine, program=program.pk, room=room.pk, now=at)) > 0


def test_a_swap_is_heard_when_asked_taken_and_taken_back(ren, sora, program, at, rings):
    tomorrow = (at + timedelta(days=1)).date()
    shift = shift_of(ren, program, day=tomorrow)
    mine, hers = staff_viewer(ren), staff_viewer(sora)

    def ask():
        return ask_swap(mine, shift=shift.pk, colleague=None, now=at)

    assert rings(ask) > 0
    swap = shift.swaps.get()
    assert rings(lambda: withdraw_swap(mine, swap=swap.pk, now=at)) > 0
    asked = ask()
    assert rings(lambda: take_swap(hers, swap=asked.pk, now=at)) > 0


def test_a_shift_taken_off_the_rota_is_heard(ren, mori, program, at, rings):
    shift = shift_of(ren, program, day=(at + timedelta(days=1)).date())
    assert rings(lambda: cancel_shift(staff_viewer(mori), shift=shift.pk, now=at)) > 0


def test_a_test_alarm_is_heard_when_called_and_acknowledged(sora, mori, program, at, rings):
    assert rings(lambda: try_alarm(staff_viewer(mori), program=program.pk, now=at)) > 0
    test = try_alarm(staff_viewer(mori), program=program.pk, now=at)
    assert rings(lambda: acknowledge_test(staff_viewer(sora), test=test.pk, now=at)) > 0


def test_who_is_there_is_heard(keeping, ren, program, at, rings):
    mine = staff_viewer(ren)
    assert rings(lambda: rest(mine, shift=keeping.pk, now=at)) > 0
    assert rings(lambda: come_back(mine, shift=keeping.pk, now=at)) > 0
    assert rings(lambda: end_shift(mine, shift=keeping.pk, now=at)) > 0
    soon = begun(ren, program, now=at)
    Shift.objects.filter(pk=soon.pk).update(state="planned", begun_at=None)
    found = supervisors(program.pk, besides=ren.pk, now=at)
    there = found[0].staff if found else None
    assert rings(lambda: begin_shift(mine, shift=soon.pk, supervisor=there, now=at)) > 0


def test_a_desk_that_asks_again_gets_what_stands_beside_the_list(keeping, ren, sora, program, at):
    client = signed_in_as(sora)
    asked = f"/moderation/queue/?program={program.slug}&since="
    stood = stands_at(program.pk)
    assert client.get(f"{asked}{stood}").status_code == 204
    relief = ask_relief(staff_viewer(ren), shift=keeping.pk, now=at)
    answer = client.get(f"{asked}{stood}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="side"' in text and f'data-version="{stands_at(program.pk)}"' in text
    assert f"/moderation/reliefs/{relief.pk}/take/" in text
    assert "csrfmiddlewaretoken" in text
    withdraw_relief(staff_viewer(ren), relief=relief.pk, now=at)
    assert "/take/" not in client.get(f"{asked}{stood}").content.decode()
