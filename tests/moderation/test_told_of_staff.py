"""What was told of a member of staff is read above them, and never beside something else."""

from uuid import uuid4

from accounts.models import Letter
from chat.models import Message, Seat
from chat.states import ItemKind
from foundation import clock
from tests.cast import attend, signed_in_as
from tests.chat.deeds import said
from tests.moderation.evening import item_of, report
from tests.moderation.test_queue_pages import page, without_tokens


def test_what_was_told_of_a_supporter_stands_beside_nothing_else_of_whoever_told_it(
    aoi, room, ren, mori
):
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
    assert "コーディネーターをよんでいます" in card.text
