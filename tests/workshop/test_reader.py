"""The reference reader follows the protocol's rule; by it every other client is judged."""

import itertools

from tests.reader import HOLD, Reader, flatten

WHO = {"id": "k1", "handle": "しろ", "mark": "葉", "role": "participant"}
ROOM = {"slug": "zatsudan", "name": "雑談", "state": "open"}


def said(seq, text="こんばんは", **more):
    base = {"type": "message", "seq": seq, "from": WHO, "text": text, "veil": "", "at": "…"}
    return {**base, "state": "shown", "stamps": {}, **more}


def welcome(*events, head, recovered=False, more=False):
    base = {"type": "welcome", "epoch": "e", "head": head, "recovered": recovered}
    return {**base, "events": list(events), "more": more, "room": ROOM}


def texts(reader):
    return [(m["seq"], m["text"]) for m in reader.listing()]


def fresh(*events, head):
    return Reader().take_all([welcome(*events, head=head)])


def test_after_a_fresh_start_holes_are_normal_and_last_is_head():
    reader = fresh(said(3, "a"), said(7, "b"), head=9)
    assert reader.last == 9
    assert texts(reader) == [(3, "a"), (7, "b")]
    assert reader.wants(at=100) is None


def test_the_next_is_applied_and_a_double_dropped():
    reader = fresh(head=1).take_all([said(2, "a"), said(2, "a"), said(3, "b"), said(1, "?")])
    assert texts(reader) == [(2, "a"), (3, "b")]
    assert reader.applied == [2, 3]


def test_a_later_one_is_held_half_a_second_and_then_asked_for():
    reader = fresh(head=1)
    reader.take(said(3, "b"), at=10.0)
    assert texts(reader) == []
    assert reader.wants(at=10.0 + HOLD - 0.01) is None
    assert reader.wants(at=10.0 + HOLD) == 1
    assert reader.wants(at=10.0 + HOLD + 0.1) is None, "asking starts the wait anew"
    reader.take({"type": "events", "events": [said(2, "a")], "more": False, "head": 3}, at=11)
    assert texts(reader) == [(2, "a"), (3, "b")]
    assert reader.wants(at=99) is None


def test_every_order_ends_with_the_same_list():
    events = [said(2, "a"), said(3, "b"), said(4, "c"), {**said(5, "d")}]
    for order in itertools.permutations(events):
        reader = fresh(head=1).take_all(order)
        assert texts(reader) == [(2, "a"), (3, "b"), (4, "c"), (5, "d")]
        assert reader.applied == [2, 3, 4, 5]


def test_a_head_uncovers_a_loss():
    reader = fresh(head=4)
    reader.take({"type": "head", "seq": 4}, at=0)
    assert reader.wants(at=9) is None
    reader.take({"type": "head", "seq": 6}, at=10)
    assert reader.wants(at=10 + HOLD) == 4


def test_more_is_asked_for_at_once():
    reader = fresh(head=1)
    reader.take(welcome(said(2, "a"), head=9, recovered=True, more=True), at=5)
    assert reader.wants(at=5) == 2


def test_what_became_of_a_message_is_folded_in():
    reader = fresh(head=1).take_all(
        [
            said(2, "a"),
            said(3, "b"),
            said(4, "c"),
            {"type": "stamped", "seq": 5, "of": 2, "stamps": {"うん": 2}},
            {"type": "changed", "seq": 6, "of": 3, "state": "hidden"},
            {"type": "changed", "seq": 7, "of": 4, "state": "erased"},
            {"type": "room", "seq": 8, "state": "quiet"},
            {"type": "changed", "seq": 9, "of": 1, "state": "hidden"},
        ]
    )
    assert texts(reader) == [(2, "a"), (3, "")]
    assert reader.listing()[0]["stamps"] == {"うん": 2}
    assert reader.room["state"] == "quiet"
    reader.take({"type": "changed", "seq": 10, "of": 3, "state": "shown", "text": "b"}, at=0)
    assert texts(reader) == [(2, "a"), (3, "b")]


def test_a_recovered_welcome_goes_on_and_a_fresh_one_begins_again():
    reader = fresh(said(1, "a"), head=1)
    reader.take(welcome(said(2, "b"), head=2, recovered=True), at=0)
    assert texts(reader) == [(1, "a"), (2, "b")]
    reader.take(welcome(said(8, "z"), head=8), at=0)
    assert texts(reader) == [(8, "z")]


def test_an_array_is_its_frames_in_order():
    assert flatten([{"type": "head"}, {"type": "pong"}])[1]["type"] == "pong"
    assert flatten({"type": "head"}) == [{"type": "head"}]
