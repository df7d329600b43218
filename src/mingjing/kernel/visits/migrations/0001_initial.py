"""Visits and who was on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.ids
from mingjing.kernel.db.guards import AppendOnly, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Visit',
                fields=[
                    ('id', models.UUIDField(default=mingjing.kernel.db.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('programme', models.CharField(max_length=40)),
                    ('purpose', models.CharField(max_length=40)),
                    ('subject', models.CharField(max_length=160)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='places.site')),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='parties.organisation')),
                    ('joint', models.UUIDField(null=True)),
                    ('arrival', models.JSONField(default=dict)),
                    ('entered_at', models.DateTimeField(verbose_name='entered')),
                    ('left_at', models.DateTimeField(null=True, verbose_name='left')),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                    ('voided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('voided_at', models.DateTimeField(null=True)),
                    ('void_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['-entered_at', '-id'],
                    'indexes': [models.Index(fields=['organisation', 'entered_at'], name='visits_visit_organisation'), models.Index(fields=['site', 'entered_at'], name='visits_visit_site'), models.Index(fields=['subject'], name='visits_visit_subject'), models.Index(fields=['entered_at', 'id'], name='visits_visit_entered'), models.Index(condition=models.Q(('joint__isnull', False)), fields=['joint'], name='visits_visit_joint')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('left_at', None), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='visits_visit_in_before_out'), models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None), ('voided_by', None)), models.Q(('voided_at__gte', models.F('recorded_at')), ('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='visits_visit_voided_whole'), models.CheckConstraint(condition=models.Q(('site__isnull', False), ('organisation__isnull', False), _connector='OR'), name='visits_visit_somewhere')],
                },
            ),
            migrations.CreateModel(
                name='Participant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='visits.visit')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('part', models.CharField(max_length=20)),
                ],
                options={
                    'ordering': ['visit_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('visit', 'person'), name='visits_participant_once')],
                },
            ),
        ]),
        # Visits and who was on them are never deleted.
        AppendOnly("visits_participant"),
        Refuse("visits_visit", "stays", "DELETE", "visits are never deleted: void them, saying why"),
        # What a visit said is never rewritten, and a voided one stays as it is.
        Refuse(
            "visits_visit", "told_once", "UPDATE",
            "what was recorded of a visit is never rewritten: void it, saying why, and record it anew",
            "OLD.voided_at IS NOT NULL OR OLD.entered_at <> NEW.entered_at"
            " OR OLD.recorded_at <> NEW.recorded_at OR OLD.subject <> NEW.subject"
            " OR OLD.programme <> NEW.programme OR (OLD.left_at IS NOT NULL AND (NEW.left_at IS NULL"
            " OR OLD.left_at <> NEW.left_at)) OR CAST(OLD.arrival AS text) <> CAST(NEW.arrival AS text)",
        ),
    ]
