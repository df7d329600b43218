"""Exhibits, who held them, and what is derived from pictures."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.ids
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen
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
                name='Exhibit',
                fields=[
                    ('id', models.UUIDField(default=mingjing.kernel.db.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size', models.PositiveBigIntegerField()),
                    ('media_type', models.CharField(max_length=100)),
                    ('file_name', models.CharField(blank=True, max_length=200, verbose_name='file')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('subject', models.CharField(max_length=160)),
                    ('access', models.CharField(choices=[('internal', 'Everybody who may see the record'), ('restricted', 'Only who works on the record: faces, plates, documents with names'), ('sealed', 'Sealed: opened by the director or the auditor, with a reason')], default='internal', max_length=12)),
                    ('origin', models.CharField(choices=[('camera', 'Taken live in the app'), ('gallery', "Chosen from the phone's gallery"), ('upload', 'Uploaded at a desk'), ('scan', 'Scanned paper'), ('extract', 'Extract from another system')], max_length=10)),
                    ('caption', models.CharField(blank=True, max_length=300, verbose_name='caption')),
                    ('taken_at', models.DateTimeField(null=True)),
                    ('latitude', models.DecimalField(decimal_places=7, max_digits=9, null=True)),
                    ('longitude', models.DecimalField(decimal_places=7, max_digits=10, null=True)),
                    ('facts', models.JSONField(default=dict)),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['recorded_at', 'id'],
                    'indexes': [models.Index(fields=['subject', 'recorded_at'], name='evidence_exhibit_subject'), models.Index(fields=['sha256'], name='evidence_exhibit_sha256')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('subject', 'sha256'), name='evidence_exhibit_once_per_subject'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__gte', models.F('recorded_at')), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='evidence_exhibit_withdrawn_whole'), models.CheckConstraint(condition=models.Q(('access__in', ['internal', 'restricted', 'sealed'])), name='evidence_exhibit_access_known'), models.CheckConstraint(condition=models.Q(('origin__in', ['camera', 'gallery', 'upload', 'scan', 'extract'])), name='evidence_exhibit_origin_known')],
                },
            ),
            migrations.CreateModel(
                name='Custody',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exhibit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custody', to='evidence.exhibit')),
                    ('kind', models.CharField(choices=[('recorded', 'Evidence recorded'), ('viewed', 'Viewed'), ('downloaded', 'Original downloaded'), ('exported', 'Exported'), ('verified', 'Verified against its digest'), ('damaged', 'Found damaged or missing'), ('reclassed', 'Access changed'), ('masked', 'Masks set for the public copy'), ('withdrawn', 'Evidence withdrawn')], max_length=12)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                    ('note', models.CharField(blank=True, max_length=300)),
                ],
                options={
                    'ordering': ['exhibit_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Fingerprint',
                fields=[
                    ('exhibit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='fingerprint', serialize=False, to='evidence.exhibit')),
                    ('bits', models.BigIntegerField(null=True)),
                    ('band0', models.PositiveIntegerField(null=True)),
                    ('band1', models.PositiveIntegerField(null=True)),
                    ('band2', models.PositiveIntegerField(null=True)),
                    ('band3', models.PositiveIntegerField(null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['band0', 'bits', 'exhibit'], name='evidence_fingerprint_band0'), models.Index(fields=['band1', 'bits', 'exhibit'], name='evidence_fingerprint_band1'), models.Index(fields=['band2', 'bits', 'exhibit'], name='evidence_fingerprint_band2'), models.Index(fields=['band3', 'bits', 'exhibit'], name='evidence_fingerprint_band3')],
                },
            ),
            migrations.CreateModel(
                name='Likeness',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.exhibit')),
                    ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.exhibit')),
                    ('distance', models.PositiveSmallIntegerField()),
                ],
                options={
                    'verbose_name_plural': 'likenesses',
                    'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='evidence_likeness_once'), models.CheckConstraint(condition=models.Q(('first', models.F('second')), _negated=True), name='evidence_likeness_of_two')],
                },
            ),
            migrations.CreateModel(
                name='Mask',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exhibit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='masks', to='evidence.exhibit')),
                    ('boxes', models.JSONField(default=list)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['exhibit_id', 'id'],
                },
            ),
        ]),
        # What an exhibit is never changes; who held it is never rewritten.
        FrozenWhen(
            "evidence_exhibit", "1 = 1",
            ("id", "sha256", "size", "media_type", "file_name", "area_id", "subject", "origin", "caption",
             "taken_at", "latitude", "longitude", "facts", "recorded_by_id", "recorded_at"),
        ),
        AppendOnly("evidence_custody"),
        # Who covered what on a picture is never rewritten.
        AppendOnly("evidence_mask"),
    ]
