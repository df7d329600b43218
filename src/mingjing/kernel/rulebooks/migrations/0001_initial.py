"""The tables of rulebooks."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rulebook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80)),
                ('code', models.CharField(max_length=60, verbose_name='code')),
                ('titles', models.JSONField(verbose_name='title')),
                ('created_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['kind', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('document', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('effective_from', models.DateField(null=True, verbose_name='in force from')),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebooks.version')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rulebook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='rulebooks.rulebook')),
            ],
            options={
                'ordering': ['rulebook_id', '-number'],
            },
        ),
        migrations.AddConstraint(
            model_name='rulebook',
            constraint=models.UniqueConstraint(fields=('kind', 'code'), name='rulebooks_rulebook_code_once'),
        ),
        migrations.AddConstraint(
            model_name='rulebook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('kind', ''), _negated=True)), name='rulebooks_rulebook_named'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('rulebook', 'number'), name='rulebooks_version_number_once'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('rulebook', 'effective_from'), name='rulebooks_version_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_from', None), ('published_at', None), ('published_by', None)), models.Q(('effective_from__isnull', False), ('published_at__gte', models.F('changed_at')), ('published_at__isnull', False)), _connector='OR'), name='rulebooks_version_published_whole'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.CheckConstraint(condition=models.Q(('changed_at__gte', models.F('created_at')), ('number__gte', 1), ('revision__gte', 1)), name='rulebooks_version_counts'),
        ),
    ]
