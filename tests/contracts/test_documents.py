"""What the written pages point at exists: files, functions, links and pictures."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
PLACES = (ROOT, ROOT / "src/mingjing", ROOT / "src/mingjing/programmes/assessments")
PATH = re.compile(r"`((?:[a-z_-]+/)+[a-z0-9_.-]+\.(?:py|json|toml|md|sh|txt))(?:::(\w+))?`")
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


def found(path: str) -> Path | None:
    return next((place / path for place in PLACES if (place / path).exists()), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_function_a_page_names_exists(page: Path) -> None:
    for path, function in PATH.findall(page.read_text("utf-8")):
        file = found(path)
        assert file, f"{page.name} names {path}"
        if function:
            names = {getattr(node, "name", "") for node in ast.walk(ast.parse(file.read_text("utf-8")))}
            assert function in names, f"{page.name} names {path}::{function}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
