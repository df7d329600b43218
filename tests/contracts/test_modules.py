"""JavaScript modules: what one imports is there; the shell of the phones knows no programme, no programme another."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.messages import SOURCE

from mingjing.faces.ui import modules

IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']""")
FACES, PROGRAMMES = SOURCE / "faces", SOURCE / "programmes"


def imports() -> Iterator[tuple[Path, str]]:
    """Every module with every name it imports."""
    for path in sorted(SOURCE.rglob("*.js")):
        if {"mj"} & set(path.parts) and "vendor" not in path.parts:
            for name in IMPORT.findall(path.read_text("utf-8")):
                yield path, name


def test_there_are_imports_to_look_at() -> None:
    assert sum(1 for _ in imports()) > 50


def test_every_import_is_in_the_import_map() -> None:
    known = modules.module_addresses()
    assert [(path.name, name) for path, name in imports() if name not in known] == []


@pytest.mark.parametrize("folder", [FACES, *sorted(one for one in PROGRAMMES.iterdir() if (one / "static").is_dir())])
def test_modules_know_the_house_and_themselves_only(folder: Path) -> None:
    own = () if folder == FACES else (f"#mj/{folder.name}/",)
    house = tuple(f"#mj/{name}/" for name in ("logic", "elements", "field"))
    wrong = [
        (path.name, name)
        for path, name in imports()
        if path.is_relative_to(folder) and not name.startswith((*house, *own)) and name.count("/") > 1
    ]
    assert wrong == []
