from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counseling', '0016_asked_after_whom'),
    ]

    operations = [
        migrations.AddField(
            model_name='occasion',
            name='added',
            field=models.JSONField(default=list),
        ),
    ]
