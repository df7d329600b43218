"""The tables of replays and their results."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
        ('rulebooks', '0002_published_is_final'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('input_digest', models.CharField(max_length=64)),
                ('mapping_name', models.CharField(max_length=100, verbose_name='mapping')),
                ('mapping_text', models.TextField()),
                ('mapping_digest', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('completed_at', models.DateTimeField(null=True)),
                ('result_count', models.PositiveIntegerField(default=0)),
                ('results_root', models.CharField(blank=True, max_length=64)),
                ('failed_at', models.DateTimeField(null=True)),
                ('problems', models.JSONField(default=list)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.PositiveIntegerField()),
                ('key', models.TextField(verbose_name='key')),
                ('class_code', models.TextField(verbose_name='class')),
                ('base', models.IntegerField(null=True)),
                ('bonus', models.IntegerField(null=True)),
                ('total', models.IntegerField(null=True)),
                ('tier', models.TextField(verbose_name='tier')),
                ('standing', models.PositiveIntegerField(default=2147483647)),
                ('checks', models.PositiveIntegerField()),
                ('sheet', models.TextField()),
                ('leaf', models.CharField(max_length=64)),
                ('expected_total', models.TextField(blank=True)),
                ('expected_tier', models.TextField(blank=True)),
                ('agrees', models.BooleanField(null=True)),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='assessments.replay')),
            ],
            options={
                'ordering': ['replay_id', 'index'],
            },
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('result_count', 0), ('results_root', '')), models.Q(('completed_at__gte', models.F('requested_at')), ('completed_at__isnull', False), ('failed_at', None), models.Q(('results_root', ''), _negated=True)), _connector='OR'), name='assessments_replay_completed_whole'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('failed_at', None), ('failed_at__gte', models.F('requested_at')), _connector='OR'), name='assessments_replay_failed_whole'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['replay', 'class_code', 'standing', 'index'], name='assessments_result_list'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('replay', 'index'), name='assessments_result_index_once'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base', None), ('bonus', None), ('standing', 2147483647), ('total', None)), models.Q(('base__isnull', False), ('bonus__isnull', False), ('total__isnull', False)), _connector='OR'), name='assessments_result_scored_whole'),
        ),
    ]
