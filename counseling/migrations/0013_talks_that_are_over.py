from django.db import migrations


def shut(apps, schema_editor):
    """The talk of a case that is closed takes no more words."""
    rooms = apps.get_model("chat", "Room").objects.using(schema_editor.connection.alias)
    rooms.filter(case__state="closed").update(hand="closed")


class Migration(migrations.Migration):

    dependencies = [
        ("counseling", "0012_occasions_each"),
        ("chat", "0014_told_of_staff"),
    ]

    operations = [migrations.RunPython(shut, migrations.RunPython.noop)]
