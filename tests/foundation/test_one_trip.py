"""Several statements in one trip: a lock before what is read under it, a commit with the last."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, DataError, OperationalError, connection, transaction

from chat.models import Room
from foundation.statements import Statement, ask, ask_in_turn, tell_and_commit
from tests.cast import make_program, make_room

LOCKED = "SELECT id, head FROM chat_room WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
HEADS = "SELECT id, head FROM chat_room WHERE id = ANY(%s) ORDER BY id"
SET = "UPDATE chat_room SET head = %s WHERE id = %s"
ENDS = "UPDATE django_session SET session_data = %s WHERE session_key = %s"


def read(room: int) -> list[list[tuple[object, ...]]]:
    return ask_in_turn(Statement(LOCKED, [[room]]), Statement(HEADS, [[room]]), none(room))


def none(room: int) -> Statement:
    return Statement("SELECT id AS key FROM chat_room WHERE id = ANY(%s) AND id < 0", [[room]])


@pytest.fixture
def room(transactional_db: None) -> int:
    return make_room(make_program()).pk


def head_of(room: int) -> int:
    return Room.objects.get(pk=room).head


def test_each_statement_is_answered_in_its_place(room: int) -> None:
    for _ in range(3):
        with transaction.atomic():
            assert read(room) == [[(room, 0)], [(room, 0)], []]


def test_what_is_read_is_as_it_stands_once_the_lock_is_had(room: int) -> None:
    """The other transaction ends while this one waits: both statements see what it did."""
    locked, found = threading.Event(), []

    def other() -> None:
        try:
            with transaction.atomic():
                ask_in_turn(Statement(LOCKED, [[room]]), none(room))
                locked.set()
                done.wait(0.3)
                tell_and_commit(Statement(SET, [7, room]))
        finally:
            connection.close()

    done, thread = threading.Event(), threading.Thread(target=other)
    thread.start()
    assert locked.wait(20)
    with transaction.atomic():
        found = read(room)
    thread.join()
    assert found == [[(room, 7)], [(room, 7)], []]


def test_the_last_statement_is_committed_before_anything_that_waits_for_it(room: int) -> None:
    seen: list[int] = []

    def look() -> None:
        # By a line of its own: only what is committed is seen there.
        seen.append(head_of(room))
        connection.close()

    def after() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    with transaction.atomic():
        read(room)
        transaction.on_commit(after)
        tell_and_commit(Statement(SET, [5, room]))
        assert seen == []
    assert seen == [5]
    with transaction.atomic():  # and the line serves as before
        read(room)
    assert head_of(room) == 5


def test_a_transaction_that_is_to_be_rolled_back_isnt_committed(room: int) -> None:
    with transaction.atomic():
        read(room)
        transaction.set_rollback(True)
        tell_and_commit(Statement(SET, [5, room]))
    assert head_of(room) == 0


def test_within_another_transaction_nothing_is_committed(room: int) -> None:
    with transaction.atomic():
        with transaction.atomic():
            read(room)
            tell_and_commit(Statement(SET, [5, room]))
        transaction.set_rollback(True)
    assert head_of(room) == 0


def test_a_statement_that_fails_leaves_nothing_and_a_line_that_serves(room: int) -> None:
    for _ in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask_in_turn(Statement(LOCKED, [[room]]), Statement("SELECT nothing FROM nowhere", []))
        with pytest.raises(DatabaseError), transaction.atomic():
            ask_in_turn(Statement("SELECT nothing FROM nowhere", []), Statement(HEADS, [[room]]))
        with pytest.raises(DatabaseError):
            fail_at_the_end(room)
    assert head_of(room) == 0
    with transaction.atomic():
        assert read(room)[0] == [(room, 0)]
        tell_and_commit(Statement(SET, [1, room]))
    assert head_of(room) == 1


def fail_at_the_end(room: int) -> None:
    with transaction.atomic():
        Room.objects.filter(pk=room).update(head=3)
        tell_and_commit(Statement(SET, [None, room]))  # no room is without a number


def test_what_is_prepared_outlives_what_is_rolled_back(room: int) -> None:
    for _ in range(3):
        with transaction.atomic():
            read(room)
            with transaction.atomic():
                Room.objects.filter(pk=room).update(head=3)
                transaction.set_rollback(True)
            assert read(room)[1] == [(room, 0)]
            transaction.set_rollback(True)
        with connection.schema_editor() as editor:
            editor.execute("CREATE TABLE passing (id integer)")
            editor.execute("DROP TABLE passing")
        assert ask(Statement(HEADS, [[room]])) == [[(room, 0)]]


def test_what_was_taken_back_is_prepared_anew(room: int) -> None:
    if connection.vendor != "postgresql":
        return  # nothing is prepared
    assert ask(Statement(HEADS, [[room]])) == [[(room, 0)]]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError):
        ask(Statement(HEADS, [[room]]))
    assert ask(Statement(HEADS, [[room]])) == [[(room, 0)]]


def test_a_line_that_was_cut_is_an_error_and_the_next_transaction_has_a_new_one(room: int) -> None:
    if connection.vendor != "postgresql":
        return  # a file has no line
    with transaction.atomic():
        read(room)
    for cut_before_commit in (False, True):
        with pytest.raises(OperationalError):
            go_on_after_a_cut(room, cut_before_commit)
        connection.close()  # as whoever carries acts out does
        with transaction.atomic():
            assert read(room) == [[(room, 0)], [(room, 0)], []]


def go_on_after_a_cut(room: int, before_commit: bool) -> None:
    with transaction.atomic():
        if before_commit:
            read(room)
            cut()
            tell_and_commit(Statement(SET, [9, room]))
        else:
            cut()
            read(room)


def cut() -> None:
    mine = connection.connection.pgconn.backend_pid
    failed: list[BaseException] = []

    def by_another() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [mine])
                assert cursor.fetchone() == (True,)
        except BaseException as trouble:
            failed.append(trouble)
        finally:
            connection.close()

    thread = threading.Thread(target=by_another)
    thread.start()
    thread.join()
    assert not failed


def test_what_is_longer_than_is_sent_at_once_is_read_under_the_lock_too(room: int) -> None:
    many = Statement(HEADS, [[room, *range(-5000, 0)]])
    with transaction.atomic():
        assert ask_in_turn(Statement(LOCKED, [[room]]), many) == [[(room, 0)], [(room, 0)]]
        tell_and_commit(Statement(SET, [2, room]))
    assert head_of(room) == 2


def test_a_text_is_never_cut_short_in_silence(room: int) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite keeps it whole
    with pytest.raises(DataError):
        ask(Statement("SELECT %s::text AS said", ["a\0b"]))


def test_texts_go_as_they_are(room: int) -> None:
    words = 'a"b\\c {x,y} ひと\n; -- \x7f 😀 %s $1'
    Session.objects.create(session_key="k", session_data="", expire_date="2099-01-01T00:00:00Z")
    with transaction.atomic():
        tell_and_commit(Statement(ENDS, [words, "k"]))
    assert Session.objects.get(pk="k").session_data == words
