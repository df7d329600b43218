"""Writes a new programme in the shape of the house, its tests, its page and its row of the glossary.

    python -m tools.new_programme NAME --title TITLE --chinese 标题 [--root FOLDER]

NAME is a plural noun of one word (inspections): it names the folder, the routes, the permissions and the facts. The
new programme boots, shows one page and passes every check; modules it does not need yet (models, actions…) are absent.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template

SHAPE = Path(__file__).resolve().parent / "shape"
PROGRAMME, TESTS = "src/mingjing/programmes/{name}", "tests/programmes/{name}"
WRITTEN = {
    f"{PROGRAMME}/__init__.py": "",
    f"{PROGRAMME}/apps.py": "apps.py.txt",
    f"{PROGRAMME}/programme.py": "programme.py.txt",
    f"{PROGRAMME}/desk.py": "desk.py.txt",
    f"{PROGRAMME}/templates/{{name}}/home.html": "home.html.txt",
    f"{PROGRAMME}/locale/zh_Hans/LC_MESSAGES/django.po": "django.po.txt",
    f"{TESTS}/test_desk.py": "test_desk.py.txt",
    "docs/programmes/{name}.md": "page.md.txt",
}
LIST, GLOSSARY = "src/mingjing/config/programmes.py", "docs/glossary.md"


class Refused(Exception):
    """Nothing was written; the message says why."""


def main(arguments: list[str]) -> int:
    """Write the programme; 1 when it cannot be, and then nothing is."""
    first, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(prog="script/new-programme", description=first, epilog=rest.split("\n\n")[-1])
    parser.add_argument("name", help="one word, plural, lower case: inspections")
    parser.add_argument("--title", required=True, help="its English title: Inspections")
    parser.add_argument("--chinese", required=True, help="its Chinese title: 检查")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    try:
        for path in write(given.root, given.name, given.title.strip(), given.chinese.strip()):
            print(f"written: {path}")
    except (Refused, OSError) as error:
        print(f"new-programme: {error}", file=sys.stderr)
        return 1
    print(
        "Next: python -m tools.reference, then script/check and script/test; ARCHITECTURE.md says where a thing goes."
    )
    return 0


def write(root: Path, name: str, title: str, chinese: str) -> Iterator[str]:
    """Write every file below `root`, yielding each path; raises Refused before the first when something is wrong."""
    refuse(root, name, title, chinese)
    words = {"name": name, "title": title, "chinese": chinese, "Name": name.capitalize()}
    texts = {path.format(name=name): filled(shape, words) for path, shape in WRITTEN.items()}
    texts[LIST] = listed((root / LIST).read_text("utf-8"), name)
    row = f"| {chinese} | | {title} | `{name}` | The programme |"
    texts[GLOSSARY] = (root / GLOSSARY).read_text("utf-8").rstrip("\n") + f"\n{row}\n"
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
        yield path


def refuse(root: Path, name: str, title: str, chinese: str) -> None:
    """Raise Refused unless the names will do and nothing is in the way."""
    if not re.fullmatch(r"[a-z][a-z0-9]{2,29}", name):
        raise Refused(f"{name!r} is no name for a programme; use one lower-case word, such as inspections.")
    for text in (title, chinese):
        if not text or not text.isprintable() or set(text) & set("\"'\\{}%|<>`"):
            raise Refused(f"{text!r} is no title; use plain words.")
    folders = ("programmes", "kernel", "faces")
    if there := [folder for folder in folders if (root / "src/mingjing" / folder / name).exists()]:
        raise Refused(f"mingjing.{there[0]}.{name} is there already; choose another name.")


def filled(shape: str, words: dict[str, str]) -> str:
    """A file of `shape/` with the words filled in."""
    return Template((SHAPE / shape).read_text("utf-8")).substitute(words) if shape else ""


def listed(text: str, name: str) -> str:
    """config/programmes.py with the new line at the end of its list, whether it was on one line or on several."""
    found = re.search(r"^(PROGRAMMES[^=]*= \()(.*?)\)", text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise Refused(f"{LIST} has no list PROGRAMMES; add mingjing.programmes.{name} by hand.")
    entries = [*re.findall(r'"([^"]+)"', found[2]), f"mingjing.programmes.{name}"]
    lines = "".join(f'\n    "{entry}",' for entry in entries)
    return f"{text[: found.start()]}{found[1]}{lines}\n){text[found.end() :]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
