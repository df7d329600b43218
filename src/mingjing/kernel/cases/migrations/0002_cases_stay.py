"""Cases are never deleted, and their steps never change."""

from django.db import migrations

from mingjing.kernel.db.guards import AppendOnly, Refuse


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        Refuse("cases_case", "stays", "DELETE", "cases are never deleted: cancel them, saying why"),
        AppendOnly("cases_step"),
    ]
