from django.db import migrations

from audit.triggers import UP


def up(apps, schema_editor):
    for statement in UP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        # Going back, 0002 takes all of them away.
        migrations.RunPython(up, migrations.RunPython.noop),
    ]
