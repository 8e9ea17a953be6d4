from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('duty', '0008_notices_of_visits'),
    ]

    operations = [
        migrations.AddField(
            model_name='shift',
            name='rested_at',
            field=models.DateTimeField(null=True),
        ),
    ]
