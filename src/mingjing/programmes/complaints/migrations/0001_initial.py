"""Complaints, what was decided about them, and their editions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.search
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('places', '0001_initial'),
        ('rulebooks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Intake',
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
                    ('mapping_name', models.CharField(max_length=60, verbose_name='mapping')),
                    ('mapping_text', models.TextField()),
                    ('original_digest', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['-id'],
                    'abstract': False,
                    'constraints': [models.CheckConstraint(condition=models.Q(('applied_at', None), models.Q(('applied_at__isnull', False), ('approved_at__isnull', False), ('failed_at', None)), _connector='OR'), name='complaints_intake_applied_whole'), models.CheckConstraint(condition=models.Q(('approved_at', None), models.Q(('approved_at__isnull', False), ('discarded_at', None), ('read_at__isnull', False)), _connector='OR'), name='complaints_intake_approved_whole')],
                },
            ),
            migrations.CreateModel(
                name='IntakeLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('intake', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='complaints.intake')),
                    ('row', models.PositiveIntegerField()),
                    ('number', models.CharField(max_length=60)),
                    ('kind', models.CharField(choices=[('added', 'New'), ('changed', 'Changed'), ('same', 'Unchanged')], max_length=8)),
                    ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
                    ('values', models.JSONField(default=dict)),
                    ('before', models.JSONField(default=dict)),
                ],
                options={
                    'ordering': ['intake_id', 'row'],
                    'indexes': [models.Index(fields=['intake', 'kind', 'row'], name='complaints_intakeline_kind')],
                    'constraints': [models.UniqueConstraint(fields=('intake', 'number'), name='complaints_intakeline_number_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['added', 'changed', 'same'])), name='complaints_intakeline_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Complaint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('number', models.CharField(max_length=60, verbose_name='number')),
                    ('opened_on', models.DateField(verbose_name='opened')),
                    ('closed_on', models.DateField(null=True, verbose_name='closed')),
                    ('community_text', models.CharField(blank=True, max_length=200)),
                    ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='places.site')),
                    ('category', models.CharField(blank=True, max_length=100, verbose_name='category')),
                    ('place', models.CharField(blank=True, max_length=200)),
                    ('text', models.TextField(blank=True)),
                    ('channel', models.CharField(blank=True, max_length=60)),
                    ('caller', models.CharField(blank=True, max_length=22)),
                    ('said_valid', models.CharField(blank=True, max_length=8)),
                    ('said_duty', models.CharField(blank=True, max_length=20)),
                    ('said_repeat', models.BooleanField(default=False)),
                    ('validity', models.CharField(blank=True, choices=[('', 'Still undecided'), ('valid', 'Valid'), ('invalid', 'Invalid')], max_length=8)),
                    ('duty', models.CharField(blank=True, max_length=20)),
                    ('apart', models.BooleanField(default=False)),
                    ('intake', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.intake')),
                    ('digest', models.CharField(max_length=64)),
                    ('recorded_at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('words', mingjing.kernel.db.search.SearchWords(also=('category', 'number'), default='', editable=False, name='community_text')),
                ],
                options={
                    'ordering': ['-opened_on', '-id'],
                    'indexes': [models.Index(fields=['area', 'opened_on', 'id'], name='complaints_complaint_by_day'), models.Index(fields=['site', 'caller', 'category', 'opened_on'], name='complaints_complaint_issue')],
                    'constraints': [models.UniqueConstraint(fields=('area', 'number'), name='complaints_complaint_number_once'), models.CheckConstraint(condition=models.Q(('validity__in', ['', 'valid', 'invalid'])), name='complaints_complaint_validity_known'), models.CheckConstraint(condition=models.Q(('duty', ''), ('validity', 'valid'), _connector='OR'), name='complaints_complaint_duty_of_valid_only')],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='complaints.complaint')),
                    ('number', models.PositiveIntegerField()),
                    ('matter', models.CharField(choices=[('validity', 'Validity'), ('duty', 'Whose duty'), ('repeat', 'Repeat or not')], max_length=8)),
                    ('verdict', models.CharField(max_length=20)),
                    ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['complaint_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('complaint', 'number'), name='complaints_decision_number_once'), models.CheckConstraint(condition=models.Q(('matter__in', ['validity', 'duty', 'repeat'])), name='complaints_decision_matter_known'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('verdict', ''), _negated=True)), name='complaints_decision_reasoned')],
                },
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('first_day', models.DateField(verbose_name='first day')),
                    ('last_day', models.DateField(verbose_name='last day')),
                    ('number', models.PositiveIntegerField(default=1)),
                    ('rules', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                    ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='complaints.edition')),
                    ('correction_reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                    ('before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.edition')),
                    ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField()),
                    ('ranked_at', models.DateTimeField(null=True)),
                    ('totals', models.JSONField(default=dict)),
                    ('checking_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('checking_at', models.DateTimeField(null=True)),
                    ('check_until', models.DateTimeField(null=True)),
                    ('check_calendar', models.CharField(blank=True, max_length=64)),
                    ('checked', models.JSONField(default=dict)),
                    ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('digest', models.CharField(blank=True, max_length=64)),
                    ('discarded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('discarded_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-first_day', '-number', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='complaints_edition_days_in_order'), models.UniqueConstraint(fields=('area', 'first_day', 'last_day', 'number'), name='complaints_edition_number_once'), models.UniqueConstraint(condition=models.Q(('discarded_at', None), ('published_at', None)), fields=('area', 'first_day', 'last_day'), name='complaints_edition_one_in_work'), models.CheckConstraint(condition=models.Q(models.Q(('check_until', None), ('checking_at', None)), models.Q(('check_until__isnull', False), ('checking_at__isnull', False), ('ranked_at__isnull', False)), _connector='OR'), name='complaints_edition_checked_whole'), models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('published_at', None)), models.Q(('checking_at__isnull', False), ('discarded_at', None), ('published_at__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='complaints_edition_published_whole'), models.CheckConstraint(condition=models.Q(models.Q(('correction_reason', ''), ('corrects', None)), models.Q(('corrects__isnull', False), models.Q(('correction_reason', ''), _negated=True)), _connector='OR'), name='complaints_edition_correction_reasoned')],
                },
            ),
            migrations.CreateModel(
                name='EditionRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='complaints.edition')),
                    ('position', models.PositiveIntegerField()),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.site')),
                    ('name', models.CharField(max_length=200)),
                    ('company', models.CharField(blank=True, max_length=200)),
                    ('households', models.PositiveIntegerField(null=True)),
                    ('raw', models.PositiveIntegerField()),
                    ('valid', models.PositiveIntegerField()),
                    ('counted', models.PositiveIntegerField()),
                    ('rate', models.PositiveBigIntegerField(null=True)),
                    ('rank', models.PositiveIntegerField(null=True)),
                    ('suppressed', models.JSONField(default=list)),
                    ('top', models.BooleanField(default=False)),
                    ('median_days2', models.PositiveIntegerField(null=True)),
                    ('p90_days', models.PositiveIntegerField(null=True)),
                    ('still_open', models.PositiveIntegerField()),
                    ('categories', models.JSONField(default=list)),
                    ('cases', models.JSONField(default=dict)),
                    ('rank_before', models.PositiveIntegerField(null=True)),
                    ('rate_before', models.PositiveBigIntegerField(null=True)),
                ],
                options={
                    'ordering': ['edition_id', 'position'],
                    'constraints': [models.UniqueConstraint(fields=('edition', 'site'), name='complaints_editionrow_site_once'), models.UniqueConstraint(fields=('edition', 'position'), name='complaints_editionrow_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('rank', None), ('rate', None)), models.Q(('rank__isnull', False), ('rate__isnull', False)), _connector='OR'), name='complaints_editionrow_ranked_whole'), models.CheckConstraint(condition=models.Q(('counted__lte', models.F('valid')), ('valid__lte', models.F('raw'))), name='complaints_editionrow_counts')],
                },
            ),
            migrations.CreateModel(
                name='Objection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='complaints.edition')),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='complaints.complaint')),
                    ('claims', models.CharField(max_length=20)),
                    ('statement', models.CharField(max_length=1000, verbose_name='what the company says')),
                    ('document', models.CharField(blank=True, max_length=200, verbose_name='its letter')),
                    ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('filed_at', models.DateTimeField()),
                    ('ruling', models.CharField(blank=True, choices=[('upheld', 'Upheld'), ('rejected', 'Not upheld')], max_length=8)),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('edition', 'complaint'), name='complaints_objection_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('reason', ''), ('ruling', '')), models.Q(('decided_at__isnull', False), models.Q(('ruling', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='complaints_objection_decided_whole'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('filed_by')), _negated=True), _connector='OR'), name='complaints_objection_two_people')],
                },
            ),
        ]),
        # Decisions are only added, what was published or decided never changes.
        Refuse(
            "complaints_complaint", "stays", "DELETE", "complaints are never deleted: decide that they are invalid",
        ),
        AppendOnly("complaints_decision"),
        FrozenWhen("complaints_objection", "OLD.decided_at IS NOT NULL"),
        FrozenWhen("complaints_edition", "OLD.published_at IS NOT NULL OR OLD.discarded_at IS NOT NULL"),
        Refuse("complaints_editionrow", "no_update", "UPDATE", "rows of an edition are replaced, never changed"),
        Refuse(
            "complaints_editionrow", "no_delete", "DELETE", "rows of a published edition are final",
            "EXISTS (SELECT 1 FROM complaints_edition WHERE id = OLD.edition_id"
            " AND published_at IS NOT NULL)",
        ),
        Refuse(
            "complaints_editionrow", "no_insert", "INSERT", "rows of a published edition are final",
            "EXISTS (SELECT 1 FROM complaints_edition WHERE id = NEW.edition_id"
            " AND published_at IS NOT NULL)",
        ),
        FrozenWhen(
            "complaints_intake",
            "OLD.applied_at IS NOT NULL OR OLD.discarded_at IS NOT NULL OR OLD.failed_at IS NOT NULL",
        ),
    ]
