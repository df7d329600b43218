"""Steps of proceedings are never changed, and no proceeding goes away."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, Refuse


class Migration(migrations.Migration):
    dependencies = [("proceedings", "0001_initial")]

    operations = [
        AppendOnly("proceedings_taken"),
        Refuse("proceedings_proceeding", "stays", "DELETE", "proceedings are never deleted: take their steps back"),
    ]
