"""Acts: each a row of its own; undoing closes exactly that row, and the person is told."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Letter, RoleGrant
from audit.models import AuditEntry
from chat import in_force
from chat import protocol as p
from chat import queries as chat
from chat.models import Message, Murmur, Room, Seat
from chat.screening.own import OwnTerm, lexicon_of_own
from chat.states import Hand, ItemKind, ItemState, MessageState
from foundation.refusals import Refused
from moderation.actions.messages import act_on_message
from moderation.actions.murmurs import reply
from moderation.actions.people import act_on_person, say
from moderation.actions.proposals import confirm, decline, propose
from moderation.actions.rooms import act_on_room
from moderation.actions.undo import close_due, undo
from moderation.models import Act
from moderation.states import ActKind, Reason
from tests.cast import grant, make_program, make_staff, staff_viewer
from tests.chat.deeds import do, post, rest, said, seat_of
from tests.moderation.evening import item_of, message, report

DAY = timedelta(hours=24)


@pytest.fixture
def desk(ren, room):
    return staff_viewer(ren)


@pytest.fixture
def above(mori, room):
    return staff_viewer(mori)


def letters_of(person) -> list[Letter]:
    return list(Letter.objects.filter(participant=person).order_by("pk"))


def refused(code, deed, *args, **more) -> None:
    with pytest.raises(Refused) as no:
        deed(*args, **more)
    assert no.value.code == code


def test_a_message_is_hidden_with_its_evidence_and_its_author_is_told(desk, aoi, haha, room, now):
    before = message(haha, room, "こんばんは")
    row = message(aoi, room, "きつい言い方")
    act = act_on_message(desk, ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=now)
    row.refresh_from_db()
    assert row.state == MessageState.HIDDEN
    assert act.evidence["text"] == "きつい言い方"
    assert [one["text"] for one in act.evidence["context"]] == [before.text]
    (letter,) = letters_of(aoi)
    assert "だれかをきずつけることば" in letter.text
    assert letter.links[0]["href"] == f"/standing/{act.pk}/"
    assert AuditEntry.objects.filter(verb="moderation.hide", object_id=str(act.pk)).exists()


def test_of_two_who_hide_the_same_one_is_told_that_it_moved_on(desk, above, aoi, room, now):
    row = message(aoi, room)
    act_on_message(desk, ActKind.HIDE, message=row.pk, now=now)
    refused("moved_on", act_on_message, above, ActKind.HIDE, message=row.pk, now=now)
    assert Act.objects.count() == 1


def test_evidence_outlives_the_message(desk, aoi, room, now):
    act = act_on_message(desk, ActKind.HIDE, message=message(aoi, room).pk, now=now)
    Message.objects.all().delete()
    act.refresh_from_db()
    assert (act.message_id, act.evidence["text"]) == (None, "しずかな夜ですね")


def test_undoing_one_of_two_mutes_leaves_the_other(desk, aoi, room, now):
    seat = seat_of(aoi, room)
    first, second = (
        act_on_person(
            desk, ActKind.MUTE, seat=seat.pk, until=now + DAY, reason=Reason.CALM, now=now
        )
        for _ in range(2)
    )
    undo(desk, act=first.pk, now=now)
    assert chat.standing_of(aoi.pk, room=room.pk, now=now).muted
    undo(desk, act=second.pk, now=now)
    assert not chat.standing_of(aoi.pk, room=room.pk, now=now).muted
    refused("closed", undo, desk, act=first.pk, now=now)


def test_of_two_slow_modes_the_slower_holds_and_the_room_returns_to_what_it_was(desk, room, now):
    Room.objects.filter(pk=room.pk).update(slow_s=5)

    def slow(seconds, hours):
        return act_on_room(
            desk, ActKind.SLOW, room=room.pk, seconds=seconds, reason=Reason.CALM,
            until=now + timedelta(hours=hours), now=now,
        )  # fmt: skip

    def holds() -> int:
        return Room.objects.get(pk=room.pk).slow_s

    slow(60, 1), slow(30, 2)
    assert holds() == 60
    assert close_due(now=now + timedelta(minutes=61)) == 1
    assert holds() == 30
    close_due(now=now + timedelta(minutes=121))
    assert holds() == 5


def test_an_act_that_was_undone_is_not_ended_again_by_its_time(desk, room, now):
    act = act_on_room(
        desk, ActKind.LOCK, room=room.pk, reason=Reason.CALM, until=now + DAY, now=now
    )
    assert Room.objects.get(pk=room.pk).hand == Hand.LOCKED
    undo(desk, act=act.pk, now=now)
    Room.objects.filter(pk=room.pk).update(hand=Hand.QUIET)  # somebody's own wish
    assert close_due(now=now + 2 * DAY) == 0
    assert Room.objects.get(pk=room.pk).hand == Hand.QUIET


@pytest.mark.parametrize("kind", [ActKind.PREMODERATE, ActKind.NEWCOMERS])
def test_posts_wait_for_a_supporter_where_a_room_or_its_newcomers_are_read_first(
    kind, desk, aoi, room, now
):
    act = act_on_room(desk, kind, room=room.pk, reason=Reason.CALM, until=now + DAY, now=now)
    (held,) = do(aoi, room, post("はじめまして"))
    assert type(held).__name__ == "Held"
    row = item_of(ItemKind.HELD).message
    act_on_message(desk, ActKind.APPROVE, message=row.pk, now=now)
    row.refresh_from_db()
    assert row.seq is not None
    assert item_of(ItemKind.HELD).state == ItemState.DONE
    undo(desk, act=act.pk, now=now)
    rest()
    assert said(aoi, room, "こんどは、そのまま")


def test_somebody_s_posts_may_be_read_first_and_nobody_else_s(desk, aoi, haha, room, now):
    seat = seat_of(aoi, room)
    act_on_person(desk, ActKind.CHECK, seat=seat.pk, until=now + DAY, reason=Reason.HEAVY, now=now)
    (held,) = do(aoi, room, post("きいてください"))
    assert type(held).__name__ == "Held"
    assert said(haha, room, "どうぞ")


def test_a_veil_folds_a_message_and_its_undoing_unfolds_it(desk, aoi, room, now):
    row = message(aoi, room, "病院の話")
    act = act_on_message(desk, ActKind.VEIL, message=row.pk, veil="病院の話です", now=now)
    row.refresh_from_db()
    assert row.veil == "病院の話です"
    undo(desk, act=act.pk, now=now)
    row.refresh_from_db()
    assert (row.veil, row.state) == ("", MessageState.SHOWN)


def test_a_pause_needs_a_plan_for_coming_back(desk, aoi, room, now):
    more = {"seat": seat_of(aoi, room).pk, "until": now + DAY, "reason": Reason.SAFETY, "now": now}
    refused("no_plan", act_on_person, desk, ActKind.PAUSE, **more)
    act_on_person(desk, ActKind.PAUSE, words="あした20時に、いっしょに話しませんか。", **more)
    assert "あした20時" in letters_of(aoi)[0].text


def test_a_supporter_decides_for_a_day_at_most_and_a_bar_from_everywhere_is_the_coordinators(
    desk, above, aoi, room, now
):
    more = {"seat": seat_of(aoi, room).pk, "reason": Reason.ABUSE, "now": now}
    late = now + timedelta(hours=25)
    refused("too_long_for_you", act_on_person, desk, ActKind.ROOM_BAR, until=late, **more)
    refused("no_end", act_on_person, above, ActKind.SITE_BAR, until=None, **more)
    refused("not_found", act_on_person, desk, ActKind.SITE_BAR, until=now + DAY, **more)
    act_on_person(above, ActKind.SITE_BAR, until=late, **more)
    assert chat.standing_of(aoi.pk, room=room.pk, now=now).barred


def test_a_bar_for_good_needs_two_coordinators(above, aoi, room, now):
    asked = propose(
        above, seat=seat_of(aoi, room).pk, reason=Reason.ABUSE, note="くりかえし", now=now
    )
    refused("same_coordinator", confirm, above, proposal=asked.pk, now=now)
    assert not chat.standing_of(aoi.pk, room=room.pk, now=now).barred
    other = make_staff("hana", display_name="はな")
    held = grant(other, "coordinator", room.program)
    RoleGrant.objects.filter(pk=held.pk).update(granted_by=above.staff)
    # Whom one has just made a coordinator is no second voice.
    refused("too_near", confirm, staff_viewer(other), proposal=asked.pk, now=now)
    RoleGrant.objects.filter(pk=held.pk).update(granted_at=now - timedelta(days=8))
    # Nor is whoever has just made oneself a coordinator.
    mine = RoleGrant.objects.filter(staff=above.staff)
    mine.update(granted_by=other.pk, granted_at=now - timedelta(days=6))
    refused("too_near", confirm, staff_viewer(other), proposal=asked.pk, now=now)
    assert not chat.standing_of(aoi.pk, room=room.pk, now=now).barred
    mine.update(granted_at=now - timedelta(days=8))
    act = confirm(staff_viewer(other), proposal=asked.pk, now=now)
    assert chat.standing_of(aoi.pk, room=room.pk, now=now).barred
    assert act.until is None
    refused("settled", decline, above, proposal=asked.pk, now=now)


def test_a_private_word_is_kept_and_carries_no_contact_details(desk, aoi, room, now):
    seat = seat_of(aoi, room).pk
    refused("contact", say, desk, seat=seat, text="090-1234-5678 に電話して", now=now)
    act = say(desk, seat=seat, text="ゆっくりで大丈夫です。", now=now)
    assert letters_of(aoi)[0].text == act.words == "ゆっくりで大丈夫です。"


def test_what_is_of_another_program_is_not_there(aoi, room, now):
    far = make_staff("tooi")
    grant(far, "coordinator", make_program("kochi"))
    row = message(aoi, room)
    refused("not_found", act_on_message, staff_viewer(far), ActKind.HIDE, message=row.pk, now=now)


def test_hiding_settles_what_was_told_of_the_message_and_its_senders_hear_one_line(
    desk, aoi, haha, yoso, room, now
):
    row = message(aoi, room, "きつい言い方")
    report(haha, row), report(yoso, row)
    assert item_of(ItemKind.REPORT).times == 2
    act_on_message(desk, ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=now)
    assert item_of(ItemKind.REPORT).state == ItemState.DONE
    for person in (haha, yoso):
        (letter,) = letters_of(person)
        assert "手をうちました" in letter.text
        assert "きつい" not in letter.text


def test_a_program_s_own_words_are_looked_for_in_what_supporters_send_too(
    desk, aoi, room, now, monkeypatch
):
    seat = seat_of(aoi, room)
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ひとりごと"))
    murmur = Murmur.objects.get()
    words = "とまりぎのことを、またいつか"
    say(desk, seat=seat.pk, text=words, now=now)
    rule = lexicon_of_own([OwnTerm("contact", "own-1", "とまりぎ", ())], version="own")
    monkeypatch.setattr(in_force._Held, "lexicons", {room.program_id: (rule,)})
    pause = {"seat": seat.pk, "until": now + DAY, "reason": Reason.CALM, "words": words}
    refused("contact", say, desk, seat=seat.pk, text=words, now=now)
    refused("contact", reply, desk, murmur=murmur.pk, text=words, now=now)
    refused("contact", act_on_person, desk, ActKind.PAUSE, now=now, **pause)
    monkeypatch.setattr(in_force._Held, "lexicons", {room.program_id + 1: (rule,)})
    reply(desk, murmur=murmur.pk, text=words, now=now)  # another program's isn't ours


def test_no_note_and_no_veil_of_staff_carries_contact_details(desk, above, aoi, room, now):
    row, number = message(aoi, room), "090-1234-5678"
    refused(
        "contact", act_on_message, desk, ActKind.VEIL, message=row.pk, veil=number, now=now
    )  # fmt: skip
    refused(
        "contact", act_on_message, desk, ActKind.HIDE, message=row.pk, note=number, now=now
    )  # fmt: skip
    seat = seat_of(aoi, room).pk
    refused("contact", propose, above, seat=seat, reason=Reason.ABUSE, note=number, now=now)
    row.refresh_from_db()
    assert row.state == MessageState.SHOWN
    assert not Act.objects.exists()
    assert not letters_of(aoi)


def test_nobody_brings_their_own_hidden_words_back_by_either_door(desk, above, ren, aoi, room, now):
    row = message(aoi, room)
    row.seat = Seat.objects.create(room=room, staff=ren, key="k", handle="れん", mark="a")
    row.save(update_fields=["seat"])
    hidden = act_on_message(above, ActKind.HIDE, message=row.pk, reason=Reason.CALM, now=now)
    refused("own_words", act_on_message, desk, ActKind.RESTORE, message=row.pk, now=now)
    refused("own_words", undo, desk, act=hidden.pk, now=now)
    row.refresh_from_db()
    assert row.state == MessageState.HIDDEN
    undo(above, act=hidden.pk, now=now)
    row.refresh_from_db()
    assert row.state == MessageState.SHOWN
