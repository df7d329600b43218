"""What imports cannot see: no programme reaches into another by name, and each can be left out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from mingjing.config.programmes import PROGRAMMES
from mingjing.kernel import registry

SOURCE = Path(__file__).resolve().parents[2] / "src" / "mingjing"
NAMES = [path.rsplit(".", 1)[1] for path in PROGRAMMES]
URL_NAME = re.compile(r"""(?:reverse(?:_lazy)?|redirect|resolve_url)\(\s*["'](\w+):|{%\s*url\s+["'](\w+):""")
TEMPLATE = re.compile(r"""(?:include|extends|get_template|render\(\s*request,)\s*\(?["'](\w+)/""")


def owner(model: type[models.Model]) -> str:
    """The programme a model belongs to, or nothing."""
    parts = model.__module__.split(".")
    return parts[2] if parts[:2] == ["mingjing", "programmes"] else ""


def test_no_relation_leads_from_one_programme_to_another_nor_up_into_one() -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.related_model
            if isinstance(target, type) and not field.auto_created and owner(target):
                assert owner(target) == owner(model), f"{model.__name__}.{field.name} reaches into {owner(target)}"


@pytest.mark.parametrize("pattern", [URL_NAME, TEMPLATE], ids=["url names", "templates"])
def test_names_of_a_programme_are_used_by_itself_only(pattern: re.Pattern[str]) -> None:
    for path in (path for suffix in ("*.py", "*.html") for path in SOURCE.rglob(suffix)):
        parts = path.relative_to(SOURCE).parts
        inside = parts[1] if parts[0] == "programmes" and len(parts) > 1 else ""
        named = {
            name
            for found in pattern.findall(path.read_text("utf-8"))
            for name in ([found] if isinstance(found, str) else found)
        }
        named = {name.removesuffix("_portal") for name in named}
        assert not (named & set(NAMES)) - {inside}, f"{path.relative_to(SOURCE)} names another programme's page"


def test_tables_and_codes_carry_the_name_of_their_programme() -> None:
    for model in apps.get_models():
        if owner(model):
            assert model._meta.app_label == owner(model)
            assert model._meta.db_table.startswith(f"{owner(model)}_")
    for manifest in registry.manifests().values():
        for entry in (*manifest.permissions, *manifest.fact_kinds, *manifest.reactions):
            assert entry.code.startswith(f"{manifest.code}."), f"{entry.code} is declared by {manifest.code}"


def test_every_programme_of_the_list_registers_under_its_own_name() -> None:
    assert [manifest.code for manifest in registry.programmes()] == NAMES


BOOT = """
import sys, django
django.setup()
from tools.routes import routes
from mingjing.config.commands import main
assert not any(route.pattern.startswith(sys.argv[1] + "/") for route in routes())
sys.exit(main(["check"]))
"""


@pytest.mark.parametrize("without", NAMES)
def test_the_house_boots_without_each_programme(without: str, tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "MINGJING_WITHOUT": without,
        "MINGJING_MODE": "test",
        "MINGJING_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "mingjing.config.settings",
        "PYTHONPATH": f"{SOURCE.parent}:{SOURCE.parents[1]}",
    }
    done = subprocess.run([sys.executable, "-c", BOOT, without], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
