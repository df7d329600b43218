"""The engine and its tests know no Django, and no file knows the machine it was written on."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["django"] = None
import mingjing.engine
for module in pkgutil.walk_packages(mingjing.engine.__path__, "mingjing.engine."):
    importlib.import_module(module.name)
"""
# A folder of some machine, the address of a package index, or a tool's own name for either.
MACHINE = re.compile(r"/(?:work|home|root|Users)/\w|(?:pypi|npmjs|pythonhosted)\.(?:org|com)|index-url\s*=")
TEXT = {".py", ".html", ".md", ".txt", ".toml", ".json", ".css", ".js", ".mjs", ".po", ".sh", ".cfg", ".csv", ""}


def test_the_engine_imports_without_django() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_engines_tests_import_no_django_and_open_no_database() -> None:
    for path in sorted((ROOT / "tests" / "engine").rglob("*.py")):
        text = path.read_text("utf-8")
        names = {name for node in ast.walk(ast.parse(text)) for name in imported(node)}
        assert not {name for name in names if name.split(".")[0] in {"django", "pytest_django"}}, path.name
        assert not {name for name in names if name.startswith("mingjing.") and ".engine" not in name}, path.name
        assert "django_db" not in text, path.name


def imported(node: ast.AST) -> list[str]:
    """The modules that a node imports."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows which files are the project's")
def test_no_file_names_a_machine_or_an_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    faults = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if "/vendor/" in name:
            continue  # as others wrote it: tools.vendored compares it with its digest
        if path.suffix in TEXT and path.is_file() and path != Path(__file__).resolve() and path.stat().st_size < 2**20:
            faults += [f"{name}: {found}" for found in MACHINE.findall(path.read_text("utf-8"))]
    assert not faults
