"""Cases and their steps."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
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
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('register', models.CharField(max_length=20)),
                    ('serial', models.PositiveIntegerField()),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('programme', models.CharField(max_length=40)),
                    ('kind', models.CharField(max_length=40)),
                    ('subject', models.CharField(max_length=160)),
                    ('title', models.CharField(max_length=300, verbose_name='what')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='places.site')),
                    ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='parties.organisation')),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL)),
                    ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField(verbose_name='due')),
                    ('extended', models.BooleanField(default=False)),
                    ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('outcome', models.CharField(blank=True, max_length=20)),
                    ('reopened', models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    'ordering': ['due_at', 'id'],
                    'indexes': [models.Index(fields=['subject'], name='cases_case_subject'), models.Index(condition=models.Q(('closed_at', None)), fields=['due_at', 'id'], name='cases_case_due')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('outcome', '')), models.Q(('closed_at__gte', models.F('opened_at')), ('closed_at__isnull', False), ('outcome__in', ['confirmed', 'cancelled'])), _connector='OR'), name='cases_case_closed_whole'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'confirmed'), _negated=True), ('claimed_by', None), models.Q(('closed_by', models.F('claimed_by')), _negated=True), _connector='OR'), name='cases_case_confirmed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'confirmed'), _negated=True), ('owner', None), models.Q(('closed_by', models.F('owner')), _negated=True), _connector='OR'), name='cases_case_not_confirmed_by_owner'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'confirmed'), _negated=True), models.Q(('claimed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='cases_case_confirmed_after_claim'), models.UniqueConstraint(fields=('register', 'serial'), name='cases_case_number')],
                },
            ),
            migrations.CreateModel(
                name='Step',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.case')),
                    ('number', models.PositiveIntegerField()),
                    ('kind', models.CharField(choices=[('opened', 'Opened'), ('assigned', 'Given to somebody'), ('noted', 'Noted'), ('extended', 'Deadline extended'), ('claimed', 'Reported as done'), ('returned', 'Not done: sent back'), ('confirmed', 'Confirmed as done'), ('cancelled', 'Cancelled'), ('reopened', 'Opened again')], max_length=12)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('note', models.TextField(blank=True)),
                    ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('exhibits', models.JSONField(default=list)),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                ],
                options={
                    'ordering': ['case_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='cases_step_in_turn')],
                },
            ),
        ]),
        # Cases are never deleted, and their steps never change.
        Refuse("cases_case", "stays", "DELETE", "cases are never deleted: cancel them, saying why"),
        AppendOnly("cases_step"),
        # A case keeps its number; whoever claimed it can never confirm it.
        Refuse(
            "cases_case", "keeps_number", "UPDATE", "a case keeps its number and what it is about",
            "OLD.register <> NEW.register OR OLD.serial <> NEW.serial OR OLD.subject <> NEW.subject",
        ),
        Refuse(
            "cases_step", "confirmed_by_another", "INSERT", "whoever reported a case as done does not confirm it",
            "NEW.kind = 'confirmed' AND EXISTS (SELECT 1 FROM cases_step AS earlier"
            " WHERE earlier.case_id = NEW.case_id AND earlier.kind = 'claimed'"
            " AND earlier.by_id = NEW.by_id)",
        ),
    ]
