import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def remembered_for_each(apps, schema_editor):
    """A vault only knew that something of it had been sent. What it was stands in the consents.

    A consent names kinds; of these went what lay there when it was given, to whoever accepted.
    """
    Consent = apps.get_model('counseling', 'Consent')
    ContactDetail = apps.get_model('counseling', 'ContactDetail')
    SentDetail = apps.get_model('counseling', 'SentDetail')
    accepted = apps.get_model('counseling', 'Referral').objects.filter(
        accepted_at__isnull=False, case__vault__sent_at__isnull=False
    )
    for referral in accepted.order_by('pk').iterator():
        # The one that stood when the recipient said yes.
        given = Consent.objects.filter(referral=referral, at__lte=referral.accepted_at)
        consent = given.order_by('-at', '-pk').first()
        if consent is None or not consent.scope:
            continue
        went = ContactDetail.objects.filter(
            vault__case=referral.case_id, kind__in=consent.scope, at__lte=consent.at
        )
        SentDetail.objects.bulk_create(
            SentDetail(
                referral=referral, detail=one, kind=one.kind, deposited_at=one.at,
                recipient=consent.recipient, by=referral.sent_by or referral.accepted_by,
                at=referral.sent_at or referral.accepted_at, accepted_at=referral.accepted_at,
            )
            for one in went.order_by('at', 'pk')
        )


def remembered_together(apps, schema_editor):
    """Back: a vault knows again when the first of it was accepted."""
    Vault = apps.get_model('counseling', 'Vault')
    sent = apps.get_model('counseling', 'SentDetail').objects.filter(
        accepted_at__isnull=False, detail__isnull=False
    )
    for one in sent.select_related('detail').order_by('accepted_at', 'pk').iterator():
        Vault.objects.filter(pk=one.detail.vault_id, sent_at__isnull=True).update(
            sent_at=one.accepted_at
        )


def nothing_to_come_of_what_is_over(apps, schema_editor):
    """What was planned in a case that has been closed meanwhile ended with it."""
    Visit = apps.get_model('counseling', 'Visit')
    Meeting = apps.get_model('counseling', 'Meeting')
    now = timezone.now()
    Visit.objects.filter(case__state='closed', state__in=['planned', 'agreed']).update(
        state='cancelled', ended_at=now
    )
    Meeting.objects.filter(case__state='closed', state__in=['offered', 'none_fits']).update(
        state='cancelled', changed_at=now
    )
    Meeting.objects.filter(case__state='closed', state='chosen', starts_at__gt=now).update(
        state='cancelled', changed_at=now
    )


class Migration(migrations.Migration):

    dependencies = [
        ('counseling', '0009_emergencies_released'),
    ]

    operations = [
        migrations.CreateModel(
            name='SentDetail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('deposited_at', models.DateTimeField()),
                ('recipient', models.CharField(max_length=80)),
                ('by', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(null=True)),
                ('gone', models.CharField(blank=True, max_length=10)),
                ('detail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sent', to='counseling.contactdetail')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent_details', to='counseling.referral')),
            ],
            options={
                'indexes': [models.Index(fields=['accepted_at'], name='sent_detail_accepted')],
                'constraints': [models.UniqueConstraint(fields=('referral', 'detail'), name='detail_sent_once'), models.CheckConstraint(condition=models.Q(models.Q(('gone', ''), ('gone_at__isnull', True)), models.Q(('gone__in', ['taken_back', 'replaced', 'expired']), ('gone_at__isnull', False)), _connector='OR'), name='sent_detail_gone_with_a_reason')],
            },
        ),
        migrations.RunPython(remembered_for_each, remembered_together),
        migrations.RunPython(nothing_to_come_of_what_is_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='vault',
            name='sent_at',
        ),
    ]
