"""What the report of a decided round needs is kept with the decision."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0028_crews_stay'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptLosses',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('found', models.TextField()),
                ('at', models.DateTimeField()),
                ('replay', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='kept_losses', to='assessments.replay')),
            ],
        ),
    ]
