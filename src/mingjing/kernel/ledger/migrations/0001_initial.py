"""The ledger. The database itself refuses to change the past: facts are only added, the head only moves onto facts."""

from django.db import migrations, models

import mingjing.kernel.db.fields
from mingjing.kernel.db.guards import AppendOnly, Refuse
from mingjing.kernel.db.tables import Tables


def create_head(apps, schema_editor):
    apps.get_model("ledger", "Head").objects.create()


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        Tables([
            migrations.CreateModel(
                name='Fact',
                fields=[
                    ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=100)),
                    ('subject', models.CharField(max_length=160)),
                    ('data', models.TextField()),
                    ('at', mingjing.kernel.db.fields.InstantField()),
                    ('by', models.CharField(blank=True, max_length=64)),
                    ('scope', models.CharField(blank=True, max_length=60)),
                    ('digest', models.CharField(max_length=64)),
                    ('previous', models.CharField(max_length=64)),
                    ('hash', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['seq'],
                    'indexes': [models.Index(fields=['subject', 'seq'], name='ledger_fact_subject'), models.Index(fields=['kind', 'seq'], name='ledger_fact_kind'), models.Index(fields=['by', 'seq'], name='ledger_fact_by'), models.Index(fields=['scope', 'seq'], name='ledger_fact_scope')],
                },
            ),
            migrations.CreateModel(
                name='Head',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('seq', models.BigIntegerField(default=0)),
                    ('hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='ledger_head_is_one_row')],
                },
            ),
        ]),
        # The head may move over several facts at once, each linked to the one before: many photos are one step of
        # somebody.
        Refuse("ledger_head", "no_delete", "DELETE", "ledger_head is never deleted"),
        AppendOnly("ledger_fact"),
        Refuse(
            "ledger_head", "forward", "UPDATE", "ledger_head moves forward, over linked facts",
            "NEW.id <> OLD.id OR NEW.seq <= OLD.seq"
            " OR NOT EXISTS (SELECT 1 FROM ledger_fact WHERE seq = NEW.seq AND hash = NEW.hash)"
            " OR NOT EXISTS (SELECT 1 FROM ledger_fact WHERE seq = OLD.seq + 1 AND previous = OLD.hash)"
            " OR (SELECT COUNT(*) FROM ledger_fact AS later"
            " JOIN ledger_fact AS earlier ON earlier.seq = later.seq - 1"
            " AND earlier.hash = later.previous WHERE later.seq > OLD.seq + 1"
            " AND later.seq <= NEW.seq) <> NEW.seq - OLD.seq - 1",
        ),
        migrations.RunPython(create_head, migrations.RunPython.noop),
    ]
