"""Rulebooks and their versions, of which what was published or withdrawn is final."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from mingjing.kernel.db.guards import FrozenWhen
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Rulebook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=80)),
                    ('code', models.CharField(max_length=60, verbose_name='code')),
                    ('titles', models.JSONField(verbose_name='title')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['kind', 'code'],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'code'), name='rulebooks_rulebook_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='rulebooks_rulebook_named')],
                },
            ),
            migrations.CreateModel(
                name='Version',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rulebook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='rulebooks.rulebook')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                    ('document', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('note', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField()),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('changed_at', models.DateTimeField()),
                    ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('published_at', models.DateTimeField(null=True)),
                    ('effective_from', models.DateField(null=True, verbose_name='in force from')),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['rulebook_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('rulebook', 'number'), name='rulebooks_version_number_once'), models.UniqueConstraint(fields=('rulebook', 'effective_from'), name='rulebooks_version_one_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('effective_from', None), ('published_at', None), ('published_by', None)), models.Q(('effective_from__isnull', False), ('published_at__gte', models.F('changed_at')), ('published_at__isnull', False)), _connector='OR'), name='rulebooks_version_published_whole'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('published_at', None), ('withdrawn_at__gte', models.F('changed_at')), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='rulebooks_version_withdrawn_whole'), models.CheckConstraint(condition=models.Q(('changed_at__gte', models.F('created_at')), ('number__gte', 1), ('revision__gte', 1)), name='rulebooks_version_counts')],
                },
            ),
        ]),
        # What was published or withdrawn is never changed or deleted.
        FrozenWhen("rulebooks_version", "OLD.published_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"),
    ]
