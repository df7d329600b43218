"""The generated pages say what the code says, and every programme stands in the glossary."""

from pathlib import Path

from django.utils.translation import override

from mingjing.kernel import registry
from tools import reference, vendored

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_pages_match_the_code() -> None:
    with override("en"):
        wanted = {reference.FOLDER / f"{name}.md": write() for name, write in reference.PAGES.items()}
    for path, text in wanted.items():
        assert path.read_text("utf-8").split("-->", 1)[1].strip() == text.strip(), (
            f"{path.name}: python -m tools.reference"
        )


def test_every_programme_stands_in_the_glossary_and_has_a_page() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8").casefold()
    for manifest in registry.programmes():
        assert manifest.title.casefold() in glossary
        assert (ROOT / "docs" / "programmes" / f"{manifest.code}.md").is_file()


def test_vendored_files_are_as_listed() -> None:
    assert list(vendored.faults()) == []
