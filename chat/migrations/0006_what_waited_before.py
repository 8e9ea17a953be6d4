from django.db import migrations


def raise_what_waits(apps, schema_editor):
    """What was held, hidden, reported or murmured before there were items gets one."""
    models = {
        name: apps.get_model("chat", name) for name in ("Item", "Message", "Murmur", "Report")
    }
    messages = models["Message"].objects.select_related("room", "seat")
    for row in messages.filter(state="held").iterator(chunk_size=500):
        _raise(models["Item"], "held", 1, "message", row, row, row.at)
    for row in messages.filter(state="hidden").iterator(chunk_size=500):
        _raise(models["Item"], "hidden", 9, "message", row, row, row.at, done=True)
    reports = models["Report"].objects.select_related("message__room", "message__seat")
    for report in reports.order_by("at").iterator(chunk_size=500):
        _raise(models["Item"], "report", 2, "message", report.message, report.message, report.at)
    murmurs = models["Murmur"].objects.filter(read_at=None).select_related("room", "seat")
    for row in murmurs.iterator(chunk_size=500):
        _raise(models["Item"], "murmur", 5, "murmur", row, row, row.at)


def _raise(items, kind, urgency, column, row, about, at, *, done=False):
    staff = about.seat.staff_id if kind == "report" and about.seat else None
    items.objects.get_or_create(
        kind=kind,
        subject=f"{column}:{row.pk}",
        defaults={
            "program_id": row.room.program_id, "room_id": row.room_id, f"{column}_id": row.pk,
            "seat_id": row.seat_id, "about_staff_id": staff, "urgency": urgency,
            "opened_at": at, "raised_at": at, "state": "done" if done else "new",
            "settled_at": at if done else None, "outcome": "hidden" if done else "",
        },
    )  # fmt: skip


class Migration(migrations.Migration):

    # The lock is let go between the steps.
    atomic = False

    dependencies = [
        ('chat', '0005_what_waits'),
    ]

    operations = [
        migrations.RunPython(raise_what_waits, migrations.RunPython.noop, elidable=True),
    ]
