from django.db import migrations

from ledger.triggers import UP


def up(apps, schema_editor):
    for statement in UP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_participation'),
    ]

    operations = [
        # Going back, 0002 takes all of them away.
        migrations.RunPython(up, migrations.RunPython.noop),
    ]
