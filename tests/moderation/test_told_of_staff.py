"""What was told of a member of staff is read above them, and never beside something else."""

from uuid import uuid4

from accounts.models import Letter
from chat.models import Message, Seat
from chat.states import ItemKind
from foundation import clock
from moderation.actions.messages import act_on_message
from moderation.states import ActKind, Reason
from moderation.waiting import version_of
from tests.cast import attend, signed_in_as, staff_viewer
from tests.chat.deeds import said
from tests.moderation.evening import item_of, report
from tests.moderation.test_queue_pages import page, without_tokens


def test_what_was_told_of_a_supporter_stands_beside_nothing_else_of_whoever_told_it(
    aoi, room, ren, mori, settings
):
    settings.CAN_MAIL = True
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    attend(room, ren)
    said(aoi, room, "もう死にたい")
    seat = Seat.objects.create(
        room=room, staff=ren, key="ren-key", handle="れん", mark="月", role="supporter"
    )
    row = Message.objects.create(
        room=room, seat=seat, seq=902, nonce=str(uuid4()), handle="れん", body_key="",
        text="もうだまって", state="withdrawn", at=clock.now(),
    )  # fmt: skip
    desk, address = signed_in_as(ren), f"/moderation/items/{item_of(ItemKind.CRISIS).pk}/"
    before = without_tokens(page(desk, address)), without_tokens(page(desk))
    report(aoi, row, note="れんさんがこわくて、消えてしまいたい")
    above = item_of(ItemKind.CRISIS, about_staff=ren)
    assert (without_tokens(page(desk, address)), without_tokens(page(desk))) == before
    shown = page(signed_in_as(mori), f"/moderation/review/items/{above.pk}/")
    assert "れんさんがこわくて" in shown
    assert "もう死にたい" not in shown
    card = Letter.objects.filter(participant=aoi, kind="care").order_by("pk").last()
    assert "コーディネーターや、べつの立場で読みなおす人をよんでいます" in card.text


def test_hiding_one_s_own_word_tells_nothing_of_whether_it_was_told_of(aoi, room, ren):
    attend(room, ren)
    seat = Seat.objects.create(
        room=room, staff=ren, key="ren-key", handle="れん", mark="月", role="supporter"
    )
    moved = []
    for seq in (902, 903):
        row = Message.objects.create(
            room=room, seat=seat, seq=seq, nonce=str(uuid4()), handle="れん", body_key="",
            text="もうだまって", state="shown", at=clock.now(),
        )  # fmt: skip
        if seq == 903:
            report(aoi, row, note="こわい")
        before = version_of(room.program_id)
        act_on_message(
            staff_viewer(ren), ActKind.HIDE, message=row.pk, reason=Reason.CALM, now=clock.now()
        )
        moved.append(version_of(room.program_id) - before)
    assert moved[0] == moved[1]
