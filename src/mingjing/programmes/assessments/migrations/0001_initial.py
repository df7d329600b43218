"""Registers, schemes at work, rounds, fieldwork, decisions, and what follows from them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.fields
import mingjing.kernel.db.ids
import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables
from mingjing.kernel.db.views import View


SQLITE = """
SELECT r.id || '/' || json_extract(f.value, '$.id') AS id,
       r.id AS record_id, r.entry_id AS entry_id, r.round_id AS round_id,
       json_extract(f.value, '$.n') AS n, json_extract(f.value, '$.version') AS version,
       json_extract(f.value, '$.check') AS check_code, json_extract(f.value, '$.steps') AS steps,
       json_extract(f.value, '$.fact') AS fact, json_extract(f.value, '$.place') AS place,
       json_extract(f.value, '$.note') AS note, json_extract(f.value, '$.by') AS by_token,
       CASE WHEN json_extract(f.value, '$.at') LIKE '%Z' THEN replace(rtrim(json_extract(f.value, '$.at'), 'Z'), 'T', ' ')
            ELSE strftime('%Y-%m-%d %H:%M:%f', json_extract(f.value, '$.at')) END AS at
FROM assessments_visitrecord r, json_each(r.sheet, '$.findings') f
"""
POSTGRESQL = """
SELECT r.id || '/' || (f.value ->> 'id') AS id,
       r.id AS record_id, r.entry_id AS entry_id, r.round_id AS round_id,
       (f.value ->> 'n')::integer AS n, (f.value ->> 'version')::integer AS version,
       f.value ->> 'check' AS check_code, (f.value ->> 'steps')::bigint AS steps,
       f.value ->> 'fact' AS fact, f.value ->> 'place' AS place,
       f.value ->> 'note' AS note, f.value ->> 'by' AS by_token,
       (f.value ->> 'at')::timestamptz AS at
FROM assessments_visitrecord r CROSS JOIN LATERAL jsonb_array_elements(r.sheet::jsonb -> 'findings') AS f(value)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        ('places', '0001_initial'),
        ('proceedings', '0001_initial'),
        ('rulebooks', '0001_initial'),
        ('visits', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Community',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('words', models.TextField(default='', editable=False)),
                    ('site', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='community', to='places.site')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('management', models.CharField(choices=[('company', 'Property company'), ('self', 'Managed by its owners'), ('none', 'Nobody yet')], default='company', max_length=10)),
                    ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communities', to='parties.organisation')),
                    ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company')),
                    ('completed_year', models.PositiveSmallIntegerField(null=True, verbose_name='year completed')),
                    ('fee_low', models.DecimalField(decimal_places=4, max_digits=8, null=True, verbose_name='lowest fee')),
                    ('fee_high', models.DecimalField(decimal_places=4, max_digits=8, null=True, verbose_name='highest fee')),
                    ('buildings', models.PositiveIntegerField(null=True, verbose_name='buildings')),
                    ('households', models.PositiveIntegerField(null=True, verbose_name='households')),
                    ('floor_area', models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='floor area')),
                    ('group', models.CharField(blank=True, max_length=40, verbose_name='visited together with')),
                    ('attributes', models.JSONField(default=dict)),
                    ('recorded_at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['number'],
                    'constraints': [models.UniqueConstraint(fields=('area', 'number'), name='assessments_community_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('fee_high', None), ('fee_low', None)), models.Q(('fee_high__gte', models.F('fee_low')), ('fee_high__isnull', False), ('fee_low__gte', 0), ('fee_low__isnull', False)), _connector='OR'), name='assessments_community_fees_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('removal_reason', ''), ('removed_at', None), ('removed_by', None)), models.Q(('removed_at__gte', models.F('recorded_at')), ('removed_at__isnull', False), models.Q(('removal_reason', ''), _negated=True)), _connector='OR'), name='assessments_community_removed_whole'), models.CheckConstraint(condition=models.Q(('management__in', ['company', 'self', 'none'])), name='assessments_community_management_known')],
                },
            ),
            migrations.CreateModel(
                name='Engagement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='assessments.community')),
                    ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='parties.organisation')),
                    ('company_name', models.CharField(max_length=200)),
                    ('first_day', models.DateField(null=True, verbose_name='from')),
                    ('last_day', models.DateField(null=True, verbose_name='until')),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['community_id', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('last_day', None)), fields=('community',), name='assessments_engagement_one_open'), models.CheckConstraint(condition=models.Q(('last_day', None), ('first_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='assessments_engagement_days_in_order')],
                },
            ),
            migrations.CreateModel(
                name='Roster',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('file_name', models.CharField(max_length=200, verbose_name='file')),
                    ('input_digest', models.CharField(max_length=64)),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('requested_at', models.DateTimeField()),
                    ('attempt', models.PositiveIntegerField(default=0)),
                    ('read_at', models.DateTimeField(null=True)),
                    ('counts', models.JSONField(default=dict)),
                    ('problems', models.JSONField(default=list)),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('applied_at', models.DateTimeField(null=True)),
                    ('discarded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('discarded_at', models.DateTimeField(null=True)),
                    ('failed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-id'],
                    'abstract': False,
                    'constraints': [models.CheckConstraint(condition=models.Q(('applied_at', None), models.Q(('applied_at__isnull', False), ('approved_at__isnull', False), ('failed_at', None)), _connector='OR'), name='assessments_roster_applied_whole'), models.CheckConstraint(condition=models.Q(('approved_at', None), models.Q(('approved_at__isnull', False), ('discarded_at', None), ('read_at__isnull', False)), _connector='OR'), name='assessments_roster_approved_whole')],
                },
            ),
            migrations.CreateModel(
                name='RosterLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='assessments.roster')),
                    ('row', models.PositiveIntegerField()),
                    ('number', models.CharField(max_length=40)),
                    ('kind', models.CharField(choices=[('added', 'New'), ('changed', 'Changed'), ('same', 'Unchanged')], max_length=8)),
                    ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.community')),
                    ('values', models.JSONField(default=dict)),
                    ('before', models.JSONField(default=dict)),
                    ('warnings', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['roster_id', 'row'],
                    'indexes': [models.Index(fields=['roster', 'kind', 'row'], name='assessments_rosterline_kind')],
                    'constraints': [models.UniqueConstraint(fields=('roster', 'number'), name='assessments_rosterline_number_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['added', 'changed', 'same'])), name='assessments_rosterline_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Round',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('code', models.SlugField(max_length=40, verbose_name='code')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                    ('first_day', models.DateField(verbose_name='first day')),
                    ('last_day', models.DateField(verbose_name='last day')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('plan', models.JSONField(default=dict)),
                    ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField()),
                    ('frozen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('frozen_at', models.DateTimeField(null=True)),
                    ('roster_digest', models.CharField(blank=True, max_length=64)),
                    ('fieldwork_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('fieldwork_at', models.DateTimeField(null=True)),
                    ('review_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('review_at', models.DateTimeField(null=True)),
                    ('deciding_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('deciding_at', models.DateTimeField(null=True)),
                    ('decided_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-first_day', '-id'],
                    'constraints': [models.UniqueConstraint(fields=('area', 'code'), name='assessments_round_code_once'), models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='assessments_round_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('frozen_at', None), ('roster_digest', '')), models.Q(('frozen_at__isnull', False), models.Q(('roster_digest', ''), _negated=True)), _connector='OR'), name='assessments_round_frozen_whole'), models.CheckConstraint(condition=models.Q(('fieldwork_at', None), ('frozen_at__isnull', False), _connector='OR'), name='assessments_round_frozen_first'), models.CheckConstraint(condition=models.Q(('review_at', None), ('fieldwork_at__isnull', False), _connector='OR'), name='assessments_round_fieldwork_first'), models.CheckConstraint(condition=models.Q(('deciding_at', None), ('review_at__isnull', False), _connector='OR'), name='assessments_round_review_first'), models.CheckConstraint(condition=models.Q(('decided_at', None), ('deciding_at__isnull', False), _connector='OR'), name='assessments_round_asked_first')],
                },
            ),
            migrations.CreateModel(
                name='Handover',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='assessments.round')),
                    ('from_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('to_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['round_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='assessments.round')),
                    ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='assessments.community')),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('words', models.TextField(default='', editable=False)),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('stratum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('engagement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.engagement')),
                    ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company')),
                    ('attributes', models.JSONField(default=dict)),
                    ('ranges', models.JSONField(default=dict)),
                    ('proposed_class', models.CharField(blank=True, max_length=40)),
                    ('borderline', models.BooleanField(default=False)),
                    ('class_code', models.CharField(blank=True, max_length=40, verbose_name='class')),
                    ('class_reasons', models.JSONField(default=list)),
                    ('class_inputs', models.CharField(blank=True, max_length=64)),
                    ('group', models.CharField(blank=True, max_length=40)),
                    ('frozen_at', models.DateTimeField(null=True)),
                    ('not_assessed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('not_assessed_at', models.DateTimeField(null=True)),
                    ('not_assessed_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['round_id', 'number'],
                    'indexes': [models.Index(fields=['round', 'class_code', 'number'], name='assessments_entry_class'), models.Index(fields=['round', 'stratum'], name='assessments_entry_stratum')],
                    'constraints': [models.UniqueConstraint(fields=('round', 'community'), name='assessments_entry_once'), models.UniqueConstraint(fields=('round', 'number'), name='assessments_entry_number_once'), models.CheckConstraint(condition=models.Q(('frozen_at', None), models.Q(('frozen_at__isnull', False), models.Q(('class_code', ''), _negated=True)), _connector='OR'), name='assessments_entry_frozen_with_class'), models.CheckConstraint(condition=models.Q(models.Q(('not_assessed_at', None), ('not_assessed_by', None), ('not_assessed_reason', '')), models.Q(('not_assessed_at__isnull', False), models.Q(('not_assessed_reason', ''), _negated=True)), _connector='OR'), name='assessments_entry_not_assessed_whole')],
                },
            ),
            migrations.CreateModel(
                name='ClassVote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='assessments.entry')),
                    ('class_code', models.CharField(max_length=40)),
                    ('inputs', models.CharField(blank=True, max_length=64)),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['entry_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='EntryValue',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values', to='assessments.entry')),
                    ('code', models.CharField(max_length=60)),
                    ('text', models.CharField(max_length=60, verbose_name='value')),
                    ('source', models.CharField(max_length=300, verbose_name='source')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['entry_id', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='assessments_entryvalue_with_source')],
                },
            ),
            migrations.CreateModel(
                name='Declaration',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='assessments.entry')),
                    ('to_assess', models.BooleanField()),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['entry_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Filing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='assessments.entry')),
                    ('kind', models.CharField(choices=[('bonus', 'Bonus'), ('veto', 'Veto'), ('refuted', 'Contradicted bonus')], max_length=8)),
                    ('code', models.CharField(max_length=60)),
                    ('document', models.CharField(blank=True, max_length=300, verbose_name='document')),
                    ('occurred_on', models.DateField(null=True, verbose_name='day of the incident')),
                    ('responsibility', models.CharField(blank=True, max_length=500, verbose_name='what the company has to do with it')),
                    ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('filed_at', models.DateTimeField()),
                    ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('approved', models.BooleanField(null=True)),
                    ('decision_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['entry_id', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['bonus', 'veto', 'refuted'])), name='assessments_filing_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decision_reason', '')), models.Q(('approved__isnull', False), ('decided_at__gte', models.F('filed_at')), ('decided_at__isnull', False)), _connector='OR'), name='assessments_filing_decided_whole'), models.CheckConstraint(condition=models.Q(('decided_by', None), ('filed_by', None), models.Q(('decided_by', models.F('filed_by')), _negated=True), _connector='OR'), name='assessments_filing_decided_by_another')],
                },
            ),
            migrations.CreateModel(
                name='FilingVote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='assessments.filing')),
                    ('approve', models.BooleanField()),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['filing_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('filing', 'by'), name='assessments_filingvote_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='assessments_filingvote_reasoned')],
                },
            ),
            migrations.CreateModel(
                name='CalibrationNote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calibration_notes', to='assessments.round')),
                    ('check_code', models.CharField(blank=True, max_length=40, verbose_name='check')),
                    ('text', models.CharField(max_length=1000, verbose_name='note')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['round_id', 'check_code', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Expert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='assessments.round')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('key', models.CharField(max_length=20, verbose_name='key')),
                    ('home', models.CharField(blank=True, max_length=200, verbose_name='employer')),
                    ('days', models.JSONField(default=list)),
                    ('listed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('listed_at', models.DateTimeField()),
                    ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['round_id', 'key'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='assessments_expert_person_once'), models.UniqueConstraint(fields=('round', 'key'), name='assessments_expert_key_once')],
                },
            ),
            migrations.CreateModel(
                name='Conflict',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='assessments.expert')),
                    ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.community')),
                    ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('declared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('declared_at', models.DateTimeField()),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['expert_id', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('community__isnull', False), ('company', None)), models.Q(('community', None), ('company__isnull', False)), _connector='OR'), name='assessments_conflict_one_of_two')],
                },
            ),
            migrations.CreateModel(
                name='TeamStaff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='assessments.round')),
                    ('team', models.PositiveSmallIntegerField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('assigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('assigned_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['round_id', 'team', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='assessments_teamstaff_once')],
                },
            ),
            migrations.CreateModel(
                name='Draw',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='assessments.round')),
                    ('inputs', models.TextField()),
                    ('inputs_digest', models.CharField(max_length=64)),
                    ('committed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('committed_at', models.DateTimeField()),
                    ('revealed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revealed_at', models.DateTimeField(null=True)),
                    ('drawn_at', models.DateTimeField(null=True)),
                    ('document', models.TextField(blank=True)),
                    ('document_digest', models.CharField(blank=True, max_length=64)),
                    ('problems', models.JSONField(default=list)),
                    ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('cancelled_at', models.DateTimeField(null=True)),
                    ('cancel_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['round_id', '-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('round',), name='assessments_draw_one_standing'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_digest', ''), ('drawn_at', None)), models.Q(('drawn_at__isnull', False), ('revealed_at__isnull', False), models.Q(('document', ''), _negated=True), models.Q(('document_digest', ''), _negated=True)), _connector='OR'), name='assessments_draw_drawn_whole'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__gte', models.F('committed_at')), ('cancelled_at__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='assessments_draw_cancelled_whole')],
                },
            ),
            migrations.CreateModel(
                name='DrawSeed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seeds', to='assessments.draw')),
                    ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('label', models.CharField(blank=True, max_length=100, verbose_name='on behalf of')),
                    ('commitment', models.CharField(max_length=64)),
                    ('committed_at', models.DateTimeField()),
                    ('secret', models.CharField(blank=True, max_length=64)),
                    ('seed', models.CharField(blank=True, max_length=64)),
                    ('revealed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['draw_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('draw', 'commitment'), name='assessments_drawseed_once'), models.CheckConstraint(condition=models.Q(models.Q(('revealed_at', None), ('seed', '')), models.Q(models.Q(('seed', ''), _negated=True), ('revealed_at__isnull', False)), _connector='OR'), name='assessments_drawseed_revealed_whole')],
                },
            ),
            migrations.CreateModel(
                name='TeamDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_days', to='assessments.draw')),
                    ('day', models.DateField()),
                    ('team', models.PositiveSmallIntegerField()),
                    ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField(null=True)),
                    ('pick_seed', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'ordering': ['draw_id', 'day', 'team'],
                    'constraints': [models.UniqueConstraint(fields=('draw', 'day', 'team'), name='assessments_teamday_once'), models.CheckConstraint(condition=models.Q(models.Q(('opened_at', None), ('opened_by', None)), ('opened_at__isnull', False), _connector='OR'), name='assessments_teamday_opened_whole')],
                },
            ),
            migrations.CreateModel(
                name='TeamMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('team_day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='assessments.teamday')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('part', models.CharField(choices=[('staff', 'Staff of the centre'), ('expert', 'Supervisor')], max_length=8)),
                    ('added_at', models.DateTimeField()),
                    ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('removed_at', models.DateTimeField(null=True)),
                    ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['team_day_id', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('team_day', 'person'), name='assessments_teammember_once'), models.CheckConstraint(condition=models.Q(('part__in', ['staff', 'expert'])), name='assessments_teammember_part_known')],
                },
            ),
            migrations.CreateModel(
                name='VisitRecord',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.round')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.entry')),
                    ('team_day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.teamday')),
                    ('purpose', models.CharField(choices=[('first', 'Assessment'), ('second', 'Second visit by another team')], default='first', max_length=8)),
                    ('visit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visit')),
                    ('sheet', models.TextField(default='{}')),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('started_at', models.DateTimeField(null=True)),
                    ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('submitted_at', models.DateTimeField(null=True)),
                    ('company_stance', models.CharField(blank=True, max_length=10)),
                    ('company_at', models.DateTimeField(null=True)),
                    ('returned_at', models.DateTimeField(null=True)),
                    ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reviewed_at', models.DateTimeField(null=True)),
                    ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('locked_at', models.DateTimeField(null=True)),
                    ('voided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('voided_at', models.DateTimeField(null=True)),
                    ('void_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['team_day_id', 'id'],
                    'indexes': [models.Index(fields=['round', 'team_day'], name='assessments_record_team_day')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('purpose', 'first'), ('voided_at', None)), fields=('entry',), name='assessments_record_first_once'), models.CheckConstraint(condition=models.Q(('purpose__in', ['first', 'second'])), name='assessments_record_purpose_known'), models.CheckConstraint(condition=models.Q(models.Q(('started_at', None), ('visit', None)), models.Q(('started_at__isnull', False), ('visit__isnull', False)), _connector='OR'), name='assessments_record_started_whole'), models.CheckConstraint(condition=models.Q(('submitted_at', None), models.Q(('started_at__isnull', False), ('submitted_at__gte', models.F('started_at')), ('submitted_at__isnull', False)), _connector='OR'), name='assessments_record_started_first'), models.CheckConstraint(condition=models.Q(models.Q(('company_at', None), ('company_stance', '')), models.Q(models.Q(('company_stance', ''), _negated=True), ('company_at__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='assessments_record_stance_whole'), models.CheckConstraint(condition=models.Q(('reviewed_at', None), ('company_at__isnull', False), _connector='OR'), name='assessments_record_company_first'), models.CheckConstraint(condition=models.Q(('reviewed_by', None), ('submitted_by', None), models.Q(('reviewed_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='assessments_record_reviewed_by_another'), models.CheckConstraint(condition=models.Q(('locked_at', None), ('reviewed_at__isnull', False), _connector='OR'), name='assessments_record_reviewed_first'), models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None), ('voided_by', None)), models.Q(('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='assessments_record_voided_whole')],
                },
            ),
            migrations.CreateModel(
                name='SheetEdit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='assessments.visitrecord', db_index=False)),
                    ('revision', models.PositiveIntegerField()),
                    ('command', models.UUIDField(default=mingjing.kernel.db.ids.uuid7)),
                    ('kind', models.CharField(max_length=30)),
                    ('payload', models.JSONField(default=dict, encoder=mingjing.kernel.db.fields.CompactJSON)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['record_id', 'revision'],
                    'constraints': [models.UniqueConstraint(fields=('record', 'revision'), name='assessments_sheetedit_once'), models.UniqueConstraint(fields=('record', 'command'), name='assessments_sheetedit_command_once')],
                },
            ),
            migrations.CreateModel(
                name='Signature',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='assessments.visitrecord')),
                    ('part', models.CharField(choices=[('member', 'Member of the team'), ('manager', 'Manager of the community'), ('witness', 'Witness of a refusal')], max_length=8)),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                    ('stance', models.CharField(choices=[('signed', 'Signed'), ('commented', 'Signed with comments'), ('refused', 'Refused to sign')], max_length=10)),
                    ('comment', models.TextField(blank=True, verbose_name='comment')),
                    ('sheet_digest', models.CharField(max_length=64)),
                    ('image_digest', models.CharField(blank=True, max_length=64)),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['record_id', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('part', 'manager'), ('person', None), models.Q(('name', ''), _negated=True)), models.Q(models.Q(('part', 'manager'), _negated=True), ('person__isnull', False)), _connector='OR'), name='assessments_signature_by_somebody')],
                },
            ),
            migrations.CreateModel(
                name='Return',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='assessments.visitrecord')),
                    ('revision', models.PositiveIntegerField()),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['record_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='delivery', to='assessments.visitrecord')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('delivered_at', models.DateTimeField(verbose_name='delivered')),
                    ('how', models.CharField(max_length=300, verbose_name='how')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['record_id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('delivered_at__lte', models.F('at'))), name='assessments_delivery_not_ahead')],
                },
            ),
            migrations.CreateModel(
                name='Correction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('proceeding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='proceedings.proceeding')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='assessments.entry')),
                    ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='assessments.visitrecord')),
                    ('finding', models.CharField(blank=True, max_length=40)),
                    ('check_code', models.CharField(blank=True, max_length=40)),
                    ('steps_before', models.PositiveIntegerField(null=True)),
                    ('steps', models.PositiveIntegerField(null=True)),
                    ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='assessments.filing')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('check_code', ''), ('finding', ''), ('record', None), ('steps', None), ('steps_before', None)), models.Q(('filing', None), ('record__isnull', False), ('steps__lt', models.F('steps_before')), models.Q(('finding', ''), _negated=True)), _connector='OR'), name='assessments_correction_of_one_thing')],
                },
            ),
            migrations.CreateModel(
                name='Reopening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('filing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reopening', to='assessments.filing')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='assessments.entry')),
                    ('proceeding', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='proceedings.proceeding')),
                    ('tier', models.CharField(max_length=40, verbose_name='tier')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Finding',
                fields=[
                    ('id', models.CharField(max_length=100, primary_key=True, serialize=False)),
                    ('record', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='assessments.visitrecord')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='assessments.entry')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='assessments.round')),
                    ('n', models.PositiveIntegerField()),
                    ('version', models.PositiveIntegerField()),
                    ('check_code', models.CharField(max_length=40)),
                    ('steps', models.PositiveBigIntegerField()),
                    ('fact', models.CharField(max_length=60)),
                    ('place', models.CharField(max_length=200)),
                    ('note', models.TextField()),
                    ('by_token', models.CharField(max_length=64)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'db_table': 'assessments_finding',
                    'ordering': ['record_id', 'n'],
                    'managed': False,
                },
            ),
            migrations.CreateModel(
                name='WhatIf',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                    ('scheme_text', models.TextField()),
                    ('scheme_digest', models.CharField(max_length=64)),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('requested_at', models.DateTimeField()),
                    ('rounds', models.ManyToManyField(related_name='+', to='assessments.round')),
                ],
                options={
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='Replay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                    ('purpose', models.CharField(choices=[('file', 'A file replayed'), ('decision', 'A round decided'), ('what_if', 'What if another scheme had judged')], default='file', max_length=8)),
                    ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='assessments.round')),
                    ('what_if', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='assessments.whatif')),
                    ('scheme_text', models.TextField(blank=True)),
                    ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file')),
                    ('input_digest', models.CharField(max_length=64)),
                    ('mapping_name', models.CharField(blank=True, max_length=100, verbose_name='mapping')),
                    ('mapping_text', models.TextField(blank=True)),
                    ('mapping_digest', models.CharField(blank=True, max_length=64)),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('requested_at', models.DateTimeField()),
                    ('attempt', models.PositiveIntegerField(default=0)),
                    ('completed_at', models.DateTimeField(null=True)),
                    ('result_count', models.PositiveIntegerField(default=0)),
                    ('results_root', models.CharField(blank=True, max_length=64)),
                    ('failed_at', models.DateTimeField(null=True)),
                    ('problems', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('result_count', 0), ('results_root', '')), models.Q(('completed_at__gte', models.F('requested_at')), ('completed_at__isnull', False), ('failed_at', None), models.Q(('results_root', ''), _negated=True)), _connector='OR'), name='assessments_replay_completed_whole'), models.CheckConstraint(condition=models.Q(('failed_at', None), ('failed_at__gte', models.F('requested_at')), _connector='OR'), name='assessments_replay_failed_whole'), models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'file'), ('round', None), ('what_if', None), models.Q(('mapping_digest', ''), _negated=True)), models.Q(('mapping_digest', ''), ('purpose', 'decision'), ('round__isnull', False), ('scheme_text', ''), ('what_if', None)), models.Q(('mapping_digest', ''), ('purpose', 'what_if'), ('round__isnull', False), ('what_if__isnull', False)), _connector='OR'), name='assessments_replay_of_one_kind'), models.UniqueConstraint(condition=models.Q(('failed_at', None), ('purpose', 'decision')), fields=('round',), name='assessments_replay_one_decision')],
                },
            ),
            migrations.CreateModel(
                name='Result',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='assessments.replay')),
                    ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='assessments.entry')),
                    ('index', models.PositiveIntegerField()),
                    ('key', models.TextField(verbose_name='key')),
                    ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                    ('class_code', models.TextField(verbose_name='class')),
                    ('base', models.IntegerField(null=True)),
                    ('bonus', models.IntegerField(null=True)),
                    ('total', models.IntegerField(null=True)),
                    ('tier', models.TextField(verbose_name='tier')),
                    ('standing', models.PositiveIntegerField(default=2147483647)),
                    ('checks', models.PositiveIntegerField()),
                    ('sheet', models.TextField()),
                    ('leaf', models.CharField(max_length=64)),
                    ('expected_total', models.TextField(blank=True)),
                    ('expected_tier', models.TextField(blank=True)),
                    ('agrees', models.BooleanField(null=True)),
                    ('better_in', models.PositiveIntegerField(null=True)),
                    ('worse_in', models.PositiveIntegerField(null=True)),
                ],
                options={
                    'ordering': ['replay_id', 'index'],
                    'indexes': [models.Index(fields=['replay', 'class_code', 'standing', 'index'], name='assessments_result_list')],
                    'constraints': [models.UniqueConstraint(fields=('replay', 'index'), name='assessments_result_index_once'), models.CheckConstraint(condition=models.Q(models.Q(('base', None), ('bonus', None), ('standing', 2147483647), ('total', None)), models.Q(('base__isnull', False), ('bonus__isnull', False), ('total__isnull', False)), _connector='OR'), name='assessments_result_scored_whole')],
                },
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='assessments.round')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.replay')),
                    ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('rows_root', models.CharField(max_length=64)),
                    ('cause', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='proceedings.proceeding')),
                    ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('published_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['round_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='assessments_edition_number'), models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('reason', '')), models.Q(('number__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='assessments_edition_reasoned')],
                },
            ),
            migrations.CreateModel(
                name='Listed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='assessments.edition')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='assessments.entry')),
                    ('index', models.PositiveIntegerField()),
                    ('class_code', models.CharField(max_length=40, verbose_name='class')),
                    ('tier', models.CharField(max_length=40, verbose_name='tier')),
                    ('decided_tier', models.CharField(max_length=40)),
                    ('adverse', models.BooleanField(default=False)),
                    ('base', models.IntegerField(null=True)),
                    ('bonus', models.IntegerField(null=True)),
                    ('total', models.IntegerField(null=True)),
                    ('standing', models.PositiveIntegerField(default=2147483647)),
                    ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company')),
                    ('reasons', models.JSONField(default=list)),
                    ('proceeding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='proceedings.proceeding')),
                    ('leaf', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['edition_id', 'index'],
                    'indexes': [models.Index(fields=['edition', 'class_code', 'standing'], name='assessments_listed_list')],
                    'constraints': [models.UniqueConstraint(fields=('edition', 'entry'), name='assessments_listed_once'), models.UniqueConstraint(fields=('edition', 'index'), name='assessments_listed_in_order'), models.CheckConstraint(condition=models.Q(('adverse', False), models.Q(('company__isnull', False), ('proceeding__isnull', False)), _connector='OR'), name='assessments_listed_heard'), models.CheckConstraint(condition=models.Q(('tier', models.F('decided_tier')), models.Q(('reasons', []), _negated=True), _connector='OR'), name='assessments_listed_moved_for_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='Export',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='assessments.round')),
                    ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.replay')),
                    ('kind', models.CharField(choices=[('workbook', 'Workbook for the office'), ('decisions', 'All decision files')], max_length=10)),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('requested_at', models.DateTimeField()),
                    ('attempt', models.PositiveIntegerField(default=0)),
                    ('completed_at', models.DateTimeField(null=True)),
                    ('file_name', models.CharField(blank=True, max_length=200)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('size', models.PositiveBigIntegerField(default=0)),
                    ('failed_at', models.DateTimeField(null=True)),
                    ('problems', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('sha256', '')), models.Q(('completed_at__isnull', False), ('failed_at', None), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='assessments_export_completed_whole'), models.CheckConstraint(condition=models.Q(('kind__in', ['workbook', 'decisions'])), name='assessments_export_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Bar',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bars', to='assessments.entry')),
                    ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('company_name', models.CharField(max_length=200, verbose_name='company')),
                    ('first_day', models.DateField(verbose_name='from')),
                    ('last_day', models.DateField(verbose_name='until')),
                    ('scope', models.CharField(max_length=300, verbose_name='procurement it covers')),
                    ('basis', models.CharField(max_length=200, verbose_name='legal basis')),
                    ('clause', models.CharField(max_length=100, verbose_name='article')),
                    ('quote', models.TextField(verbose_name='words of the article')),
                    ('reason', models.TextField(verbose_name='reason')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField()),
                    ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('signed_at', models.DateTimeField(null=True)),
                    ('opinion', models.TextField(blank=True, verbose_name='legal opinion')),
                    ('called_off_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('called_off_at', models.DateTimeField(null=True)),
                    ('called_off_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='assessments_bar_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('basis', ''), _negated=True), models.Q(('clause', ''), _negated=True), models.Q(('quote', ''), _negated=True), models.Q(('reason', ''), _negated=True), models.Q(('scope', ''), _negated=True)), name='assessments_bar_has_a_basis'), models.CheckConstraint(condition=models.Q(models.Q(('opinion', ''), ('signed_at', None), ('signed_by', None)), models.Q(('signed_at__gte', models.F('decided_at')), ('signed_by__isnull', False), models.Q(('opinion', ''), _negated=True)), _connector='OR'), name='assessments_bar_signed_whole'), models.CheckConstraint(condition=models.Q(('signed_by', None), models.Q(('signed_by', models.F('decided_by')), _negated=True), _connector='OR'), name='assessments_bar_signed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('called_off_at', None), ('called_off_by', None), ('called_off_reason', '')), models.Q(('called_off_at__gte', models.F('decided_at')), ('called_off_by__isnull', False), models.Q(('called_off_reason', ''), _negated=True)), _connector='OR'), name='assessments_bar_called_off_whole')],
                },
            ),
            migrations.CreateModel(
                name='CommonControl',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('reason', models.TextField(verbose_name='reason')),
                    ('exhibits', models.JSONField(default=list)),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('found_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('found_at', models.DateTimeField()),
                    ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('confirmed_at', models.DateTimeField(null=True)),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('one', models.F('other')), _negated=True), name='assessments_commoncontrol_two'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('exhibits', []), _negated=True)), name='assessments_commoncontrol_shown'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__gte', models.F('found_at')), ('confirmed_by__isnull', False)), _connector='OR'), name='assessments_commoncontrol_confirmed_whole'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('found_by')), _negated=True), _connector='OR'), name='assessments_commoncontrol_confirmed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__gte', models.F('found_at')), ('withdrawn_by__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='assessments_commoncontrol_withdrawn_whole')],
                },
            ),
            migrations.CreateModel(
                name='Reply',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='assessments.entry')),
                    ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('text', models.CharField(max_length=1000, verbose_name='public reply')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('replaced_at', models.DateTimeField(null=True)),
                    ('withheld_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withheld_at', models.DateTimeField(null=True)),
                    ('withheld_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['entry_id', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('entry',), name='assessments_reply_one_stands'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='assessments_reply_says_something'), models.CheckConstraint(condition=models.Q(('replaced_at', None), ('replaced_at__gte', models.F('at')), _connector='OR'), name='assessments_reply_replaced_later'), models.CheckConstraint(condition=models.Q(models.Q(('withheld_at', None), ('withheld_by', None), ('withheld_reason', '')), models.Q(('withheld_at__gte', models.F('at')), ('withheld_at__isnull', False), models.Q(('withheld_reason', ''), _negated=True)), _connector='OR'), name='assessments_reply_withheld_whole')],
                },
            ),
            migrations.CreateModel(
                name='KeptLosses',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('replay', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='kept_losses', to='assessments.replay')),
                    ('found', models.TextField()),
                    ('at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='SecondDraw',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('inputs', models.TextField()),
                    ('inputs_digest', models.CharField(max_length=64)),
                    ('commitment', models.CharField(max_length=64)),
                    ('secret', models.CharField(max_length=64)),
                    ('committed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('committed_at', models.DateTimeField()),
                    ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('drawn_at', models.DateTimeField(null=True, verbose_name='drawn')),
                    ('document', models.TextField(blank=True)),
                    ('document_digest', models.CharField(blank=True, max_length=64)),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='second_draws', to='assessments.round')),
                ],
                options={
                    'ordering': ['round_id', 'id'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('round',), name='assessments_seconddraw_once'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_digest', ''), ('drawn_at', None)), models.Q(('drawn_at__gte', models.F('committed_at')), models.Q(('document', ''), _negated=True), models.Q(('document_digest', ''), _negated=True)), _connector='OR'), name='assessments_seconddraw_whole')],
                },
            ),
            migrations.CreateModel(
                name='CrewDraw',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('inputs', models.TextField()),
                    ('inputs_digest', models.CharField(max_length=64)),
                    ('commitment', models.CharField(max_length=64)),
                    ('secret', models.CharField(max_length=64)),
                    ('committed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('committed_at', models.DateTimeField()),
                    ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('drawn_at', models.DateTimeField(null=True, verbose_name='drawn')),
                    ('document', models.TextField(blank=True)),
                    ('document_digest', models.CharField(blank=True, max_length=64)),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crew_draws', to='assessments.round')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crew_draws', to='assessments.entry')),
                    ('day', models.DateField()),
                    ('reason', models.CharField(max_length=300, verbose_name='reason')),
                    ('team_day', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='crew', to='assessments.teamday')),
                ],
                options={
                    'ordering': ['round_id', 'id'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('entry', 'day'), name='assessments_crewdraw_once'), models.CheckConstraint(condition=models.Q(models.Q(('drawn_at', None), ('team_day', None)), models.Q(('drawn_at__isnull', False), ('team_day__isnull', False)), _connector='OR'), name='assessments_crewdraw_goes'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_digest', ''), ('drawn_at', None)), models.Q(('drawn_at__gte', models.F('committed_at')), models.Q(('document', ''), _negated=True), models.Q(('document_digest', ''), _negated=True)), _connector='OR'), name='assessments_crewdraw_whole')],
                },
            ),
        ]),
        # What was asked for is never altered, nothing finished changes.
        FrozenWhen("assessments_replay", "OLD.completed_at IS NOT NULL OR OLD.failed_at IS NOT NULL"),
        Refuse(
            "assessments_replay", "request_is_final", "UPDATE", "what a replay was asked for never changes",
            "OLD.area_id <> NEW.area_id OR OLD.scheme_id <> NEW.scheme_id"
            " OR OLD.file_name <> NEW.file_name OR OLD.input_digest <> NEW.input_digest"
            " OR OLD.mapping_name <> NEW.mapping_name OR OLD.mapping_text <> NEW.mapping_text"
            " OR OLD.mapping_digest <> NEW.mapping_digest OR OLD.purpose <> NEW.purpose"
            " OR OLD.scheme_text <> NEW.scheme_text"
            " OR COALESCE(OLD.round_id, 0) <> COALESCE(NEW.round_id, 0)"
            " OR COALESCE(OLD.what_if_id, 0) <> COALESCE(NEW.what_if_id, 0)",
        ),
        Refuse("assessments_result", "no_update", "UPDATE", "results are never changed"),
        Refuse(
            "assessments_result", "no_delete", "DELETE", "results of a completed replay are never deleted",
            "EXISTS (SELECT 1 FROM assessments_replay WHERE id = OLD.replay_id"
            " AND completed_at IS NOT NULL)",
        ),
        Refuse(
            "assessments_result", "no_late_insert", "INSERT", "a finished replay takes no more results",
            "EXISTS (SELECT 1 FROM assessments_replay WHERE id = NEW.replay_id"
            " AND (completed_at IS NOT NULL OR failed_at IS NOT NULL))",
        ),
        # What was frozen, drawn, signed or locked in a round never changes.
        Refuse("assessments_engagement", "stays", "DELETE", "engagements are never deleted: end them"),
        FrozenWhen(
            "assessments_round", "OLD.frozen_at IS NOT NULL",
            ("area_id", "code", "scheme_id", "first_day", "last_day", "frozen_at", "roster_digest"),
        ),
        AppendOnly("assessments_handover"),
        FrozenWhen(
            "assessments_draw", "OLD.drawn_at IS NOT NULL",
            ("round_id", "inputs", "inputs_digest", "committed_at", "revealed_at", "drawn_at", "document",
             "document_digest"),
        ),
        FrozenWhen("assessments_drawseed", "OLD.seed <> ''"),
        Refuse(
            "assessments_teammember", "stays", "DELETE", "members of a team are removed with a reason, not deleted",
        ),
        FrozenWhen(
            "assessments_visitrecord", "OLD.locked_at IS NOT NULL",
            ("round_id", "entry_id", "team_day_id", "purpose", "visit_id", "sheet", "revision", "started_at",
             "submitted_at", "submitted_by_id", "company_stance", "company_at", "reviewed_at", "reviewed_by_id",
             "locked_at"),
        ),
        Refuse(
            "assessments_visitrecord", "stays", "DELETE", "visit records are never deleted: void them, saying why",
        ),
        AppendOnly("assessments_return"),
        FrozenWhen("assessments_export", "OLD.completed_at IS NOT NULL OR OLD.failed_at IS NOT NULL"),
        FrozenWhen(
            "assessments_entry", "OLD.frozen_at IS NOT NULL",
            ('"round_id"', '"community_id"', '"number"', '"name"', '"place_id"', '"stratum_id"',
             '"engagement_id"', '"company_id"', '"company_name"', '"proposed_class"', '"borderline"',
             '"class_code"', '"class_reasons"', '"group"', '"frozen_at"', '"ranges"', '"class_inputs"'),
        ),
        AppendOnly("assessments_classvote"),
        Refuse("assessments_community", "stays", "DELETE", "communities are never deleted: remove them, saying why"),
        AppendOnly("assessments_sheetedit"),
        FrozenWhen("assessments_teamday", "OLD.opened_at IS NOT NULL"),
        AppendOnly("assessments_signature"),
        FrozenWhen("assessments_filing", "OLD.decided_at IS NOT NULL"),
        # What became known of an entry is only added to.
        AppendOnly("assessments_entryvalue"),
        AppendOnly("assessments_declaration"),
        Refuse(
            "assessments_entry", "decided_by", "UPDATE",
            "what a round is decided by never changes once its decision was asked for",
            "(OLD.attributes <> NEW.attributes OR OLD.not_assessed_reason <> NEW.not_assessed_reason)"
            " AND EXISTS (SELECT 1 FROM assessments_round WHERE id = OLD.round_id"
            " AND deciding_at IS NOT NULL)",
        ),
        # A decided round keeps when each of its steps was taken; who is on a team is replaced, never rewritten.
        Refuse(
            "assessments_round", "decided_stays", "UPDATE",
            "a decided round stays decided, by the steps that were taken",
            "OLD.decided_at IS NOT NULL"
            " AND (COALESCE(CAST(OLD.fieldwork_at AS text), '') <> COALESCE(CAST(NEW.fieldwork_at AS text), '')"
            " OR COALESCE(CAST(OLD.fieldwork_by_id AS text), '') <> COALESCE(CAST(NEW.fieldwork_by_id AS text), '')"
            " OR COALESCE(CAST(OLD.review_at AS text), '') <> COALESCE(CAST(NEW.review_at AS text), '')"
            " OR COALESCE(CAST(OLD.review_by_id AS text), '') <> COALESCE(CAST(NEW.review_by_id AS text), '')"
            " OR COALESCE(CAST(OLD.deciding_at AS text), '') <> COALESCE(CAST(NEW.deciding_at AS text), '')"
            " OR COALESCE(CAST(OLD.deciding_by_id AS text), '') <> COALESCE(CAST(NEW.deciding_by_id AS text), '')"
            " OR COALESCE(CAST(OLD.decided_at AS text), '') <> COALESCE(CAST(NEW.decided_at AS text), ''))",
        ),
        Refuse(
            "assessments_teammember", "person_stays", "UPDATE", "a member of a team is replaced, never rewritten",
            "OLD.person_id <> NEW.person_id OR OLD.team_day_id <> NEW.team_day_id OR OLD.part <> NEW.part",
        ),
        # Notes on how checks are judged stay.
        Refuse(
            "assessments_calibrationnote", "stays", "DELETE",
            "notes on how checks are judged are withdrawn, not deleted",
        ),
        # What a note on judging says never changes.
        FrozenWhen("assessments_calibrationnote", "1 = 1", ("id", "round_id", "check_code", "text", "by_id", "at")),
        Refuse(
            "assessments_calibrationnote", "withdrawn", "UPDATE", "a note that was withdrawn stays so",
            "OLD.withdrawn_at IS NOT NULL",
        ),
        # The findings of visit records as rows, for reports: a view that unnests the sheets (ADR 0006).
        View("assessments_finding", sqlite=SQLITE, postgresql=POSTGRESQL),
        # Published lists and their rows are never changed.
        AppendOnly("assessments_edition"),
        AppendOnly("assessments_listed"),
        # What a bar says and rests on never changes; a sign-off, a calling off, a confirmation are written once.
        FrozenWhen(
            "assessments_bar", "1 = 1",
            ("id", "area_id", "entry_id", "company_id", "company_name", "first_day", "last_day", "scope",
             "basis", "clause", "quote", "reason", "salt", "decided_by_id", "decided_at"),
        ),
        FrozenWhen(
            "assessments_commoncontrol", "1 = 1",
            ("id", "area_id", "one_id", "other_id", "reason", "exhibits", "salt", "found_by_id", "found_at"),
        ),
        Refuse(
            "assessments_bar", "signed_once", "UPDATE", "a bar is signed off once",
            "OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at"
            " OR NEW.opinion <> OLD.opinion)",
        ),
        Refuse(
            "assessments_bar", "off_once", "UPDATE", "a bar that was called off never changes",
            "OLD.called_off_at IS NOT NULL",
        ),
        Refuse(
            "assessments_commoncontrol", "once", "UPDATE", "a withdrawn finding never changes",
            "OLD.withdrawn_at IS NOT NULL",
        ),
        # What was corrected and delivered is never changed, and what was drawn for second visits stays drawn.
        AppendOnly("assessments_delivery"),
        AppendOnly("assessments_correction"),
        Refuse(
            "assessments_seconddraw", "drawn_stays", "UPDATE", "a lot that was drawn stays",
            "OLD.drawn_at IS NOT NULL",
        ),
        Refuse(
            "assessments_seconddraw", "inputs_stay", "UPDATE", "what was committed to stays",
            "OLD.inputs <> NEW.inputs OR OLD.commitment <> NEW.commitment OR OLD.secret <> NEW.secret",
        ),
        Refuse("assessments_seconddraw", "kept", "DELETE", "a lot that was committed to stays"),
        # No word of a public reply changes, and none goes away: it is replaced, or withheld for a reason, once.
        FrozenWhen("assessments_reply", "TRUE", ("entry_id", "company_id", "text", "by_id", "at")),
        Refuse(
            "assessments_reply", "replaced_once", "UPDATE", "a reply that was replaced or withheld stays so",
            "(OLD.replaced_at IS NOT NULL AND (NEW.replaced_at IS NULL"
            " OR NEW.replaced_at <> OLD.replaced_at))"
            " OR (OLD.withheld_at IS NOT NULL AND (NEW.withheld_at IS NULL"
            " OR NEW.withheld_at <> OLD.withheld_at))",
        ),
        # A vote of the panel on a veto is never changed, and never goes away.
        AppendOnly("assessments_filingvote"),
        # That a list was reopened for a veto established later is never changed, and never goes away.
        AppendOnly("assessments_reopening"),
        # What was drawn of a crew stays drawn, and what was committed to stays.
        Refuse(
            "assessments_crewdraw", "drawn_stays", "UPDATE", "a crew that was drawn stays",
            "OLD.drawn_at IS NOT NULL",
        ),
        Refuse(
            "assessments_crewdraw", "inputs_stay", "UPDATE", "what was committed to stays",
            "OLD.inputs <> NEW.inputs OR OLD.commitment <> NEW.commitment OR OLD.secret <> NEW.secret"
            " OR OLD.entry_id <> NEW.entry_id OR OLD.day <> NEW.day OR OLD.reason <> NEW.reason",
        ),
        Refuse("assessments_crewdraw", "kept", "DELETE", "a crew that was called together stays"),
    ]
