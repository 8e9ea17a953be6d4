"""The judge sees what it is there for: each wrong is planted, and must be reported alone."""

import uuid

import pytest

from tests.faults.history import Operation, Row, judge

TEXTS = ["あさ", "ひる", "ゆう", "よる"]


@pytest.fixture
def operations() -> list[Operation]:
    """Four things said in turn by two clients, each acknowledged before the next was begun."""
    made = []
    for n, text in enumerate(TEXTS):
        op = Operation(f"client {n % 2}", str(uuid.uuid4()), text, began=float(n), sent=1)
        op.ack(n + 1, at=n + 0.5)
        made.append(op)
    return made


@pytest.fixture
def stored(operations: list[Operation]) -> list[Row]:
    """All of it, as it was acknowledged."""
    return [Row(op.seq or 0, uuid.UUID(op.nonce), op.text) for op in operations]


@pytest.fixture
def listing(stored: list[Row]) -> list[tuple[int, str]]:
    """What a client holds that missed nothing."""
    return [(row.seq, row.text) for row in stored]


def test_what_is_as_it_should_be_is_not_reported(operations, stored, listing):
    verdict = judge(operations, stored, {"one": (0, listing), "later": (2, listing[2:])})
    assert verdict.wrong() == {}
    assert (verdict.operations, verdict.acknowledged, verdict.unknown) == (4, 4, 0)


def test_an_acknowledged_loss_is_reported(operations, stored):
    del stored[2]
    verdict = judge(operations, stored)
    assert verdict.wrong() == {"lost": ["ゆう"]}


def test_a_double_is_reported_by_its_words_and_by_its_nonce(operations, stored):
    assert judge(operations, [*stored, Row(5, uuid.uuid4(), "ひる")]).doubled == ["ひる × 2"]
    again = Row(5, stored[1].nonce, "別のことば")
    assert judge(operations, [*stored, again]).doubled == [f"{again.nonce} × 2"]
    same_number = Row(4, uuid.uuid4(), "別のことば")
    assert judge(operations, [*stored, same_number]).doubled == ["number 4 × 2"]


def test_an_inversion_is_reported_also_between_two_clients(operations, stored):
    operations[1].seq, operations[2].seq = 3, 2
    swapped = [Row(op.seq or 0, uuid.UUID(op.nonce), op.text) for op in operations]
    verdict = judge(operations, swapped)
    assert verdict.wrong() == {"inverted": ["ゆう (2) stands before ひる (3)"]}


def test_what_overlaps_in_time_may_stand_in_either_order(operations):
    operations[1].seq, operations[2].seq = 3, 2
    operations[2].began = operations[1].began
    swapped = [Row(op.seq or 0, uuid.UUID(op.nonce), op.text) for op in operations]
    assert judge(operations, swapped).wrong() == {}


def test_another_number_than_the_acknowledged_one_is_reported(operations, stored):
    operations[3].ack(4, at=9.0)
    assert judge(operations, stored).wrong() == {}
    operations[3].ack(7, at=9.0)
    assert judge(operations, stored).wrong() == {"moved": ["よる: [4, 7]"]}


@pytest.mark.parametrize("there", [True, False])
def test_what_was_never_answered_may_be_there_once_or_not_at_all(operations, stored, there):
    late = Operation("client 0", str(uuid.uuid4()), "おそい", began=9.0, sent=3)
    late.refuse("busy", at=10.0)
    if there:
        stored.append(Row(5, uuid.UUID(late.nonce), "おそい"))
    verdict = judge([*operations, late], stored)
    assert verdict.wrong() == {}
    assert (verdict.unknown, verdict.unknown_stored, verdict.repeats) == (1, int(there), 2)
    assert judge([*operations, late], [*stored, Row(6, uuid.uuid4(), "おそい")] * 2).doubled


def test_what_was_refused_and_is_there_all_the_same_is_reported(operations, stored):
    op = Operation("client 0", stored[3].nonce.hex, "よる", began=3.0)
    op.refuse("quiet", at=4.0)
    verdict = judge([*operations[:3], op], stored)
    assert verdict.wrong() == {"refused_and_stored": ["よる: quiet"]}


def test_what_nobody_said_is_reported(operations, stored):
    verdict = judge(operations, [*stored, Row(5, uuid.uuid4(), "だれも言っていない")])
    assert verdict.wrong() == {"strangers": ["だれも言っていない"]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda one: one[:-1], "1 missing, 0 too many"),
        (lambda one: [*one, (5, "まぼろし")], "0 missing, 1 too many"),
        (lambda one: [one[1], one[0], *one[2:]], "0 missing, 0 too many"),
        (lambda one: [one[0], *one], "0 missing, 0 too many"),
    ],
    ids=["a hole", "a ghost", "another order", "twice"],
)
def test_a_client_whose_list_is_not_the_databases_is_reported(
    operations, stored, listing, wrong, said
):
    verdict = judge(operations, stored, {"one": (0, listing), "other": (0, wrong(listing))})
    assert set(verdict.wrong()) == {"astray"}
    [line] = verdict.astray
    assert line.startswith(f"other: {said}")
