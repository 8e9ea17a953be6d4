"""Whoever told of a message may tell again: what they say then is kept beside it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0015_recusals'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='report',
            name='report_once_per_message',
        ),
    ]
