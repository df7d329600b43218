"""Public pages from their templates, without a request: what is written today is what anybody reads.

Not here: what they say (the programmes), where they are kept (folders).
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import get_template

from mingjing.faces.board.variants import Variant

__all__ = ["MARK", "STYLE", "frame", "page", "style_sheet"]

STYLE = "board/board.css"
MARK = "ui/mark.svg"


@lru_cache(maxsize=1)
def style_sheet() -> tuple[str, bytes]:
    """The name (which holds its digest) and the bytes of the one style sheet of public pages."""
    path = finders.find(STYLE)
    assert path is not None
    content = Path(path).read_bytes()
    return f"board-{sha256(content).hexdigest()[:12]}.css", content


def frame(variant: Variant, base: str, path: str) -> dict[str, Any]:
    """What the frame of a page needs: `base` is the address of its unit, `path` that of the page below a variant."""
    return {
        "variant": variant,
        "base": base,
        "here": f"{base}{variant.code}/",
        "path": path,
        "language_url": f"{base}{variant.other_language.code}/{path}",
        "size_url": f"{base}{variant.other_size.code}/{path}",
    }


def page(template: str, context: Mapping[str, Any]) -> bytes:
    """The bytes of a page, in the language that is spoken."""
    lines = get_template(template).render(dict(context)).splitlines()
    return ("\n".join(line for line in lines if line.strip()) + "\n").encode()
