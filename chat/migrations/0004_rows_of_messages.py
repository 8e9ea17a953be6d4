from django.db import migrations


def forget_rows_of_messages(apps, schema_editor):
    """A message is an event by its own number now; its row in the log says nothing more."""
    events = apps.get_model("chat", "RoomEvent").objects.filter(kind="message")
    while keys := list(events.order_by("pk").values_list("pk", flat=True)[:500]):
        events.filter(pk__in=keys).delete()


def give_them_back(apps, schema_editor):
    """What an older house reads its log by."""
    Message, RoomEvent = (apps.get_model("chat", name) for name in ("Message", "RoomEvent"))
    said = Message.objects.filter(seq__isnull=False).order_by("pk")
    for message in said.iterator(chunk_size=500):
        RoomEvent.objects.get_or_create(
            room_id=message.room_id, seq=message.seq,
            defaults={"kind": "message", "message": message, "of": message.seq, "at": message.at},
        )


class Migration(migrations.Migration):

    # The lock is let go between the steps.
    atomic = False

    dependencies = [
        ('chat', '0003_a_message_is_an_event'),
    ]

    operations = [
        migrations.RunPython(forget_rows_of_messages, give_them_back, elidable=True),
    ]
