"""Records of others beside those of the hotline: petitions and lawsuits, and of which days a file has them all."""

from django.conf import settings
from django.db import migrations, models

from mingjing.kernel.db.guards import FrozenWhen, Lift, Refuse

STAY = Refuse("complaints_complaint", "stays", "DELETE", "complaints are never deleted: decide that they are invalid")
FINISHED = FrozenWhen(
    "complaints_intake", "OLD.applied_at IS NOT NULL OR OLD.discarded_at IS NOT NULL OR OLD.failed_at IS NOT NULL"
)


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0001_initial'),
        ('places', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Lift(STAY),
        Lift(FINISHED),
        migrations.RemoveConstraint(
            model_name='complaint',
            name='complaints_complaint_number_once',
        ),
        migrations.AddField(
            model_name='complaint',
            name='origin',
            field=models.CharField(choices=[('hotline', 'Complaint of the hotline'), ('petition', 'Petition'), ('lawsuit', 'Lawsuit')], default='hotline', max_length=8),
        ),
        migrations.AddField(
            model_name='intake',
            name='first_day',
            field=models.DateField(null=True, verbose_name='first day'),
        ),
        migrations.AddField(
            model_name='intake',
            name='last_day',
            field=models.DateField(null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='intake',
            name='origin',
            field=models.CharField(choices=[('hotline', 'Complaint of the hotline'), ('petition', 'Petition'), ('lawsuit', 'Lawsuit')], default='hotline', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(fields=('area', 'origin', 'number'), name='complaints_complaint_number_once'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['hotline', 'petition', 'lawsuit'])), name='complaints_complaint_origin_known'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['hotline', 'petition', 'lawsuit'])), name='complaints_intake_origin_known'),
        ),
        migrations.AddConstraint(
            model_name='intake',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_day', None), ('last_day', None), ('origin', 'hotline')), models.Q(('first_day__isnull', False), ('first_day__lte', models.F('last_day')), ('last_day__isnull', False)), _connector='OR'), name='complaints_intake_days_whole'),
        ),
        STAY,
        FINISHED,
    ]
