"""Every move a shift may make, and no other."""

import pytest

from duty.states import (
    ASK_MOVES,
    MOVES,
    RUNNING,
    STANDING,
    AskState,
    ShiftState,
    before,
    may_become,
)


@pytest.mark.parametrize(
    ("state", "leads_to"),
    [
        ("planned", "begun missed swapped cancelled"),
        ("begun", "resting ended"),
        ("resting", "begun ended"),
        ("ended", ""),
        ("missed", ""),
        ("swapped", ""),
        ("cancelled", ""),
    ],
)
def test_a_shift_goes_only_where_the_table_leads(state, leads_to):
    led = {wanted for wanted in ShiftState if may_become(ShiftState(state), wanted)}
    assert led == {ShiftState(wanted) for wanted in leads_to.split()}


def test_every_state_is_in_the_table():
    assert set(MOVES) == set(ShiftState)
    assert set(ASK_MOVES) == set(AskState)


def test_whoever_is_there_may_end_at_any_time():
    assert set(before(ShiftState.ENDED)) == set(RUNNING)


def test_what_is_over_moves_no_more():
    assert all(not MOVES[state] for state in ShiftState if state not in STANDING)


def test_an_ask_is_settled_once():
    open_ones = {state for state in AskState if ASK_MOVES[state]}
    assert open_ones == {AskState.ASKED}
