from django.db import migrations


class Migration(migrations.Migration):
    """Whom a member of staff may know is asked below the desk: the table is `chat`'s now."""

    dependencies = [
        ('chat', '0015_recusals'),
        ('moderation', '0003_relief_climbs'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name='Recusal')],
        ),
    ]
