"""People, organisations, who holds which role and who acts for whom."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.search
import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('places', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('username', models.CharField(max_length=60, unique=True, verbose_name='username')),
                    ('display_name', models.CharField(max_length=100, verbose_name='name')),
                    ('token', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32, unique=True)),
                    ('preferred_language', models.CharField(default='zh-hans', max_length=16, verbose_name='language')),
                    ('is_demo', models.BooleanField(default=False)),
                    ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('registered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('registered_at', models.DateTimeField()),
                    ('left_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('left_at', models.DateTimeField(null=True)),
                    ('left_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('words', mingjing.kernel.db.search.SearchWords(also=('username',), default='', editable=False, name='display_name')),
                ],
                options={
                    'ordering': ['username'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('left_at', None), ('left_by', None), ('left_reason', '')), models.Q(('left_at__gte', models.F('registered_at')), ('left_at__isnull', False)), _connector='OR'), name='parties_person_left_whole')],
                },
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('credit_code', models.CharField(max_length=18, unique=True, verbose_name='unified social credit code')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('kind', models.CharField(choices=[('authority', 'Public authority'), ('institution', 'Public institution'), ('enterprise', 'Enterprise'), ('individual', 'Individual business'), ('cooperative', "Farmers' cooperative"), ('social', 'Social organisation'), ('collective', 'Village collective'), ('other', 'Other body')], max_length=20, verbose_name='kind')),
                    ('branch_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='parties.organisation')),
                    ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='places.area')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('recorded_at', models.DateTimeField()),
                    ('words', mingjing.kernel.db.search.SearchWords(also=(), default='', editable=False, name='name')),
                ],
                options={
                    'ordering': ['name', 'id'],
                    'constraints': [models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('credit_code'), 18), name='parties_organisation_code_whole'), models.CheckConstraint(condition=models.Q(('kind__in', ['authority', 'institution', 'enterprise', 'individual', 'cooperative', 'social', 'collective', 'other'])), name='parties_organisation_kind_known'), models.CheckConstraint(condition=models.Q(('branch_of', None), models.Q(('branch_of', models.F('id')), _negated=True), _connector='OR'), name='parties_organisation_not_own_branch')],
                },
            ),
            migrations.CreateModel(
                name='RoleGrant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(max_length=40, verbose_name='role')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to='places.area')),
                    ('first_day', models.DateField(verbose_name='from')),
                    ('last_day', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('act', models.CharField(max_length=200, verbose_name='appointing act')),
                    ('act_reference', models.CharField(max_length=100, verbose_name='reference of the act')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('granted_at', models.DateTimeField()),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('end_reason', models.CharField(blank=True, max_length=300)),
                ],
                options={
                    'ordering': ['-first_day', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='parties_rolegrant_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('act', ''), _negated=True), models.Q(('act_reference', ''), _negated=True)), name='parties_rolegrant_act_named'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('granted_at')), ('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='parties_rolegrant_end_whole')],
                },
            ),
            migrations.CreateModel(
                name='Mandate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates_held', to=settings.AUTH_USER_MODEL)),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='parties.organisation')),
                    ('capacity', models.CharField(choices=[('head', 'Head: acts in everything, and lets others act'), ('staff', 'Staff: acts in everything'), ('counsel', 'Counsel: acts in one case only')], max_length=10, verbose_name='capacity')),
                    ('matter', models.CharField(blank=True, max_length=160)),
                    ('first_day', models.DateField(verbose_name='from')),
                    ('last_day', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('act', models.CharField(max_length=200, verbose_name='act of appointment')),
                    ('act_reference', models.CharField(max_length=100, verbose_name='reference of the act')),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('given_at', models.DateTimeField()),
                    ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('end_reason', models.CharField(blank=True, max_length=300)),
                ],
                options={
                    'ordering': ['-first_day', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('capacity__in', ['head', 'staff', 'counsel'])), name='parties_mandate_capacity_known'), models.CheckConstraint(condition=models.Q(('capacity', 'counsel'), ('matter', ''), _connector='XOR'), name='parties_mandate_counsel_has_matter'), models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='parties_mandate_days_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('act', ''), _negated=True), models.Q(('act_reference', ''), _negated=True)), name='parties_mandate_act_named'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at', None), ('ended_by', None)), models.Q(('ended_at__gte', models.F('given_at')), ('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='parties_mandate_end_whole')],
                },
            ),
        ]),
        # Who held what, where and when never changes, and an end is final. The words of the act are not among it:
        # they may name people, so they can be erased; the ledger has their salted digest.
        FrozenWhen(
            "parties_rolegrant", "TRUE",
            ("person_id", "role", "area_id", "first_day", "last_day", "granted_by_id", "granted_at"),
        ),
        Refuse(
            "parties_rolegrant", "ended_once", "UPDATE", "a role that has ended stays ended",
            "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)",
        ),
        # Who acted for whom, in what and when never changes, and an end is final.
        FrozenWhen(
            "parties_mandate", "TRUE",
            ("person_id", "organisation_id", "capacity", "matter", "first_day", "last_day", "given_by_id",
             "given_at"),
        ),
        Refuse(
            "parties_mandate", "ended_once", "UPDATE", "a mandate that has ended stays ended",
            "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)",
        ),
    ]
