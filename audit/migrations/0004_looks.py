from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_no_replace'),
    ]

    # Neither engine rebuilds the table for a column that may be null and an index: SQLite keeps
    # its triggers.
    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='hour',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.UniqueConstraint(condition=models.Q(('hour__isnull', False)), fields=('actor', 'object_type', 'object_id', 'hour', 'verb'), name='audit_one_look_an_hour'),
        ),
    ]
