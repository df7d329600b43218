"""Finds every Problem and Reason that the code can give, by reading it: stable code, English text, module."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent.parent / "src"
NAMES = {"Problem", "Reason"}


class Entry(NamedTuple):
    """One problem or reason; `text` is empty where the code does not spell it out."""

    code: str
    text: str
    module: str


def problems() -> list[Entry]:
    """All of them, by code."""
    found = {entry for path in sorted(SOURCE.rglob("*.py")) for entry in _in_file(path)}
    return sorted(found)


def _in_file(path: Path) -> Iterator[Entry]:
    module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    tree = ast.parse(path.read_text("utf-8"))
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.Module):
            texts: dict[str, str] = {}
            for node in sorted(
                _own(scope), key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
            ):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    texts[node.targets[0].id] = _text(node.value, texts)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES:
                    yield from _entry(node, texts, module)


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef):
            yield from _own(child)


def _entry(call: ast.Call, texts: dict[str, str], module: str) -> Iterator[Entry]:
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"code", "text"})]
    if len(given) >= 2 and (code := _text(given[0], texts)):
        yield Entry(code, _text(given[1], texts), module)


def _text(node: ast.expr, texts: dict[str, str]) -> str:
    """The words a node stands for: a literal, one marked for translation, or a name given one before."""
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.Call(func=ast.Name(id="N_" | "_"), args=[inner, *_]):
            return _text(inner, texts)
        case ast.Name(id=name):
            return texts.get(name, "")
    return ""
