from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counseling', '0017_visits_heard'),
    ]

    operations = [
        migrations.AddField(
            model_name='occasion',
            name='added',
            field=models.JSONField(default=list),
        ),
    ]
