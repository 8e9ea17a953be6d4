"""A program's own screening rules: drafted, tried on the last days, let act, ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from chat.in_force import as_term
from chat.models import Message, OwnRule
from chat.screening import places, screen
from chat.screening.own import MOST_EXCEPTIONS, folded_term, lexicon_of_own, must_except
from chat.screening.terms import BadTerm
from chat.states import (
    RULE_CLASSES,
    RULE_MOVES,
    SPARED_CLASSES,
    MessageState,
    RoomKind,
    RuleState,
)  # fmt: skip
from foundation.refusals import Refused

TRIED = timedelta(days=7)  # how far a dry run looks back
FRESH = timedelta(days=1)  # for how long a dry run speaks of now
MOST_TRIED = 5000  # messages, the newest
MOST_WORDS, MOST_SHOWN = 20, 40  # different ones, and characters of each
MOST_STANDING = 100  # rules of one program


def draft(
    *, program: int, staff: int, kind: str, term: str, exceptions: Sequence[str],
    spares: bool = False, now: datetime,
) -> OwnRule:  # fmt: skip
    """A new rule, which does nothing yet.

    Raises `Refused`: `bad_class`, `term_short`, `term_long`, `term_signs`, `exception_apart` (and
    `exception_short`, …), `too_many_exceptions`, `too_many_rules`, `rule_there`, `bad_spared` (a
    call for help is never spared), `exception_spared`.
    """
    if kind not in RULE_CLASSES:
        raise Refused("bad_class")
    if spares and kind not in SPARED_CLASSES:
        raise Refused("bad_spared")
    if spares and exceptions:
        raise Refused("exception_spared")
    if len(exceptions) > MOST_EXCEPTIONS:
        raise Refused("too_many_exceptions")
    try:
        folded = folded_term(term)
    except BadTerm as no:
        raise Refused(f"term_{no}") from None
    try:
        for one in exceptions:
            must_except(term, one)
    except BadTerm as no:
        raise Refused(f"exception_{no}") from None
    standing = OwnRule.objects.filter(program=program).exclude(state=RuleState.ENDED.value)
    if standing.count() >= MOST_STANDING:
        raise Refused("too_many_rules")
    try:
        with transaction.atomic():
            return OwnRule.objects.create(
                program_id=program, kind=kind, term=term, folded=folded,
                exceptions=list(exceptions), spares=spares, made_by_id=staff, made_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("rule_there") from None


def look_back(*, program: int, rule: int, now: datetime) -> dict[str, object]:
    """A dry run over the program's rooms: what it would have found in the last seven days.

    Counts, and the matched words alone. Talks of two are nobody's to look through. Raises
    `Refused("gone")`.
    """
    row = OwnRule.objects.filter(program=program, pk=rule).first()
    if row is None:
        raise Refused("gone")
    return _found(row, now)


def keep_trial(
    *, program: int, rule: int, version: int, tried: Mapping[str, object], now: datetime
) -> None:
    """Keep what a dry run found. Raises `Refused`: `gone`, `changed_meanwhile`, `rule_over`."""
    with transaction.atomic():
        row = _held(program, rule, version)
        if row.state == RuleState.ENDED.value:
            raise Refused("rule_over")
        row.tried, row.tried_at = dict(tried), now
        row.save(update_fields=["tried", "tried_at"])


def move(
    *, program: int, rule: int, version: int, to: RuleState, staff: int, now: datetime
) -> OwnRule:
    """Let it act, or end it; every process follows within seconds.

    Raises `Refused`: `gone`, `changed_meanwhile`, `rule_over`, `not_tried` (no dry run within a
    day).
    """
    with transaction.atomic():
        row = _held(program, rule, version)
        if to not in RULE_MOVES[RuleState(row.state)]:
            raise Refused("rule_over")
        if to is RuleState.ACTING and (row.tried_at is None or row.tried_at <= now - FRESH):
            raise Refused("not_tried")
        row.state, row.version = to.value, row.version + 1
        row.moved_by_id, row.moved_at = staff, now
        row.save(update_fields=["state", "version", "moved_by", "moved_at"])
    return row


def _held(program: int, rule: int, version: int) -> OwnRule:
    rows = OwnRule.objects.select_for_update(no_key=True)
    row = rows.filter(program=program, pk=rule).first()
    if row is None:
        raise Refused("gone")
    if row.version != version:
        raise Refused("changed_meanwhile")
    return row


def _found(row: OwnRule, now: datetime) -> dict[str, object]:
    lexicon = lexicon_of_own([as_term(row)], version="try")
    texts = (
        Message.objects.filter(room__program=row.program_id, at__gt=now - TRIED)
        .exclude(room__kind=RoomKind.COUNSELING)
        .exclude(text="")
        .exclude(state=MessageState.WITHDRAWN)
        .order_by("-at", "-pk")
        .values_list("text", flat=True)[:MOST_TRIED]
    )
    looked = found = touched = 0
    words: Counter[str] = Counter()
    for text in texts:
        looked += 1
        there = places(text, lexicon)
        if not there:
            continue
        found += 1
        touched += screen(text).verdict != screen(text, more=[lexicon]).verdict
        words.update(text[start:end][:MOST_SHOWN] for start, end in there)
    most = [[said, many] for said, many in words.most_common(MOST_WORDS)]
    return {"looked": looked, "found": found, "touched": touched, "words": most}
