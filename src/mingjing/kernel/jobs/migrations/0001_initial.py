"""Background jobs, what follows from facts, and the files that were taken in."""

import django.db.models.deletion
from django.db import migrations, models

from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='ledger.fact')),
                    ('reaction', models.CharField(max_length=100)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('done_at', models.DateTimeField(null=True)),
                    ('failed_at', models.DateTimeField(null=True)),
                    ('worker', models.CharField(blank=True, max_length=36)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('error', models.TextField(blank=True)),
                    ('steps_done', models.PositiveIntegerField(default=0)),
                    ('steps_total', models.PositiveIntegerField(default=0)),
                    ('kept', models.JSONField(default=dict)),
                ],
                options={
                    'verbose_name_plural': 'deliveries',
                    'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at', 'id'], name='jobs_delivery_due')],
                    'constraints': [models.UniqueConstraint(fields=('fact', 'reaction'), name='jobs_delivery_once_per_fact'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('due_at__isnull', False), ('failed_at__isnull', True)), models.Q(('done_at__isnull', False), ('due_at__isnull', True), ('failed_at__isnull', True), ('worker', '')), models.Q(('done_at__isnull', True), ('due_at__isnull', True), ('failed_at__isnull', False), ('worker', ''), models.Q(('error', ''), _negated=True)), _connector='OR'), name='jobs_delivery_is_in_one_state'), models.CheckConstraint(condition=models.Q(('steps_total', 0), ('steps_done__lte', models.F('steps_total')), _connector='OR'), name='jobs_delivery_steps_add_up')],
                },
            ),
            migrations.CreateModel(
                name='TakenIn',
                fields=[
                    ('file', models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ('bytes', models.BigIntegerField()),
                ],
            ),
        ]),

    ]
