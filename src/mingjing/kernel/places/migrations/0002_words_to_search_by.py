"""Areas and sites are found by pinyin: their search words, for those that are here already too."""

from django.db import migrations

from mingjing.kernel.db.search import SearchWords, fill_words

MODELS = ("area", "site")


def fill(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("places", name)
        batch = []
        for row in model.objects.iterator(chunk_size=500):
            batch.append(row)
            if len(batch) == 500:
                write(model, batch)
        write(model, batch)


def write(model, batch):
    fill_words(batch)
    model.objects.bulk_update(batch, ["words"])
    batch.clear()


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField("area", "words", SearchWords()),
        migrations.AddField("site", "words", SearchWords(also=("address",))),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
