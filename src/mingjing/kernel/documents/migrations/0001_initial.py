"""Letterheads, templates, documents that were issued, and how they were served."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import mingjing.kernel.parties.models
from mingjing.kernel.db.guards import AppendOnly, FrozenWhen, Refuse
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
                name='Template',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('kind', models.CharField(max_length=80)),
                    ('version', models.PositiveIntegerField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('size', models.PositiveIntegerField()),
                    ('file_name', models.CharField(blank=True, max_length=200)),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                    ('retired_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('retired_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['kind', 'area_id', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('area', 'kind', 'version'), name='documents_template_version'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_by', None)), ('retired_at__gte', models.F('recorded_at')), _connector='OR'), name='documents_template_retired_whole')],
                },
            ),
            migrations.CreateModel(
                name='Letterhead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('series', models.CharField(max_length=40)),
                    ('letters', models.CharField(max_length=20, verbose_name='letters of the number')),
                    ('office', models.CharField(max_length=100, verbose_name='issuing office')),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['area_id', 'series', '-id'],
                },
            ),
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ('kind', models.CharField(max_length=80)),
                    ('series', models.CharField(max_length=40)),
                    ('letters', models.CharField(max_length=20)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('serial', models.PositiveIntegerField()),
                    ('number', models.CharField(max_length=60, verbose_name='number')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('office', models.CharField(max_length=100, verbose_name='issuing office')),
                    ('subject', models.CharField(max_length=160)),
                    ('addressee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='parties.organisation')),
                    ('context', models.TextField()),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('code', models.CharField(max_length=24, unique=True)),
                    ('template', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.template')),
                    ('template_sha256', models.CharField(max_length=64)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size', models.PositiveIntegerField()),
                    ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('issued_at', models.DateTimeField()),
                    ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('withdrawn_at', models.DateTimeField(null=True)),
                    ('withdrawal_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ('replaced_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='documents.document')),
                ],
                options={
                    'ordering': ['-issued_at', '-id'],
                    'indexes': [models.Index(fields=['subject'], name='documents_document_subject'), models.Index(fields=['area', '-issued_at'], name='documents_document_area')],
                    'constraints': [models.UniqueConstraint(fields=('area', 'series', 'year', 'serial'), name='documents_document_number'), models.CheckConstraint(condition=models.Q(models.Q(('replaced_by', None), ('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__gte', models.F('issued_at')), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='documents_document_withdrawn_whole'), models.CheckConstraint(condition=models.Q(('serial__gte', 1), models.Q(('title', ''), _negated=True)), name='documents_document_whole')],
                },
            ),
            migrations.CreateModel(
                name='Service',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='documents.document')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                    ('method', models.CharField(choices=[('direct', 'Handed over, signed for'), ('left', 'Left there after refusal, before witnesses or on film'), ('post', 'By post, receipt returned'), ('electronic', 'Electronically, with consent'), ('notice', 'By public notice: served 30 days after it')], max_length=12, verbose_name='method')),
                    ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                    ('served_at', models.DateTimeField(verbose_name='served')),
                    ('received_by', models.CharField(blank=True, max_length=100, verbose_name='taken by')),
                    ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                    ('exhibits', models.JSONField(default=list)),
                    ('salt', models.CharField(default=mingjing.kernel.parties.models.new_token, editable=False, max_length=32)),
                    ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('recorded_at', models.DateTimeField()),
                    ('voided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('voided_at', models.DateTimeField(null=True)),
                    ('void_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ],
                options={
                    'ordering': ['document_id', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at', None)), fields=('document',), name='documents_service_one_stands'), models.CheckConstraint(condition=models.Q(('method__in', ['direct', 'left', 'post', 'electronic', 'notice'])), name='documents_service_method_known'), models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at', None), ('voided_by', None)), models.Q(('voided_at__gte', models.F('recorded_at')), ('voided_at__isnull', False), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='documents_service_voided_whole'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('served_at__gte', models.F('sent_at')), _connector='OR'), name='documents_service_sent_before')],
                },
            ),
        ]),
        # What was issued never changes; templates and services are retired and voided once, letterheads only added.
        AppendOnly("documents_letterhead"),
        FrozenWhen(
            "documents_template", "1 = 1",
            ("id", "area_id", "kind", "version", "sha256", "size", "file_name", "recorded_by_id", "recorded_at"),
        ),
        FrozenWhen(
            "documents_document", "1 = 1",
            ("id", "area_id", "kind", "series", "letters", "year", "serial", "number", "title", "office",
             "subject", "addressee_id", "context", "salt", "code", "template_id", "template_sha256", "sha256",
             "size", "issued_by_id", "issued_at"),
        ),
        FrozenWhen(
            "documents_service", "1 = 1",
            ("id", "document_id", "organisation_id", "method", "sent_at", "served_at", "received_by", "note",
             "exhibits", "salt", "recorded_by_id", "recorded_at"),
        ),
        Refuse(
            "documents_template", "once", "UPDATE", "a retired template never changes",
            "OLD.retired_at IS NOT NULL",
        ),
        Refuse(
            "documents_document", "once", "UPDATE", "a withdrawn document never changes",
            "OLD.withdrawn_at IS NOT NULL",
        ),
        Refuse("documents_service", "once", "UPDATE", "a voided service never changes", "OLD.voided_at IS NOT NULL"),
    ]
