"""Writes docs/reference/*.md from the code: settings, commands, permissions, facts, routes, problems.

python -m tools.reference             writes the pages that changed
python -m tools.reference --check     names the pages that do not match the code; 1 when there is one
"""

import argparse
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tools.problems import problems

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `python -m tools.reference` from the code: change the code, not this page. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells may hold anything."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def settings() -> str:
    """The environment variables of an installation, as `Environment` documents them."""
    from mingjing.config.environment import Environment

    doc = inspect.cleandoc(Environment.__doc__ or "")
    entries = re.findall(r"^((?:[A-Z_]+(?:, )?)+): (.+(?:\n {4}.+)*)", doc, re.MULTILINE)
    rows = (
        [", ".join(f"`{name}`" for name in names.split(", ")), re.sub(r"\s+", " ", text)] for names, text in entries
    )
    return "# Settings\n\nAn installation is set up by environment variables alone.\n\n" + table(
        ["variable", "meaning"], rows
    )


def commands() -> str:
    """Every command with its arguments."""
    from mingjing.config.commands import built_in
    from mingjing.faces.cli.shell import build_parser
    from mingjing.kernel import registry

    parser = build_parser(built_in(), registry.manifests().values())
    parts = [f"## `{leaf.prog}`\n\n{_sentence(leaf.description)}\n\n{_arguments(leaf)}" for leaf in _leaves(parser)]
    common = "Every command takes `--lang zh-hans|en` and `--debug`. Status: 0 done, 1 refused, 2 not understood."
    return "\n\n".join(["# Commands", common, *(part.rstrip() for part in parts)])


def _leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        _configure(parser)
        yield parser
    for action in inner:
        for child in action.choices.values():
            yield from _leaves(child)


def _configure(parser: Any) -> None:
    """Let the command's own adapter add its arguments, as asking for it would."""
    from django.utils.module_loading import import_string

    if getattr(parser, "command", None) and parser.command.configure:
        import_string(parser.command.configure)(parser)


def _arguments(parser: argparse.ArgumentParser) -> str:
    shown = [
        action
        for action in parser._actions
        if action.help != argparse.SUPPRESS and action.dest not in {"help", "lang", "debug"}
    ]
    return (
        table(["argument", "meaning"], ([_argument(action), str(action.help or "")] for action in shown))
        if shown
        else ""
    )


def _argument(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest)
    if not action.option_strings:
        return f"`{value}`"
    return f"`{action.option_strings[-1]}`" if action.nargs == 0 else f"`{action.option_strings[-1]} {value}`"


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def permissions() -> str:
    """Who may do what."""
    from mingjing.kernel import registry

    roles = registry.roles()
    held = (
        [f"`{entry.code}`", entry.title, *("yes" if role in entry.roles else "" for role in roles)]
        for entry in sorted(registry.permissions().values(), key=lambda entry: entry.code)
    )
    text = "A role is held within an area and everything below it, between dates, by an appointing act."
    return f"# Roles and permissions\n\n{text}\n\n" + table(
        ["permission", "allows to", *(role.title for role in roles.values())], held
    )


def facts() -> str:
    """The kinds of facts the ledger may hold, and what reacts to each."""
    from mingjing.kernel import registry

    rows = (
        [f"`{kind.code}`", kind.title, ", ".join(f"`{reaction.code}`" for reaction in registry.reactions_to(kind.code))]
        for kind in sorted(registry.fact_kinds().values(), key=lambda kind: kind.code)
    )
    text = "Facts hold ids, counts and digests only. Their written form is in ledger-format.md."
    return f"# Facts\n\n{text}\n\n" + table(["kind", "what happened", "what reacts"], rows)


def routes() -> str:
    """Every address, with what guards it."""
    from mingjing.kernel.parties.guard import mark_of
    from tools.routes import routes as walk

    rows = []
    for route in walk():
        mark = mark_of(route.view)
        guard = (
            "unguarded"
            if mark is None
            else f"`{mark.permission}`"
            if mark.permission
            else f"public: {mark.public_because}"
        )
        rows.append([f"`/{route.pattern}`", f"`{route.name}`", guard])
    return "# Routes\n\n" + table(["address", "name", "who may"], rows)


def problem_codes() -> str:
    """Every problem and reason with its stable code."""
    rows = ([f"`{entry.code}`", entry.text, f"`{entry.module}`"] for entry in problems())
    text = "What a refusal or an explanation says, by its stable code; `{…}` is filled in."
    return f"# Problems and reasons\n\n{text}\n\n" + table(["code", "text", "in"], rows)


PAGES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "permissions": permissions,
    "facts": facts,
    "routes": routes,
    "problems": problem_codes,
}


def pages() -> dict[Path, str]:
    """Every page as it should be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")
    import django
    from django.utils.translation import override

    django.setup()
    with override("en"):
        return {FOLDER / f"{name}.md": f"{NOTE}\n\n{write().rstrip()}\n" for name, write in PAGES.items()}


def main(arguments: list[str]) -> int:
    """Write or check the pages."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    wanted = pages()
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        if arguments:
            print(f"{path.relative_to(ROOT)} does not match the code; run: python -m tools.reference")
        else:
            path.write_text(wanted[path], "utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return 1 if arguments and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
