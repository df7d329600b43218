"""What script/new-programme writes keeps every contract of the house and boots, in a copy of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.installations import BEGUN, install
from tools.new_programme.__main__ import Refused, listed, write

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tools", "docs", "tests", "requirements", "pyproject.toml", ".importlinter")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the programme `fairs` added."""
    root = tmp_path_factory.mktemp("house")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        else:
            shutil.copy(source, root / name)
    (root / "var").mkdir()
    list(write(root, "fairs", "Fairs", "志愿集市"))
    return root


def run(root: Path, *command: str, **more: str) -> str:
    """Run Python on the copy; its output, once it succeeded."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "MINGJING_WITHOUT"}}
    env |= {"MINGJING_MODE": "test", "MINGJING_DATA": str(root / "var"), "PYTHONPATH": f"{root / 'src'}:{root}"} | more
    done = subprocess.run([sys.executable, *command], cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


LIST_ROUTES = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjing.config.settings"
import django
django.setup()
from tools.routes import routes
print([route.name for route in routes()])
"""
KEEP_CONTRACTS = """
import sys
from importlinter.cli import lint_imports_command
sys.argv = ["lint-imports", "--no-cache"]
lint_imports_command()
"""
TRANSLATED = """
from tools import messages
print([fault for fault in messages.check() if "fairs" in fault])
"""


def test_it_boots(copy: Path) -> None:
    run(copy, "-m", "mingjing", "check")
    assert "fairs:home" in run(copy, "-c", LIST_ROUTES)


def test_it_keeps_the_import_contracts(copy: Path) -> None:
    assert "0 broken" in run(copy, "-c", KEEP_CONTRACTS)


def test_it_is_formatted_and_translated(copy: Path) -> None:
    written = (
        "src/mingjing/programmes/fairs",
        "src/mingjing/config/programmes.py",
        "tests/programmes/fairs",
    )
    run(copy, "-m", "ruff", "check", "--no-cache", *written)
    run(copy, "-m", "ruff", "format", "--no-cache", "--check", *written)
    assert run(copy, "-c", TRANSLATED).strip() == "[]"


def test_its_own_test_passes_in_an_installation_that_was_there_before(copy: Path, tmp_path: Path) -> None:
    run(copy, "-m", "pytest", "tests/programmes/fairs", **{BEGUN: str(install(tmp_path))})


@pytest.mark.parametrize("name", ["Fairs", "fa-irs", "../x", "assessments", "ledger", "a", "desk"])
def test_names_that_will_not_do_are_refused_and_nothing_is_written(name: str, copy: Path) -> None:
    before = (copy / "docs/glossary.md").read_bytes()
    with pytest.raises(Refused):
        list(write(copy, name, "Title", "标题"))
    assert (copy / "docs/glossary.md").read_bytes() == before


def test_the_list_grows_by_one_line() -> None:
    once = listed('PROGRAMMES: tuple[str, ...] = ("mingjing.programmes.assessments",)\n', "fairs")
    assert listed(once, "projects").count('\n    "mingjing.programmes.') == 3
