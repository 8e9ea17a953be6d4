"""A desk on which five thousand things wait still answers at once."""

import time
from uuid import uuid4

from django.db import connection

from chat.models import Item, Message, Report
from chat.states import URGENCY, ItemKind
from foundation import clock
from tests.cast import signed_in_as
from tests.chat.deeds import seat_of

WAITING, WITHIN_S = 5000, 0.3


def test_a_desk_with_five_thousand_open_items_answers_within_300_ms(
    ren, aoi, haha, room, django_assert_max_num_queries
):
    seat, teller, now = seat_of(aoi, room), seat_of(haha, room), clock.now()
    said = Message.objects.bulk_create(
        Message(
            room=room, seat=seat, seq=number, nonce=uuid4(), handle="あおい", body_key="",
            text=f"ことば {number}", state="shown", at=now,
        )
        for number in range(1, WAITING + 1)
    )  # fmt: skip
    Report.objects.bulk_create(
        Report(message=one, seat=teller, nonce=uuid4(), body_key="", reason="abuse", at=now)
        for one in said
    )
    kinds = (ItemKind.REPORT, ItemKind.FLAG, ItemKind.HELD, ItemKind.MURMUR)
    Item.objects.bulk_create(
        Item(
            kind=kinds[number % 4].value, subject=f"message:{one.pk}", program=room.program,
            room=room, message=one, seat=seat, urgency=URGENCY[kinds[number % 4]], opened_at=now,
            raised_at=now,
        )
        for number, one in enumerate(said)
    )  # fmt: skip
    if connection.vendor == "postgresql":
        # As autovacuum does within a minute of so many rows; here they are never committed.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE chat_item, chat_message, chat_report")
    desk = signed_in_as(ren)
    assert "このほかにもあります" in desk.get("/moderation/").content.decode()
    with django_assert_max_num_queries(24):
        desk.get("/moderation/")
    for address in ("/moderation/", "/moderation/queue/"):
        took = [1.0]
        while min(took) > WITHIN_S and len(took) < 12:
            began = time.perf_counter()
            assert desk.get(address).status_code == 200
            took.append(time.perf_counter() - began)
        # The machine may be busy with something else: what the desk needs is the least of them.
        print(f"{address}: {[f'{one * 1000:.0f} ms' for one in took[1:]]}")
        assert min(took) <= WITHIN_S
