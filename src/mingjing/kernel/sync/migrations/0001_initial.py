"""Phones, what they sent and what they were promised."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.db.ids
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse
from mingjing.kernel.db.tables import Tables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ('evidence', '0001_initial'),
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Device',
                fields=[
                    ('id', models.UUIDField(default=mingjing.kernel.db.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to=settings.AUTH_USER_MODEL)),
                    ('label', models.CharField(max_length=100, verbose_name='phone')),
                    ('public_key', models.CharField(max_length=90, unique=True)),
                    ('enrolled_at', models.DateTimeField()),
                    ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('revoke_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['-enrolled_at', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoke_reason', ''), ('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__gte', models.F('enrolled_at')), ('revoked_at__isnull', False), models.Q(('revoke_reason', ''), _negated=True)), _connector='OR'), name='sync_device_revoked_whole')],
                },
            ),
            migrations.CreateModel(
                name='Enrolment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to=settings.AUTH_USER_MODEL)),
                    ('code_digest', models.CharField(max_length=64, unique=True)),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('made_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                    ('device', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolment', to='sync.device')),
                ],
                options={
                    'ordering': ['-made_at', '-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('device', None), ('used_at', None)), models.Q(('device__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='sync_enrolment_used_whole')],
                },
            ),
            migrations.CreateModel(
                name='Received',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='received', to='sync.device')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('kind', models.CharField(max_length=60)),
                    ('subject', models.CharField(max_length=160)),
                    ('payload', models.JSONField(default=dict)),
                    ('claimed_at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('state', models.CharField(choices=[('applied', 'Applied'), ('refused', 'Refused'), ('conflict', 'In conflict')], max_length=10)),
                    ('problems', models.JSONField(default=list)),
                    ('current', models.JSONField(null=True)),
                ],
                options={
                    'ordering': ['received_at', 'id'],
                    'indexes': [models.Index(fields=['subject', 'received_at'], name='sync_received_subject')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['applied', 'refused', 'conflict'])), name='sync_received_state_known')],
                },
            ),
            migrations.CreateModel(
                name='Capture',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('subject', models.CharField(max_length=160)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='captures', to='sync.device')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size', models.PositiveBigIntegerField()),
                    ('media_type', models.CharField(max_length=100)),
                    ('origin', models.CharField(choices=[('camera', 'Taken live in the app'), ('gallery', "Chosen from the phone's gallery"), ('upload', 'Uploaded at a desk'), ('scan', 'Scanned paper'), ('extract', 'Extract from another system')], max_length=10)),
                    ('about', models.CharField(blank=True, max_length=60)),
                    ('record', models.TextField()),
                    ('signature', models.CharField(max_length=90)),
                    ('taken_at', models.DateTimeField()),
                    ('latitude', models.DecimalField(decimal_places=7, max_digits=9, null=True)),
                    ('longitude', models.DecimalField(decimal_places=7, max_digits=10, null=True)),
                    ('accuracy', models.PositiveIntegerField(null=True)),
                    ('not_before', models.DateTimeField(null=True)),
                    ('head_seq', models.BigIntegerField(null=True)),
                    ('promised_at', models.DateTimeField()),
                    ('not_after', models.DateTimeField(null=True)),
                    ('exhibit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='capture', to='evidence.exhibit')),
                    ('signals', models.JSONField(default=list)),
                    ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('released_at', models.DateTimeField(null=True)),
                    ('release_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['promised_at', 'id'],
                    'indexes': [models.Index(fields=['subject'], name='sync_capture_subject')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('subject', 'sha256'), name='sync_capture_once_per_subject'), models.CheckConstraint(condition=models.Q(models.Q(('exhibit', None), ('not_after', None)), models.Q(('exhibit__isnull', False), ('not_after__isnull', False)), _connector='OR'), name='sync_capture_kept_whole'), models.CheckConstraint(condition=models.Q(models.Q(('release_reason', ''), ('released_at', None), ('released_by', None)), models.Q(('exhibit', None), ('released_at__isnull', False), models.Q(('release_reason', ''), _negated=True)), _connector='OR'), name='sync_capture_released_whole')],
                },
            ),
        ]),
        # What a phone signed or sent is never rewritten; phones and promises are never deleted.
        AppendOnly("sync_received"),
        FrozenWhen(
            "sync_capture", "1 = 1",
            ("id", "subject", "device_id", "person_id", "sha256", "size", "media_type", "origin", "about",
             "record", "signature", "taken_at", "latitude", "longitude", "accuracy", "not_before", "head_seq",
             "promised_at"),
        ),
        Refuse(
            "sync_capture", "kept", "UPDATE", "a photo that was kept or given up stays so",
            "OLD.exhibit_id IS NOT NULL OR OLD.released_at IS NOT NULL",
        ),
        FrozenWhen("sync_device", "1 = 1", ("id", "person_id", "public_key", "enrolled_at")),
        Refuse("sync_device", "revoked", "UPDATE", "a revoked phone stays revoked", "OLD.revoked_at IS NOT NULL"),
        FrozenWhen("sync_enrolment", "OLD.used_at IS NOT NULL"),
    ]
