"""Functions stay under 40 lines and files under 400; what does not is listed with its reason, while it needs one."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES, VIEW_LINES = 400, 40, 25
PLACES = ("src", "tools", "bench", "tests")

# "path" or "path::function": why it is better long.
LONG: dict[str, str] = {}


def sources() -> list[Path]:
    return [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py")) if "migrations" not in path.parts]


@cache
def parsed(path: Path) -> tuple[str, ast.Module]:
    text = path.read_text("utf-8")
    return text, ast.parse(text)


def long_things() -> dict[str, int]:
    """Every file and function over its limit, with its lines."""
    found = {}
    for path in sources():
        (text, tree), name = parsed(path), path.relative_to(ROOT).as_posix()
        if (lines := text.count("\n")) > FILE_LINES:
            found[name] = lines
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > (VIEW_LINES if is_view(node) else FUNCTION_LINES):
                    found[f"{name}::{node.name}"] = lines
    return found


def is_view(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it wears a permission mark."""
    called = (mark.func for mark in node.decorator_list if isinstance(mark, ast.Call))
    return any(isinstance(name, ast.Name) and name.id in {"guarded", "public"} for name in called)


def test_nothing_is_long_without_a_reason() -> None:
    unexplained = {name: lines for name, lines in long_things().items() if name not in LONG}
    assert not unexplained


def test_no_reason_outlives_its_length() -> None:
    assert not set(LONG) - set(long_things())


def test_nine_functions_in_ten_are_short() -> None:
    lines = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in sources()
        for node in ast.walk(parsed(path)[1])
        if isinstance(node, ast.FunctionDef)
    )
    assert lines[len(lines) * 9 // 10] <= 25
