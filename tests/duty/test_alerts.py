"""Who is called next: on duty → all who said yes for this hour → the coordinators."""

from datetime import UTC, datetime, timedelta

from duty.alerts import AGAIN, STEP, Call, Called, Colleague, Rung, Skipped, Why, next_call
from duty.states import Channel

AT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 02:00 in Japan
DESK, PUSH, EMAIL = Channel.DESK, Channel.PUSH, Channel.EMAIL
EVERY = frozenset(Channel)

REN = Colleague(1, attending=True, on_duty=True, open=frozenset({DESK}))
NAO = Colleague(2, on_duty=True, channels=(PUSH, DESK), open=EVERY)
AKI = Colleague(3, willing=True, channels=(EMAIL,), open=frozenset({EMAIL}))
SORA = Colleague(4, willing=True, channels=(PUSH, EMAIL), open=frozenset({EMAIL}))
MORI = Colleague(5, coordinator=True, channels=(EMAIL, PUSH), open=frozenset({EMAIL, PUSH}))
TEAM = [NAO, AKI, REN, SORA, MORI]


def climb(team: list[Colleague], *, times: int) -> list[Call]:
    """The calls of an alarm that nobody acknowledges, each made the moment it is due."""
    calls: list[Call] = []
    called: list[Called] = []
    for _ in range(times):
        call = next_call(team, raised_at=AT, called=called)
        calls.append(call)
        called += [
            Called(staff, call.rung, channel, call.due_at)
            for staff, channel in call.to
            if call.rung is not None
        ]
    return calls


def test_an_alarm_climbs_from_who_attends_to_the_coordinator():
    calls = climb(TEAM, times=4)
    assert [call.to for call in calls] == [
        ((1, DESK),),
        ((2, PUSH),),
        ((3, EMAIL), (4, EMAIL)),
        ((5, EMAIL),),
    ]
    assert [call.rung for call in calls] == [
        Rung.ON_DUTY, Rung.ON_DUTY, Rung.WILLING, Rung.COORDINATOR,
    ]  # fmt: skip
    assert [call.due_at - AT for call in calls] == [0 * STEP, STEP, 2 * STEP, 3 * STEP]
    assert not any(call.skipped for call in calls)


def test_two_minutes_pass_between_one_call_and_the_next():
    assert timedelta(minutes=2) == STEP


def test_a_step_that_reaches_nobody_takes_no_time_and_is_named():
    gone = Colleague(1, attending=True, on_duty=True, channels=(DESK,), open=frozenset())
    call = next_call([gone, MORI], raised_at=AT)
    assert call.to == ((5, EMAIL),)
    assert call.due_at == AT
    assert call.skipped == (
        Skipped(Rung.ON_DUTY, Why.UNREACHABLE, 1),
        Skipped(Rung.WILLING, Why.NOBODY),
    )


def test_only_those_who_said_yes_for_this_hour_are_all():
    asleep = Colleague(7, channels=(EMAIL,), open=EVERY)
    call = next_call([asleep, AKI], raised_at=AT)
    assert call.to == ((3, EMAIL),)


def test_one_of_all_who_cannot_be_reached_is_named_and_the_others_are_called():
    deaf = Colleague(8, willing=True, channels=(PUSH,), open=frozenset({EMAIL}))
    call = next_call([deaf, AKI], raised_at=AT)
    assert call.to == ((3, EMAIL),)
    assert Skipped(Rung.WILLING, Why.UNREACHABLE, 8) in call.skipped


def test_whoever_was_called_on_duty_is_not_called_again_as_one_of_all():
    both = Colleague(2, on_duty=True, willing=True, channels=(EMAIL,), open=EVERY)
    second = climb([both, AKI], times=2)[1]
    assert second.rung is Rung.WILLING
    assert second.to == ((3, EMAIL),)


def test_a_coordinator_who_was_called_already_is_called_over_their_next_channel():
    both = Colleague(
        5, willing=True, coordinator=True, channels=(EMAIL, PUSH), open=frozenset({EMAIL, PUSH})
    )
    calls = climb([both], times=3)
    assert [call.to for call in calls] == [((5, EMAIL),), ((5, PUSH),), ((5, EMAIL),)]


def test_at_the_top_the_coordinators_are_called_again_every_ten_minutes():
    calls = climb([MORI], times=3)
    assert [call.due_at - AT for call in calls] == [0 * AGAIN, AGAIN, 2 * AGAIN]


def test_when_nobody_can_be_reached_the_call_says_who_was_passed_over():
    call = next_call([], raised_at=AT)
    assert call.rung is None
    assert call.to == ()
    assert call.skipped == (
        Skipped(Rung.ON_DUTY, Why.NOBODY),
        Skipped(Rung.WILLING, Why.NOBODY),
        Skipped(Rung.COORDINATOR, Why.NOBODY),
    )
