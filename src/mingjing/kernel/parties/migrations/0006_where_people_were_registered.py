"""Of people who were registered before anybody asked where, their first role tells."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def from_first_role(apps, schema_editor):
    person, grant = apps.get_model("parties", "Person"), apps.get_model("parties", "RoleGrant")
    first = grant.objects.filter(person=OuterRef("pk")).order_by("granted_at", "id").values("area")[:1]
    person.objects.filter(area=None).update(area=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_people_are_registered_in_an_area")]

    operations = [migrations.RunPython(from_first_role, migrations.RunPython.noop)]
