"""A crew called together for a second visit, where no team can go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0026_contradicted_bonuses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CrewDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inputs', models.TextField()),
                ('inputs_digest', models.CharField(max_length=64)),
                ('commitment', models.CharField(max_length=64)),
                ('secret', models.CharField(max_length=64)),
                ('committed_at', models.DateTimeField()),
                ('drawn_at', models.DateTimeField(null=True, verbose_name='drawn')),
                ('document', models.TextField(blank=True)),
                ('document_digest', models.CharField(blank=True, max_length=64)),
                ('day', models.DateField()),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('committed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crew_draws', to='assessments.entry')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crew_draws', to='assessments.round')),
                ('team_day', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='crew', to='assessments.teamday')),
            ],
            options={
                'ordering': ['round_id', 'id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('entry', 'day'), name='assessments_crewdraw_once'), models.CheckConstraint(condition=models.Q(models.Q(('drawn_at', None), ('team_day', None)), models.Q(('drawn_at__isnull', False), ('team_day__isnull', False)), _connector='OR'), name='assessments_crewdraw_goes'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_digest', ''), ('drawn_at', None)), models.Q(('drawn_at__gte', models.F('committed_at')), models.Q(('document', ''), _negated=True), models.Q(('document_digest', ''), _negated=True)), _connector='OR'), name='assessments_crewdraw_whole')],
            },
        ),
    ]
