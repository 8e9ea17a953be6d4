"""Carry out frames: all that waits in one transaction, each refused on its own."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from accounts.actions import sessions
from chat import protocol as p
from chat.actions import pace, words
from chat.actions.hear import hear
from chat.actions.murmur import murmur
from chat.actions.post import post
from chat.actions.report import report
from chat.actions.sitting import Act, Announce, Answer, Sitting
from chat.actions.stamp import stamp
from chat.actions.visits import note, stay
from chat.actions.withdraw import withdraw
from chat.screening import Sight
from chat.sentences import sentence
from duty.actions.attending import acted
from foundation.faults import strike
from foundation.refusals import Refused

log = logging.getLogger("ibasho.chat")

VERBS: dict[type[p.Incoming], Callable[[Sitting, Act, object], Answer]] = {
    p.Post: post,  # type: ignore[dict-item]
    p.Murmur: murmur,  # type: ignore[dict-item]
    p.Stamp: stamp,  # type: ignore[dict-item]
    p.Withdraw: withdraw,  # type: ignore[dict-item]
    p.Report: report,  # type: ignore[dict-item]
    p.Stay: stay,  # type: ignore[dict-item]
}
Ahead = Callable[[], Mapping[str, Sight]]
TRIES = 4
PATIENCE_S = 15.0  # then people are told `busy`, and keep their words


def refusal(no: Refused, nonce: str | None) -> p.RefusedFrame:
    """A refusal as a frame."""
    extra: dict[str, object] = {}
    if nonce is not None:
        extra["nonce"] = nonce
    if no.retry_after is not None:
        extra["retry_after"] = no.retry_after
    if no.links:
        extra["links"] = [p.Href(label=one.label, href=one.href) for one in no.links]
    return p.RefusedFrame(code=str(no.code), text=sentence(no.code), **extra)  # type: ignore[arg-type]


def refused(act: Act, code: p.Refusal) -> Answer:
    """The answer to an act that can't be done."""
    return Answer([refusal(Refused(code), getattr(act.frame, "nonce", None))])


def _one(sitting: Sitting, act: Act) -> Answer:
    known, room = sitting.known(act.seat), sitting.rooms.get(act.room)
    if room is None or room.removed_at is not None:
        return Answer(close=p.Close.ROOM_GONE)
    if known is None or known.person == 0:
        return Answer(close=p.Close.NOT_ALLOWED)
    if not sitting.signed_in(act):
        return Answer(close=p.Close.NOT_ENTERED)
    if not sitting.keeps(act):
        return Answer(close=p.Close.NOT_ALLOWED)
    if sitting.standing(known, act.room).barred:
        hear(sitting, act)
        return Answer(close=p.Close.NOT_ALLOWED)
    try:
        answer = VERBS[type(act.frame)](sitting, act, act.frame)
        if known.staff is not None and not isinstance(act.frame, p.Stay):
            sitting.at_work.append(act)
        return answer
    except Refused as no:
        return Answer([refusal(no, getattr(act.frame, "nonce", None))])


def _together(
    acts: Sequence[Act], now: datetime, announce: Announce | None, ahead: Ahead
) -> list[Answer]:
    sitting = None
    sights = ahead()
    try:
        with transaction.atomic():
            transaction.on_commit(lambda: strike("after_commit"))
            sitting = Sitting.of(acts, now=now, announce=announce)
            sitting.sights = sights
            answers = [_one(sitting, act) for act in acts]
            sitting.store_first()
            note(sitting.acts, seats=sitting.seats(), now=now)
            if sitting.at_work:
                _at_work(sitting, now)
            strike("before_commit")
            sitting.store_last(commit=True)
    except BaseException:
        # Nothing of it was stored: the same acts may be carried out again.
        for kind, person in sitting.paid if sitting is not None else ():
            pace.give_back(kind, person)
        raise
    return answers


def _ahead(acts: Sequence[Act]) -> Ahead:
    # However often it is tried: once.
    return cache(lambda: words.ahead(act.frame for act in acts))


def _at_work(sitting: Sitting, now: datetime) -> None:
    """What staff do in a room is an act at the desk for it, and keeps their sign-in awake."""
    for act in {(act.seat, act.room): act for act in sitting.at_work}.values():
        staff, program = sitting.seat(act).staff_id or 0, sitting.program(act.room)
        acted(staff, program=program, room=act.room, now=now)
        if act.session is not None:
            sessions.acted(act.session, now=now)


def _will_pass(error: DatabaseError | InterfaceError) -> bool:
    """Deadlock, serialization failure, a lock that wasn't had in time: the same may work now."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in ("40P01", "40001", "55P03") or "locked" in str(error)


def carry_out(
    acts: Sequence[Act], *, now: datetime, announce: Announce | None = None
) -> list[Answer]:
    """Answers, in the order of the acts. Never raises: storage out of reach is `busy`.

    What the rooms learn goes to `announce` after the commit; to the bell, when there is none.
    """
    began = time.monotonic()
    ahead = _ahead(acts)
    for attempt in range(TRIES):
        if attempt and time.monotonic() - began > PATIENCE_S:
            break
        try:
            return _together(acts, now, announce, ahead)
        except IntegrityError:
            return _one_by_one(acts, now, announce)
        except (OperationalError, InterfaceError) as error:
            if not connection.in_atomic_block:
                connection.close()
            if not _will_pass(error) and attempt:
                break
            time.sleep(0.005 * 2**attempt if _will_pass(error) else 0)
        except DatabaseError:
            return _one_by_one(acts, now, announce)
        except Exception:
            # Nothing is committed; a fault in one act must not be told to all the others.
            if len(acts) > 1:
                return _one_by_one(acts, now, announce)
            log.exception("an act failed")
            break
    return [refused(act, p.Refusal.BUSY) for act in acts]


def _one_by_one(acts: Sequence[Act], now: datetime, announce: Announce | None) -> list[Answer]:
    if len(acts) == 1:
        try:
            return _together(acts, now, announce, _ahead(acts))
        except Exception:
            log.exception("an act failed")
            return [refused(acts[0], p.Refusal.BUSY)]
    return [carry_out([act], now=now, announce=announce)[0] for act in acts]
