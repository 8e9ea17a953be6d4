from datetime import timedelta

from django.db import migrations

TEXT = "つながった先でのようすを、きいてみる"
AFTER = (timedelta(days=14), timedelta(days=91))


def attach(apps, schema_editor):
    """What is asked after an arrival knows of which; until now its day and its words told."""
    alias = schema_editor.connection.alias
    steps = apps.get_model("counseling", "NextStep").objects.using(alias)
    arrived = apps.get_model("counseling", "Referral").objects.using(alias)
    for one in arrived.filter(linked_on__isnull=False).order_by("pk").iterator():
        for after in AFTER:
            there = steps.filter(
                case=one.case_id, text=TEXT, due_on=one.linked_on + after, referral=None
            )
            # Two who arrived on one day have one each.
            first = there.order_by("pk").first()
            if first is not None:
                steps.filter(pk=first.pk).update(referral=one)


class Migration(migrations.Migration):

    dependencies = [("counseling", "0015_asked_after")]

    operations = [migrations.RunPython(attach, migrations.RunPython.noop)]
