"""Areas, sites and the codes at their doors."""

import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

import mingjing.kernel.db.search
from mingjing.kernel.db.guards import FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        Tables([
            migrations.CreateModel(
                name='Area',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^\\d+$')], verbose_name='code')),
                    ('name', models.CharField(max_length=100, verbose_name='name')),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'Province'), (2, 'City'), (3, 'County or district'), (4, 'Street or town'), (5, 'Neighbourhood or village')], verbose_name='level')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.area')),
                    ('path', models.CharField(editable=False, max_length=60, unique=True)),
                    ('source', models.CharField(max_length=100, verbose_name='source')),
                    ('version', models.CharField(max_length=50, verbose_name='version of the source')),
                    ('words', mingjing.kernel.db.search.SearchWords(also=(), default='', editable=False, name='name')),
                ],
                options={
                    'ordering': ['path'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3, 4, 5])), name='places_area_level_known'), models.CheckConstraint(condition=models.Q(models.Q(('level', 1), ('parent', None)), models.Q(('level__gt', 1), ('parent__isnull', False)), _connector='OR'), name='places_area_parent_unless_province')],
                },
            ),
            migrations.CreateModel(
                name='Retirement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retirements', to='places.area')),
                    ('version', models.CharField(max_length=50)),
                    ('at', models.DateTimeField()),
                    ('returned_version', models.CharField(blank=True, max_length=50)),
                    ('returned_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(models.F('area'), condition=models.Q(('returned_at', None)), name='places_retirement_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('returned_at', None), ('returned_version', '')), models.Q(('returned_at__gte', models.F('at')), ('returned_at__isnull', False), models.Q(('returned_version', ''), _negated=True)), _connector='OR'), name='places_retirement_returned_whole')],
                },
            ),
            migrations.CreateModel(
                name='Site',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='places.area')),
                    ('latitude', models.DecimalField(decimal_places=7, max_digits=9, null=True)),
                    ('longitude', models.DecimalField(decimal_places=7, max_digits=10, null=True)),
                    ('given_datum', models.CharField(blank=True, choices=[('WGS-84', 'WGS-84'), ('GCJ-02', 'GCJ-02'), ('BD-09', 'BD-09')], max_length=6)),
                    ('given_latitude', models.DecimalField(decimal_places=10, max_digits=12, null=True)),
                    ('given_longitude', models.DecimalField(decimal_places=10, max_digits=13, null=True)),
                    ('recorded_at', models.DateTimeField()),
                    ('words', mingjing.kernel.db.search.SearchWords(also=('address',), default='', editable=False, name='name')),
                ],
                options={
                    'ordering': ['name', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('given_datum', ''), ('given_latitude', None), ('given_longitude', None), ('latitude', None), ('longitude', None)), models.Q(('given_datum__in', ['WGS-84', 'GCJ-02', 'BD-09']), ('given_latitude__isnull', False), ('given_longitude__isnull', False), ('latitude__isnull', False), ('latitude__range', (Decimal('-90'), Decimal('90'))), ('longitude__isnull', False), ('longitude__range', (Decimal('-180'), Decimal('180')))), _connector='OR'), name='places_site_position_whole')],
                },
            ),
            migrations.CreateModel(
                name='EntryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entry_codes', to='places.site')),
                    ('code', models.CharField(max_length=20, unique=True)),
                    ('issued_at', models.DateTimeField()),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['site_id', '-issued_at', '-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('site',), name='places_entrycode_one_standing')],
                },
            ),
        ]),
        # An entry code is withdrawn once and never rewritten or deleted: visits say which sign was scanned.
        FrozenWhen("places_entrycode", "1 = 1", ("id", "site_id", "code", "issued_at")),
        Refuse(
            "places_entrycode", "withdrawn", "UPDATE", "a withdrawn code stays so", "OLD.withdrawn_at IS NOT NULL",
        ),
    ]
