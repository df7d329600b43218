"""Holidays as announced, and closures of an area; the notices of 2022 to 2026 ship."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
from mingjing.kernel.calendar.shipped import seed
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables


def add(apps, schema_editor):
    seed(apps.get_model("calendar", "Notice"), 2022, 2026)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                    ('reference', models.CharField(max_length=100, verbose_name='number of the notice')),
                    ('published_on', models.DateField(verbose_name='published on')),
                    ('off', models.JSONField()),
                    ('working', models.JSONField()),
                    ('known_from', models.DateTimeField()),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('shipped', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ['year', 'known_from', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('reference', ''), _negated=True), name='calendar_notice_named'), models.CheckConstraint(condition=models.Q(('year__range', (2000, 2200))), name='calendar_notice_year_plausible')],
                },
            ),
            migrations.CreateModel(
                name='Closure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='places.area')),
                    ('first_day', models.DateField(verbose_name='from')),
                    ('last_day', models.DateField(verbose_name='until')),
                    ('reason', models.CharField(max_length=200, verbose_name='reason')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['first_day', 'id'],
                    'indexes': [models.Index(fields=['area', 'first_day'], name='calendar_closure_area')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day')), models.Q(('reason', ''), _negated=True)), name='calendar_closure_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__gte', models.F('recorded_at')), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='calendar_closure_withdrawn_whole')],
                },
            ),
        ]),
        # Notices never change, closures stay.
        AppendOnly("calendar_notice"),
        FrozenWhen(
            "calendar_closure", "1 = 1",
            ("id", "area_id", "first_day", "last_day", "reason", "recorded_by_id", "recorded_at"),
        ),
        Refuse(
            "calendar_closure", "withdrawn_once", "UPDATE", "a withdrawn closure never changes",
            "OLD.withdrawn_at IS NOT NULL",
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
