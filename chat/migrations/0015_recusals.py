import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table is the desk's until its own migration gives it up: the rows stay where they lie."""

    dependencies = [
        ('accounts', '0003_invitations'),
        ('chat', '0014_told_of_staff'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Recusal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.participant')),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recusals', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'moderation_recusal',
                        'constraints': [models.UniqueConstraint(fields=('staff', 'participant'), name='recused_once')],
                    },
                ),
            ],
        ),
    ]
