"""The cases that hold the phone's JavaScript and the server's Python to the same figures: tests/vectors/preview/*.json.

Written by the Python engine, checked by a second reading of the rules in tests/programmes/assessments/test_previews.py,
run by pytest and by node. `scores`, `recordings` and `chance` say what the cases are, `schemes` by which rules. Not
here: the cases of tests/vectors/hetang-2024.json, which people worked out by hand.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mingjing.programmes.assessments.policy.previews import rubric_document
from tools.vectors import chance, recordings, scores
from tools.vectors.schemes import SCHEMES

__all__ = ["FOLDER", "documents", "stale", "text_of", "write"]

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "preview"
WIDTH = 170
"""How long a line of a file may be, in characters."""
_SHORT = re.compile(r"\{[^{}\[\]\n]*(?:\n[^{}\[\]]*)\}|\[[^{}\[\]]*\]")


def documents() -> Iterator[tuple[str, Any]]:
    """Every file by its name, without the ending."""
    for name, scheme in SCHEMES.items():
        for code in scheme.rubrics:
            yield f"rubric-{name}-{code}", rubric_document(scheme, code)
    for name in ("hetang-2024", "toronto-rentsafe"):
        yield f"scores-{name}", scores.document(name)
    yield "scores-methods", scores.methods_document()
    yield "recordings", recordings.document()
    yield "picks", chance.document()


def text_of(document: Any) -> str:
    """JSON for people: what fits into a line stands on one."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    while (shorter := _SHORT.sub(_on_one_line, text)) != text:
        text = shorter
    return text.replace("\x01", "{").replace("\x02", "}").replace("\x03", "[").replace("\x04", "]") + "\n"


def _on_one_line(found: re.Match[str]) -> str:
    """Innermost lists and objects first; what was looked at is masked, so that what holds it has its turn."""
    line = re.sub(r"\n\s*", " ", found[0]).replace("{ ", "{").replace(" }", "}").replace("[ ", "[").replace(" ]", "]")
    return (line if len(line) <= WIDTH else found[0]).translate(str.maketrans("{}[]", "\x01\x02\x03\x04"))


def stale() -> list[str]:
    """The files that are missing, not what the engine gives, or nobody's any more."""
    wanted = {f"{name}.json": text_of(document) for name, document in documents()}
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def write() -> None:
    """Bring the folder in line with the engine."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {f"{name}.json": text_of(document) for name, document in documents()}
    for path in FOLDER.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")
