"""Shifts from before there was a rota were all begun when they were made; they end here."""

from django.db import migrations
from django.db.models import F


def end(apps, schema_editor):
    shifts = apps.get_model("duty", "Shift").objects.filter(state="planned", begun_at=None)
    shifts.update(state="ended", begun_at=F("starts_at"), ended_at=F("ends_at"))


class Migration(migrations.Migration):
    dependencies = [("duty", "0002_rota")]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
