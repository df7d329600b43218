"""Proceedings and their steps."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import AppendOnly, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('documents', '0001_initial'),
        ('parties', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Proceeding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('programme', models.CharField(max_length=40)),
                    ('kind', models.CharField(max_length=40)),
                    ('subject', models.CharField(max_length=160)),
                    ('title', models.CharField(max_length=300, verbose_name='what')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proceedings', to='parties.organisation')),
                    ('clocks', models.JSONField(default=dict)),
                    ('involved', models.JSONField(default=list)),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('subject', 'kind'), name='proceedings_proceeding_once')],
                },
            ),
            migrations.CreateModel(
                name='Taken',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('proceeding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='proceedings.proceeding')),
                    ('number', models.PositiveIntegerField()),
                    ('step', models.CharField(blank=True, max_length=40)),
                    ('stance', models.CharField(blank=True, max_length=40)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('happened_at', models.DateTimeField(null=True)),
                    ('on_behalf', models.CharField(blank=True, max_length=120, verbose_name='for whom')),
                    ('note', models.TextField(blank=True)),
                    ('exhibits', models.JSONField(default=list)),
                    ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.service')),
                    ('takes_back', models.PositiveIntegerField(null=True)),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                ],
                options={
                    'ordering': ['proceeding_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('proceeding', 'number'), name='proceedings_taken_in_turn'), models.UniqueConstraint(condition=models.Q(('takes_back__isnull', False)), fields=('proceeding', 'takes_back'), name='proceedings_taken_back_once'), models.CheckConstraint(condition=models.Q(('takes_back', None), ('step', ''), _connector='XOR'), name='proceedings_taken_or_back'), models.CheckConstraint(condition=models.Q(('happened_at', None), ('happened_at__lte', models.F('at')), _connector='OR'), name='proceedings_taken_not_ahead')],
                },
            ),
        ]),
        # Steps of proceedings are never changed, and no proceeding goes away.
        AppendOnly("proceedings_taken"),
        Refuse("proceedings_proceeding", "stays", "DELETE", "proceedings are never deleted: take their steps back"),
    ]
