"""What was handed in from outside."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import AppendOnly
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('parties', '0001_initial'),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Submission',
                fields=[
                    ('key', models.UUIDField(primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=40, unique=True, verbose_name='number of the receipt')),
                    ('kind', models.CharField(max_length=80)),
                    ('about', models.CharField(max_length=160)),
                    ('matter', models.CharField(blank=True, max_length=160)),
                    ('title', models.CharField(max_length=300, verbose_name='what')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='parties.organisation')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('told', models.JSONField(default=list)),
                    ('content', models.JSONField(default=dict)),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                ],
                options={
                    'ordering': ['-at', 'number'],
                    'indexes': [models.Index(fields=['organisation', '-at'], name='submissions_submission_of')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('about', ''), _negated=True)), name='submissions_submission_whole')],
                },
            ),
        ]),
        # What was handed in is never changed, and never goes away.
        AppendOnly("submissions_submission"),
    ]
