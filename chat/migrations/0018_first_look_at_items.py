from django.db import migrations, models
from django.db.models.functions import Coalesce


def as_far_as_known(apps, schema_editor):
    items = apps.get_model("chat", "Item").objects
    items.filter(claimed_at__isnull=False).update(looked_at=models.F("claimed_at"))
    items.filter(settled_at__isnull=False, settled_by__isnull=False).update(
        looked_at=Coalesce("looked_at", "settled_at")
    )
    items.filter(settled_at__isnull=False).update(closed_at=models.F("settled_at"))


class Migration(migrations.Migration):

    # Rows are changed and indexes made: on PostgreSQL not in one transaction.
    atomic = False

    dependencies = [
        ("chat", "0017_own_rules_spare"),
    ]

    operations = [
        migrations.AddField(
            model_name="item", name="looked_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="item", name="closed_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(as_far_as_known, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="item", index=models.Index(fields=["opened_at"], name="item_opened")
        ),
        migrations.AddIndex(
            model_name="item", index=models.Index(fields=["looked_at"], name="item_looked")
        ),
        migrations.AddIndex(
            model_name="item", index=models.Index(fields=["closed_at"], name="item_closed")
        ),
    ]
