"""A program's own words: a draft does nothing, a dry run shows words alone, then it acts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chat import in_force
from chat import protocol as p
from chat.actions import own_rules
from chat.models import Finding, Message, OwnRule, Room
from chat.screening import screen
from chat.screening.own import OwnTerm, folded_term, lexicon_of_own, must_except
from chat.screening.terms import BadTerm
from chat.states import RoomKind, RuleState
from foundation import clock
from foundation.refusals import Refused
from tests.cast import make_program
from tests.chat.deeds import do, post, rest

WORD = "ぽんこつ"


@pytest.fixture(autouse=True)
def _nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_force._Held, "mark", ())
    monkeypatch.setattr(in_force._Held, "lexicons", {})
    rest()


def a_draft(
    room: Room,
    staff,
    *,
    kind: str = "attack",
    exceptions=(),
    term: str = WORD,
    spares: bool = False,
) -> OwnRule:
    return own_rules.draft(
        program=room.program_id, staff=staff.pk, kind=kind, term=term,
        exceptions=exceptions, spares=spares, now=clock.now(),
    )  # fmt: skip


def tried(row: OwnRule, now=None) -> OwnRule:
    now = now or clock.now()
    found = own_rules.look_back(program=row.program_id, rule=row.pk, now=now)
    own_rules.keep_trial(
        program=row.program_id, rule=row.pk, version=row.version, tried=found, now=now
    )
    row.refresh_from_db()
    return row


def moved(row: OwnRule, to: RuleState, now=None) -> OwnRule:
    return own_rules.move(
        program=row.program_id, rule=row.pk, version=row.version, to=to,
        staff=row.made_by_id, now=now or clock.now(),
    )  # fmt: skip


def refused(deed) -> str:
    with pytest.raises(Refused) as no:
        deed()
    return str(no.value.code)


@pytest.mark.parametrize(
    ("term", "why"),
    [("", "short"), ("の", "short"), (" あ ", "short"), ("あ・", "short"), ("あ" * 41, "short"),
     ("あい" * 21, "long"), ("a" + " " * 40 + "b", "long"), ("(あい|うえ)", "signs"),
     ("なに?", "signs"), ("あい。うえ", "signs"), ("{8}あい", "signs"), ("あい!", "signs")],
)  # fmt: skip
def test_a_word_that_would_match_anything_is_refused(term: str, why: str) -> None:
    if why == "short" and len(term) > 40:  # the same letter over and over folds to two
        assert folded_term(term[:40]) == "ああ"
        why = "long"
    with pytest.raises(BadTerm, match=why):
        folded_term(term)


def test_an_exception_is_a_longer_phrase_around_the_word() -> None:
    must_except(WORD, "ポンコツ車")
    for phrase in (WORD, "車", "別のこと"):
        with pytest.raises(BadTerm):
            must_except(WORD, phrase)


def test_a_word_is_found_however_it_is_written_and_never_told_of_others() -> None:
    own = lexicon_of_own([OwnTerm("attack", "own-1", WORD, ("ぽんこつ車",))], version="1")
    for text in ("このポンコツ", "こいつ、ぽ・ん・こ・つ だな", "ﾎﾟﾝｺﾂめ"):
        assert screen(text, more=[own]).verdict == "hold", text
    for text in ("ぽんこつ車を直した", "自分はぽんこつだと思う", "「ぽんこつ」と言われてつらい"):
        assert screen(text, more=[own]).verdict == "pass", text


def test_a_phrase_of_the_place_is_spared_and_nothing_beside_it() -> None:
    assert screen("だまっとれ").verdict == "hold"
    own = lexicon_of_own([OwnTerm("attack", "own-1", "まあだまっとれや", spares=True)], version="1")
    assert screen("もう、まあだまっとれや", more=[own]).findings == ()
    for text in ("だまっとれ", "まあだまっとれや、だまっとれ"):
        assert screen(text, more=[own]).verdict == "hold", text
    itself = lexicon_of_own([OwnTerm("attack", "own-1", "だまっとれ", spares=True)], version="1")
    assert screen("だまっとれ", more=[itself]).verdict == "hold", (
        "a longer phrase, never the word alone"
    )
    other = lexicon_of_own(
        [OwnTerm("contact", "own-1", "まあだまっとれや", spares=True)], version="1"
    )
    assert screen("まあだまっとれや", more=[other]).verdict == screen("まあだまっとれや").verdict


def test_a_number_is_never_spared() -> None:
    phrase = "でんわは09012345678まで"
    own = lexicon_of_own([OwnTerm("contact", "own-1", phrase, spares=True)], version="1")
    assert screen("090-1234-5678", more=[own]).verdict == "stop"
    assert screen(phrase, more=[own]).verdict == "stop"


@pytest.mark.django_db(transaction=True)
class TestInARoom:
    """From a draft to the room."""

    def test_a_draft_does_nothing_and_an_acting_rule_holds(self, room, aoi, mori) -> None:
        row = a_draft(room, mori)
        in_force.read()
        (said,) = do(aoi, room, post("このぽんこつ", nonce="00000000-0000-4000-8000-000000000001"))
        assert isinstance(said, p.Ack)
        moved(tried(row), RuleState.ACTING)
        in_force.read()
        (said,) = do(aoi, room, post("やっぱりぽんこつ"))
        assert isinstance(said, p.Held)
        assert Finding.objects.get().rules == [f"own-{row.pk}"]
        row.refresh_from_db()
        moved(row, RuleState.ENDED)
        in_force.read()
        assert in_force.lexicons(room.program_id) == ()

    def test_what_is_spared_reaches_the_room_after_a_dry_run(self, room, aoi, mori) -> None:
        (said,) = do(
            aoi, room, post("まあだまっとれや", nonce="00000000-0000-4000-8000-000000000001")
        )
        assert isinstance(said, p.Held)
        row = tried(a_draft(room, mori, term="まあだまっとれや", spares=True))
        assert row.tried == {
            "looked": 1,
            "found": 1,
            "touched": 1,
            "words": [["まあだまっとれや", 1]],
        }
        moved(row, RuleState.ACTING)
        in_force.read()
        rest()
        (said,) = do(aoi, room, post("まあだまっとれやあ"))
        assert isinstance(said, p.Ack)

    def test_it_holds_in_its_own_program_alone(self, room, aoi, mori) -> None:
        moved(tried(a_draft(room, mori)), RuleState.ACTING)
        in_force.read()
        assert in_force.lexicons(room.program_id)
        assert in_force.lexicons(make_program("kochi").pk) == ()

    def test_a_message_asks_for_no_rule_and_a_turn_asks_once(
        self, room, mori, django_assert_num_queries
    ) -> None:
        moved(tried(a_draft(room, mori)), RuleState.ACTING)
        with django_assert_num_queries(1):
            in_force.read()
        held = in_force.lexicons(room.program_id)
        with django_assert_num_queries(1):
            in_force.read()
        with django_assert_num_queries(0):
            assert in_force.lexicons(room.program_id) is held

    def test_a_rule_that_cannot_be_read_takes_no_other_with_it(self, room, mori) -> None:
        for term in (WORD, "へっぽこ"):
            moved(tried(a_draft(room, mori, term=term)), RuleState.ACTING)
        OwnRule.objects.filter(term="へっぽこ").update(term="?")
        in_force.read()
        (lexicon,) = in_force.lexicons(room.program_id)
        assert len(lexicon.rules) == 1

    def test_a_dry_run_shows_counts_and_matched_words_alone(self, room, aoi, mori) -> None:
        now = clock.now()
        secret = "あしたの予定の話。ポンコツの話"
        said = [(secret, now), ("このぽんこつ、消えろ", now), ("ふつうの話", now)]
        said += [("ぽんこつ", now - timedelta(days=8))]
        for number, (text, at) in enumerate(said, start=1):
            nonce = f"00000000-0000-4000-8000-{number:012}"
            rest()
            do(aoi, room, post(text, nonce=nonce), now=at)
        row = tried(a_draft(room, mori, exceptions=["ぽんこつ車"]))
        assert row.tried == {
            "looked": 3, "found": 2, "touched": 1, "words": [["ポンコツ", 1], ["ぽんこつ", 1]],
        } or row.tried == {
            "looked": 3, "found": 2, "touched": 1, "words": [["ぽんこつ", 1], ["ポンコツ", 1]],
        }  # fmt: skip
        assert "予定" not in str(row.tried)
        Room.objects.update(kind=RoomKind.COUNSELING)
        assert tried(row).tried["looked"] == 0, "a talk of two is nobody's to look through"
        assert Message.objects.count() == 4


@pytest.mark.django_db
class TestSteps:
    """Who may do what next."""

    def test_no_rule_acts_without_a_dry_run_of_today(self, room, mori, now) -> None:
        row = a_draft(room, mori)
        assert refused(lambda: moved(row, RuleState.ACTING, now)) == "not_tried"
        tried(row, now - timedelta(days=1))
        assert refused(lambda: moved(row, RuleState.ACTING, now)) == "not_tried"
        tried(row, now)
        assert moved(row, RuleState.ACTING, now).state == "acting"
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnRule.objects.update(tried_at=None)

    def test_two_who_move_at_once_are_told_and_what_ended_stays_ended(self, room, mori) -> None:
        row = tried(a_draft(room, mori))
        other = OwnRule.objects.get()
        moved(row, RuleState.ACTING)
        assert refused(lambda: moved(other, RuleState.ENDED)) == "changed_meanwhile"
        ended = moved(OwnRule.objects.get(), RuleState.ENDED)
        assert refused(lambda: moved(ended, RuleState.ACTING)) == "rule_over"
        assert refused(lambda: tried(ended)) == "rule_over"

    def test_the_same_word_stands_once_and_may_be_written_anew(self, room, mori) -> None:
        row = a_draft(room, mori)
        assert refused(lambda: a_draft(room, mori, term="ポンコツ")) == "rule_there"
        a_draft(room, mori, kind="crisis")
        moved(row, RuleState.ENDED)
        assert a_draft(room, mori).state == "draft"

    def test_a_call_for_help_is_never_spared(self, room, mori) -> None:
        assert refused(lambda: a_draft(room, mori, kind="crisis", spares=True)) == "bad_spared"
        longer = ["ぽんこつ車"]
        no = refused(lambda: a_draft(room, mori, exceptions=longer, spares=True))
        assert no == "exception_spared"
        a_draft(room, mori, spares=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnRule.objects.update(kind="crisis")

    def test_another_program_s_rule_is_not_there(self, room, mori) -> None:
        row = a_draft(room, mori)
        OwnRule.objects.update(program=make_program("kochi"))
        assert refused(lambda: moved(row, RuleState.ENDED)) == "gone"
        assert refused(lambda: tried(row)) == "gone"

    def test_there_are_at_most_a_hundred(self, room, mori, monkeypatch) -> None:
        monkeypatch.setattr(own_rules, "MOST_STANDING", 1)
        a_draft(room, mori)
        assert refused(lambda: a_draft(room, mori, term="へっぽこ")) == "too_many_rules"
