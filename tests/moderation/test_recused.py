"""知っている人かもしれない: no page at the desk shows that person's words, wherever they stand."""

import pytest

from accounts import belongings
from chat import protocol as p
from chat.models import Message, Murmur
from chat.states import ItemKind
from foundation import clock
from foundation.refusals import Refused
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.actions.murmurs import read_to_room
from moderation.actions.proposals import propose
from moderation.actions.recuse import recuse
from moderation.actions.tell import tell
from moderation.models import Act
from moderation.states import ActKind, Reason
from tests.cast import attend, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import do, rest, seat_of
from tests.moderation.evening import item_of, message, report
from tests.moderation.test_queue_pages import page

HERS, NOTE = "むすこが部屋から出てきません", "わたしのことを言われました"


@pytest.fixture
def hidden(aoi, haha, ren, room) -> Act:
    """aoi's words were hidden; haha had spoken before, and told of it."""
    message(haha, room, HERS)
    row = message(aoi, room, "きつい言い方")
    report(haha, row, note=NOTE)
    return act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=clock.now()
    )


def knows(staff, person, room) -> None:
    recuse(staff_viewer(staff), seat=seat_of(person, room).pk, now=clock.now())


def test_whoever_judges_an_objection_reads_nothing_of_whom_they_may_know(
    hidden, aoi, haha, mori, room
):
    now = clock.now()
    made = appeal(seen_by(aoi), act=hidden.pk, text="ちがいます", now=now)
    judge, at = signed_in_as(mori), f"/moderation/review/appeals/{made.pk}/"
    assert HERS in page(judge, at)
    knows(mori, haha, room)
    shown = page(judge, at)
    assert HERS not in shown and "はは" not in shown
    assert "きつい言い方" in shown
    assert "(書いた人が、すべて消しました)" not in shown
    hidden.refresh_from_db()
    assert HERS in str(hidden.evidence)


def test_nor_what_they_told_of_a_message(aoi, haha, mori, room):
    report(haha, message(aoi, room), note=NOTE)
    desk, at = signed_in_as(mori), f"/moderation/items/{item_of(ItemKind.REPORT).pk}/"
    assert NOTE in page(desk, at)
    knows(mori, haha, room)
    assert NOTE not in page(desk, at)


def test_nor_their_card_among_what_was_said_around(aoi, haha, ren, mori, room):
    attend(room, ren)
    rest()
    do(haha, room, p.Murmur(nonce="0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55", text=HERS, aloud=True))
    read_to_room(staff_viewer(ren), murmur=Murmur.objects.get().pk, now=clock.now())
    card = Message.objects.get()
    report(aoi, message(aoi, room))
    desk, at = signed_in_as(mori), f"/moderation/items/{item_of(ItemKind.REPORT).pk}/"
    assert HERS in page(desk, at)
    knows(mori, haha, room)
    assert HERS not in page(desk, at)
    with pytest.raises(Refused) as no:
        act_on_message(staff_viewer(mori), ActKind.HIDE, message=card.pk, now=clock.now())
    assert no.value.code == "not_found"


def test_nor_that_they_told_of_staff(hidden, aoi, mori, room):
    tell(seen_by(aoi), act=hidden.pk, reason="abuse", note="つらかった", now=clock.now())
    above = signed_in_as(mori)
    at = f"/moderation/review/items/{item_of(ItemKind.REPORT, about_staff__isnull=False).pk}/"
    assert at in page(above, "/moderation/review/")
    knows(mori, aoi, room)
    assert at not in page(above, "/moderation/review/")


def test_nor_proposes_a_bar_of_them(aoi, mori, room):
    knows(mori, aoi, room)
    with pytest.raises(Refused) as no:
        propose(
            staff_viewer(mori), seat=seat_of(aoi, room).pk, reason=Reason.ABUSE, note="なにか",
            now=clock.now(),
        )  # fmt: skip
    assert no.value.code == "not_found"


def test_a_card_that_stands_in_evidence_is_its_author_s(aoi, haha, ren, mori, room):
    attend(room, ren)
    rest()
    do(haha, room, p.Murmur(nonce="0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55", text=HERS, aloud=True))
    now = clock.now()
    read_to_room(staff_viewer(ren), murmur=Murmur.objects.get().pk, now=now)
    row = message(aoi, room, "きつい言い方")
    act = act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=clock.now()
    )
    made = appeal(seen_by(aoi), act=act.pk, text="", now=clock.now())
    at = f"/moderation/review/appeals/{made.pk}/"
    assert HERS in page(signed_in_as(mori), at)
    knows(mori, haha, room)
    assert HERS not in page(signed_in_as(mori), at)
    belongings.erase_all(haha.pk, now=clock.now())
    act.refresh_from_db()
    assert HERS not in str(act.evidence)
