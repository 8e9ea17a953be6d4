import django.db.models.deletion
from django.db import migrations, models


def find_quoted(apps, schema_editor):
    """Of what was frozen before, whose words stand in it: by room, name and mark."""
    acts, quoted = (apps.get_model("moderation", name) for name in ("Act", "Quoted"))
    seats, messages, reports, cards = (
        apps.get_model("chat", name) for name in ("Seat", "Message", "Report", "Postcard")
    )

    def by_name(room, handle, mark):
        # Somebody may have another name by now than when it was said.
        now = seats.objects.filter(room=room, mark=mark, handle=handle)
        said = messages.objects.filter(room=room, handle=handle, seat__mark=mark).order_by()
        found = {*now.values_list("participant", flat=True)}
        found |= {*said.values_list("seat__participant", flat=True)}
        return found - {None}

    def found_in(act):
        for number, one in enumerate(act.evidence.get("context", [])):
            for person in by_name(act.room_id, one["handle"], one["mark"]) if one["mark"] else ():
                yield person, f"context.{number}"
        told = reports.objects.filter(message=act.message_id, seat__participant__isnull=False)
        for number, one in enumerate(act.evidence.get("reports", [])):
            for report in told.filter(note=one["note"]) if one["note"] else ():
                yield report.seat.participant_id, f"reports.{number}"
        for card in cards.objects.filter(message=act.message_id, message__isnull=False):
            if card.murmur.seat.participant_id is not None:
                yield card.murmur.seat.participant_id, "text"

    # Only what was frozen of a message holds words of others.
    frozen = acts.objects.exclude(evidence={}).order_by("pk")
    for act in frozen.iterator(chunk_size=200):
        if "seq" not in act.evidence:
            continue
        places = {}
        for person, place in found_in(act):
            places.setdefault(person, set()).add(place)
        quoted.objects.bulk_create(
            [
                quoted(act=act, participant_id=person, places=sorted(of))
                for person, of in sorted(places.items())
                if person != act.participant_id
            ]
        )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_invitations'),
        ('chat', '0016_told_again'),
        ('moderation', '0005_told_of_acts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quoted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('places', models.JSONField()),
                ('act', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='quoted', to='moderation.act')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.participant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('act', 'participant'), name='quoted_once_in_an_act')],
            },
        ),
        migrations.RunPython(find_quoted, migrations.RunPython.noop, elidable=True),
    ]
