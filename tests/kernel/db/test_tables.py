"""Tables of several models made by one step of a migration."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ModelState, ProjectState

from mingjing.kernel.db.tables import Tables

KEY = ("id", models.BigAutoField(primary_key=True))
INDEX = models.Index(fields=["one"], name="db_other_of")


def to(name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(f"db.{name}", models.PROTECT, null=True, related_name="+")


def things() -> Tables:
    """Two models that point to each other, and one to both, which stands before them."""
    return Tables([
        CreateModel("Both", [KEY, ("one", to("one")), ("other", to("other"))]),
        CreateModel("One", [KEY, ("other", to("other"))]),
        CreateModel("Other", [KEY, ("one", to("one"))], {"indexes": [INDEX]}),
    ])  # fmt: skip


def names() -> set[str]:
    with connection.cursor() as cursor:
        return {info.name for info in connection.introspection.get_table_list(cursor)}


def test_tables_that_point_to_each_other_are_made_together_and_taken_away(transactional_db: None) -> None:
    before, after = ProjectState(), ProjectState()
    things().state_forwards("db", after)
    with connection.schema_editor() as editor:
        things().database_forwards("db", editor, before, after)
    made = {"db_both", "db_one", "db_other"}
    assert made <= names()
    with connection.cursor() as cursor:
        for table, columns in (("db_both", {"one_id", "other_id"}), ("db_one", {"other_id"}), ("db_other", {"one_id"})):
            assert set(connection.introspection.get_relations(cursor, table)) == columns
        assert "db_other_of" in connection.introspection.get_constraints(cursor, "db_other")
    with connection.schema_editor() as editor:
        things().database_backwards("db", editor, after, before)
    assert not made & names()


def test_every_model_is_made_once_however_many_are_related(monkeypatch: pytest.MonkeyPatch) -> None:
    state = ProjectState()
    CreateModel("Earlier", [KEY]).state_forwards("db", state)
    assert state.apps.get_model("db", "earlier"), "Django keeps what it made of a state once it was asked for"
    made: Counter[str] = Counter()
    render = ModelState.render

    def counted(model: ModelState, apps: Any) -> Any:
        made[model.name] += 1
        return render(model, apps)

    monkeypatch.setattr(ModelState, "render", counted)
    Tables([CreateModel("Later", [KEY, ("earlier", to("earlier"))]), *things().models]).state_forwards("db", state)
    assert state.apps.get_model("db", "later")._meta.get_field("earlier").related_model is not None
    assert made == Counter(("Earlier", "Later", "Both", "One", "Other"))


def test_a_state_that_was_handed_on_stays_as_it_was() -> None:
    state = ProjectState()
    CreateModel("Earlier", [KEY]).state_forwards("db", state)
    handed, apps = state.clone(), state.apps
    things().state_forwards("db", state)
    assert set(handed.models) == {("db", "earlier")}
    assert [model.__name__ for model in apps.get_models()] == ["Earlier"]
