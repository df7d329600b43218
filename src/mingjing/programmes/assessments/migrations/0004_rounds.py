"""The register, rounds, draws, visit records and what is made of them; replays of rounds beside those of files.

SQLite rebuilds the tables of replays and results for it, so their guards are lifted first and repeated at the end, the
new columns among what never changes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingjing.kernel.db.guards import FrozenWhen, Lift, Refuse

ASKED = ("area_id", "scheme_id", "file_name", "input_digest", "mapping_name", "mapping_text", "mapping_digest")
ADDED = ("purpose", "scheme_text")
ADDED_REFERENCES = ("round_id", "what_if_id")
COMPLETED = "EXISTS (SELECT 1 FROM assessments_replay WHERE id = OLD.replay_id AND completed_at IS NOT NULL)"
FINISHED = (
    "EXISTS (SELECT 1 FROM assessments_replay WHERE id = NEW.replay_id"
    " AND (completed_at IS NOT NULL OR failed_at IS NOT NULL))"
)


def request_is_final(columns, references=()):
    changed = [f"OLD.{column} <> NEW.{column}" for column in columns]
    changed += [f"COALESCE(OLD.{column}, 0) <> COALESCE(NEW.{column}, 0)" for column in references]
    message = "what a replay was asked for never changes"
    return Refuse("assessments_replay", "request_is_final", "UPDATE", message, " OR ".join(changed))


FROZEN = FrozenWhen("assessments_replay", "OLD.completed_at IS NOT NULL OR OLD.failed_at IS NOT NULL")
RESULTS = (
    Refuse("assessments_result", "no_update", "UPDATE", "results are never changed"),
    Refuse("assessments_result", "no_delete", "DELETE", "results of a completed replay are never deleted", COMPLETED),
    Refuse("assessments_result", "no_late_insert", "INSERT", "a finished replay takes no more results", FINISHED),
)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0003_results_have_names'),
        ('parties', '0003_departures_have_reasons'),
        ('places', '0001_initial'),
        ('rulebooks', '0003_withdrawn_is_final'),
        ('visits', '0002_visits_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(Lift(guard) for guard in (FROZEN, request_is_final(ASKED), *RESULTS)),
        migrations.AddField(
            model_name='replay',
            name='purpose',
            field=models.CharField(choices=[('file', 'A file replayed'), ('decision', 'A round decided'), ('what_if', 'What if another scheme had judged')], default='file', max_length=8),
        ),
        migrations.AddField(
            model_name='replay',
            name='scheme_text',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='replay',
            name='file_name',
            field=models.CharField(blank=True, max_length=200, verbose_name='file'),
        ),
        migrations.AlterField(
            model_name='replay',
            name='mapping_digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='replay',
            name='mapping_name',
            field=models.CharField(blank=True, max_length=100, verbose_name='mapping'),
        ),
        migrations.AlterField(
            model_name='replay',
            name='mapping_text',
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='number')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('words', models.TextField(default='', editable=False)),
                ('management', models.CharField(choices=[('company', 'Property company'), ('self', 'Managed by its owners'), ('none', 'Nobody yet')], default='company', max_length=10)),
                ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('completed_year', models.PositiveSmallIntegerField(null=True, verbose_name='year completed')),
                ('fee_low', models.DecimalField(decimal_places=4, max_digits=8, null=True, verbose_name='lowest fee')),
                ('fee_high', models.DecimalField(decimal_places=4, max_digits=8, null=True, verbose_name='highest fee')),
                ('buildings', models.PositiveIntegerField(null=True, verbose_name='buildings')),
                ('households', models.PositiveIntegerField(null=True, verbose_name='households')),
                ('floor_area', models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='floor area')),
                ('attributes', models.JSONField(default=dict)),
                ('recorded_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communities', to='parties.organisation')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='community', to='places.site')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inputs', models.TextField()),
                ('inputs_digest', models.CharField(max_length=64)),
                ('committed_at', models.DateTimeField()),
                ('revealed_at', models.DateTimeField(null=True)),
                ('drawn_at', models.DateTimeField(null=True)),
                ('document', models.TextField(blank=True)),
                ('document_digest', models.CharField(blank=True, max_length=64)),
                ('problems', models.JSONField(default=list)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('committed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revealed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['round_id', '-id'],
            },
        ),
        migrations.CreateModel(
            name='DrawSeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, max_length=100, verbose_name='on behalf of')),
                ('commitment', models.CharField(max_length=64)),
                ('committed_at', models.DateTimeField()),
                ('secret', models.CharField(blank=True, max_length=64)),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('revealed_at', models.DateTimeField(null=True)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seeds', to='assessments.draw')),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['draw_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_name', models.CharField(max_length=200)),
                ('first_day', models.DateField(null=True, verbose_name='from')),
                ('last_day', models.DateField(null=True, verbose_name='until')),
                ('recorded_at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='assessments.community')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to='parties.organisation')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['community_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=40, verbose_name='number')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('words', models.TextField(default='', editable=False)),
                ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('attributes', models.JSONField(default=dict)),
                ('proposed_class', models.CharField(blank=True, max_length=40)),
                ('borderline', models.BooleanField(default=False)),
                ('class_code', models.CharField(blank=True, max_length=40, verbose_name='class')),
                ('class_reasons', models.JSONField(default=list)),
                ('group', models.CharField(blank=True, max_length=40)),
                ('frozen_at', models.DateTimeField(null=True)),
                ('not_assessed_at', models.DateTimeField(null=True)),
                ('not_assessed_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='assessments.community')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('engagement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.engagement')),
                ('not_assessed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('stratum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'ordering': ['round_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='ClassVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('class_code', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='assessments.entry')),
            ],
            options={
                'ordering': ['entry_id', 'id'],
            },
        ),
        migrations.AddField(
            model_name='result',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='assessments.entry'),
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=20, verbose_name='key')),
                ('home', models.CharField(blank=True, max_length=200, verbose_name='employer')),
                ('days', models.JSONField(default=list)),
                ('listed_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('listed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['round_id', 'key'],
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('declared_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.community')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('declared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='assessments.expert')),
            ],
            options={
                'ordering': ['expert_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bonus', 'Bonus'), ('veto', 'Veto')], max_length=8)),
                ('code', models.CharField(max_length=60)),
                ('document', models.CharField(blank=True, max_length=300, verbose_name='document')),
                ('occurred_on', models.DateField(null=True, verbose_name='day of the incident')),
                ('filed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('decision_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='assessments.entry')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['entry_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('input_digest', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('read_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('approved_at', models.DateTimeField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('discarded_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('discarded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RosterLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('added', 'New'), ('changed', 'Changed'), ('same', 'Unchanged')], max_length=8)),
                ('values', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('warnings', models.JSONField(default=list)),
                ('community', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.community')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='assessments.roster')),
            ],
            options={
                'ordering': ['roster_id', 'row'],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('plan', models.JSONField(default=dict)),
                ('opened_at', models.DateTimeField()),
                ('frozen_at', models.DateTimeField(null=True)),
                ('roster_digest', models.CharField(blank=True, max_length=64)),
                ('fieldwork_at', models.DateTimeField(null=True)),
                ('review_at', models.DateTimeField(null=True)),
                ('deciding_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('deciding_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fieldwork_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('frozen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'ordering': ['-first_day', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('from_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='assessments.round')),
            ],
            options={
                'ordering': ['round_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('workbook', 'Workbook for the office'), ('decisions', 'All decision files')], max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('completed_at', models.DateTimeField(null=True)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('failed_at', models.DateTimeField(null=True)),
                ('problems', models.JSONField(default=list)),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.replay')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='assessments.round')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='expert',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='assessments.round'),
        ),
        migrations.AddField(
            model_name='entry',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='assessments.round'),
        ),
        migrations.AddField(
            model_name='draw',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='assessments.round'),
        ),
        migrations.AddField(
            model_name='replay',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='assessments.round'),
        ),
        migrations.CreateModel(
            name='TeamDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('team', models.PositiveSmallIntegerField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='team_days', to='assessments.draw')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['draw_id', 'day', 'team'],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('staff', 'Staff of the centre'), ('expert', 'Supervisor')], max_length=8)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('removal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team_day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='assessments.teamday')),
            ],
            options={
                'ordering': ['team_day_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='TeamStaff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.PositiveSmallIntegerField()),
                ('assigned_at', models.DateTimeField()),
                ('assigned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='assessments.round')),
            ],
            options={
                'ordering': ['round_id', 'team', 'id'],
            },
        ),
        migrations.CreateModel(
            name='VisitRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('first', 'Assessment'), ('second', 'Second visit by another team')], default='first', max_length=8)),
                ('sheet', models.TextField(default='{}')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('company_stance', models.CharField(blank=True, max_length=10)),
                ('company_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('locked_at', models.DateTimeField(null=True)),
                ('voided_at', models.DateTimeField(null=True)),
                ('void_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.entry')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.round')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team_day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='assessments.teamday')),
                ('visit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visit')),
                ('voided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['team_day_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('member', 'Member of the team'), ('manager', 'Manager of the community'), ('witness', 'Witness of a refusal')], max_length=8)),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('stance', models.CharField(choices=[('signed', 'Signed'), ('commented', 'Signed with comments'), ('refused', 'Refused to sign')], max_length=10)),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('sheet_digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='assessments.visitrecord')),
            ],
            options={
                'ordering': ['record_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SheetEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=30)),
                ('payload', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='assessments.visitrecord')),
            ],
            options={
                'ordering': ['record_id', 'revision'],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='assessments.visitrecord')),
            ],
            options={
                'ordering': ['record_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='WhatIf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme_text', models.TextField()),
                ('scheme_digest', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rounds', models.ManyToManyField(related_name='+', to='assessments.round')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='replay',
            name='what_if',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='assessments.whatif'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'file'), ('round', None), ('what_if', None), models.Q(('mapping_digest', ''), _negated=True)), models.Q(('mapping_digest', ''), ('purpose', 'decision'), ('round__isnull', False), ('scheme_text', ''), ('what_if', None)), models.Q(('mapping_digest', ''), ('purpose', 'what_if'), ('round__isnull', False), ('what_if__isnull', False)), _connector='OR'), name='assessments_replay_of_one_kind'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.UniqueConstraint(condition=models.Q(('failed_at', None), ('purpose', 'decision')), fields=('round',), name='assessments_replay_one_decision'),
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.UniqueConstraint(fields=('area', 'number'), name='assessments_community_number_once'),
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee_high', None), ('fee_low', None)), models.Q(('fee_high__gte', models.F('fee_low')), ('fee_high__isnull', False), ('fee_low__gte', 0), ('fee_low__isnull', False)), _connector='OR'), name='assessments_community_fees_in_order'),
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removal_reason', ''), ('removed_at', None), ('removed_by', None)), models.Q(('removed_at__gte', models.F('recorded_at')), ('removed_at__isnull', False), models.Q(('removal_reason', ''), _negated=True)), _connector='OR'), name='assessments_community_removed_whole'),
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.CheckConstraint(condition=models.Q(('management__in', ['company', 'self', 'none'])), name='assessments_community_management_known'),
        ),
        migrations.AddConstraint(
            model_name='drawseed',
            constraint=models.UniqueConstraint(fields=('draw', 'commitment'), name='assessments_drawseed_once'),
        ),
        migrations.AddConstraint(
            model_name='drawseed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revealed_at', None), ('seed', '')), models.Q(models.Q(('seed', ''), _negated=True), ('revealed_at__isnull', False)), _connector='OR'), name='assessments_drawseed_revealed_whole'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.UniqueConstraint(condition=models.Q(('last_day', None)), fields=('community',), name='assessments_engagement_one_open'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(('last_day', None), ('first_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='assessments_engagement_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('community__isnull', False), ('company', None)), models.Q(('community', None), ('company__isnull', False)), _connector='OR'), name='assessments_conflict_one_of_two'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['bonus', 'veto'])), name='assessments_filing_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved', None), ('decided_at', None), ('decided_by', None), ('decision_reason', '')), models.Q(('approved__isnull', False), ('decided_at__gte', models.F('filed_at')), ('decided_at__isnull', False)), _connector='OR'), name='assessments_filing_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('filed_by', None), models.Q(('decided_by', models.F('filed_by')), _negated=True), _connector='OR'), name='assessments_filing_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='roster',
            constraint=models.CheckConstraint(condition=models.Q(('applied_at', None), models.Q(('applied_at__isnull', False), ('approved_at__isnull', False), ('failed_at', None)), _connector='OR'), name='assessments_roster_applied_whole'),
        ),
        migrations.AddConstraint(
            model_name='roster',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at', None), models.Q(('approved_at__isnull', False), ('discarded_at', None), ('read_at__isnull', False)), _connector='OR'), name='assessments_roster_approved_whole'),
        ),
        migrations.AddIndex(
            model_name='rosterline',
            index=models.Index(fields=['roster', 'kind', 'row'], name='assessments_rosterline_kind'),
        ),
        migrations.AddConstraint(
            model_name='rosterline',
            constraint=models.UniqueConstraint(fields=('roster', 'number'), name='assessments_rosterline_number_once'),
        ),
        migrations.AddConstraint(
            model_name='rosterline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['added', 'changed', 'same'])), name='assessments_rosterline_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(fields=('area', 'code'), name='assessments_round_code_once'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='assessments_round_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('frozen_at', None), ('roster_digest', '')), models.Q(('frozen_at__isnull', False), models.Q(('roster_digest', ''), _negated=True)), _connector='OR'), name='assessments_round_frozen_whole'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('fieldwork_at', None), ('frozen_at__isnull', False), _connector='OR'), name='assessments_round_frozen_first'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('review_at', None), ('fieldwork_at__isnull', False), _connector='OR'), name='assessments_round_fieldwork_first'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('deciding_at', None), ('review_at__isnull', False), _connector='OR'), name='assessments_round_review_first'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at', None), ('deciding_at__isnull', False), _connector='OR'), name='assessments_round_asked_first'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('sha256', '')), models.Q(('completed_at__isnull', False), ('failed_at', None), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='assessments_export_completed_whole'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['workbook', 'decisions'])), name='assessments_export_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.UniqueConstraint(fields=('round', 'person'), name='assessments_expert_person_once'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.UniqueConstraint(fields=('round', 'key'), name='assessments_expert_key_once'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['round', 'class_code', 'number'], name='assessments_entry_class'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['round', 'stratum'], name='assessments_entry_stratum'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('round', 'community'), name='assessments_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='assessments_entry_number_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_at', None), models.Q(('frozen_at__isnull', False), models.Q(('class_code', ''), _negated=True)), _connector='OR'), name='assessments_entry_frozen_with_class'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('not_assessed_at', None), ('not_assessed_by', None), ('not_assessed_reason', '')), models.Q(('not_assessed_at__isnull', False), models.Q(('not_assessed_reason', ''), _negated=True)), _connector='OR'), name='assessments_entry_not_assessed_whole'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('round',), name='assessments_draw_one_standing'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_digest', ''), ('drawn_at', None)), models.Q(('drawn_at__isnull', False), ('revealed_at__isnull', False), models.Q(('document', ''), _negated=True), models.Q(('document_digest', ''), _negated=True)), _connector='OR'), name='assessments_draw_drawn_whole'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__gte', models.F('committed_at')), ('cancelled_at__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='assessments_draw_cancelled_whole'),
        ),
        migrations.AddConstraint(
            model_name='teamday',
            constraint=models.UniqueConstraint(fields=('draw', 'day', 'team'), name='assessments_teamday_once'),
        ),
        migrations.AddConstraint(
            model_name='teamday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opened_at', None), ('opened_by', None)), ('opened_at__isnull', False), _connector='OR'), name='assessments_teamday_opened_whole'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('team_day', 'person'), name='assessments_teammember_once'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['staff', 'expert'])), name='assessments_teammember_part_known'),
        ),
        migrations.AddConstraint(
            model_name='teamstaff',
            constraint=models.UniqueConstraint(fields=('round', 'person'), name='assessments_teamstaff_once'),
        ),
        migrations.AddIndex(
            model_name='visitrecord',
            index=models.Index(fields=['round', 'team_day'], name='assessments_record_team_day'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('purpose', 'first'), ('voided_at', None)), fields=('entry',), name='assessments_record_first_once'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['first', 'second'])), name='assessments_record_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('started_at', None), ('visit', None)), models.Q(('started_at__isnull', False), ('visit__isnull', False)), _connector='OR'), name='assessments_record_started_whole'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_at', None), models.Q(('started_at__isnull', False), ('submitted_at__gte', models.F('started_at')), ('submitted_at__isnull', False)), _connector='OR'), name='assessments_record_started_first'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('company_at', None), ('company_stance', '')), models.Q(models.Q(('company_stance', ''), _negated=True), ('company_at__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='assessments_record_stance_whole'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_at', None), ('company_at__isnull', False), _connector='OR'), name='assessments_record_company_first'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by', None), ('submitted_by', None), models.Q(('reviewed_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='assessments_record_reviewed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(('locked_at', None), ('reviewed_at__isnull', False), _connector='OR'), name='assessments_record_reviewed_first'),
        ),
        migrations.AddConstraint(
            model_name='visitrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None), ('voided_by', None)), models.Q(('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='assessments_record_voided_whole'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('part', 'manager'), ('person', None), models.Q(('name', ''), _negated=True)), models.Q(models.Q(('part', 'manager'), _negated=True), ('person__isnull', False)), _connector='OR'), name='assessments_signature_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='sheetedit',
            constraint=models.UniqueConstraint(fields=('record', 'revision'), name='assessments_sheetedit_once'),
        ),
        *(FROZEN, request_is_final((*ASKED, *ADDED), ADDED_REFERENCES), *RESULTS),
    ]
