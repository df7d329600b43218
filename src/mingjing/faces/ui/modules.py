"""JavaScript modules of every part of the house: `#mj/…` is `static/mj/…` of whichever part has it.

Browsers find them by an import map, node by package.json. Not here: any module.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

__all__ = ["file_digest", "import_map", "module_addresses", "texts_of_modules"]

_TEXT = re.compile(r"""\b(?:t|N_)\(\s*"((?:[^"\\]|\\.)*)\"""")


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """The modules by name."""
    found = {}
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            name = path.replace("\\", "/")
            if name.startswith("mj/") and name.endswith(".js"):
                found[f"#{name}"] = Path(storage.path(path))
    return dict(sorted(found.items()))


def module_addresses() -> dict[str, str]:
    """The address of every module, by the name it is imported by."""
    return {name: static(name.removeprefix("#")) for name in _files()}


def import_map(modules: Mapping[str, str] | None = None) -> str:
    """An import map, as a page has it: of these modules, or of all."""
    return json.dumps({"imports": dict(module_addresses() if modules is None else modules)}, separators=(",", ":"))


@lru_cache(maxsize=1024)
def file_digest(name: str) -> str:
    """SHA-256 of a static file, as it was when this process first asked; LookupError where no part has it."""
    path = finders.find(name)
    if path is None:
        raise LookupError(f"no part of the house has the static file {name}")
    return sha256(Path(path).read_bytes()).hexdigest()


@lru_cache(maxsize=8)
def texts_of_modules(names: tuple[str, ...]) -> tuple[str, ...]:
    """Every text for readers in these modules, as it stands in t("…") and N_("…")."""
    files = _files()
    found = {text for name in names for text in _TEXT.findall(files[name].read_text("utf-8"))}
    return tuple(sorted(json.loads(f'"{text}"') for text in found))
