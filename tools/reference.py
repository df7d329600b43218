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


def page(title: str, *parts: str) -> str:
    """A page of paragraphs and tables."""
    return "\n\n".join([f"# {title}", *(part for part in parts if part)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells may hold anything."""
    lines = (
        [cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, ["---"] * len(head), *rows)
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def settings() -> str:
    """The environment variables of an installation, as `Environment` documents them."""
    from mingjing.config.environment import Environment

    doc = inspect.cleandoc(Environment.__doc__ or "")
    entries = re.findall(r"^((?:[A-Z_]+(?:, )?)+): (.+(?:\n {4}.+)*)", doc, re.MULTILINE)
    rows = ([re.sub(r"(\w+)", r"`\1`", names), re.sub(r"\s+", " ", text)] for names, text in entries)
    text = "An installation is set up by environment variables alone."
    return page("Settings", text, table(["variable", "meaning"], rows))


def commands() -> str:
    """Every command with its arguments."""
    from mingjing.config.commands import built_in
    from mingjing.faces.cli.shell import build_parser
    from mingjing.kernel import registry

    parts: list[str] = []
    for leaf in leaves(build_parser(built_in(), registry.manifests().values())):
        parts += [f"## `{leaf.prog}`", sentence(leaf.description or ""), arguments(leaf)]
    text = "Every command takes `--lang zh|en` and `--debug`. Status: 0 done, 1 refused, 2 not understood."
    return page("Commands", text, *parts)


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of whole commands, each with the arguments that its own adapter adds."""
    from django.utils.module_loading import import_string

    command = getattr(parser, "command", None)
    if command and command.configure:
        import_string(command.configure)(parser)
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield parser
    for action in inner:
        for child in action.choices.values():
            yield from leaves(child)


def arguments(parser: argparse.ArgumentParser) -> str:
    """The table of a command's own arguments; nothing when it has none."""
    own = (action for action in parser._actions if action.dest not in {"help", "lang", "debug"})
    rows = [[argument(action), str(action.help or "")] for action in own if action.help != argparse.SUPPRESS]
    return table(["argument", "meaning"], rows) if rows else ""


def argument(action: argparse.Action) -> str:
    """An argument as it is typed."""
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest)
    typed = [*action.option_strings[-1:], *([] if action.nargs == 0 else [str(value)])]
    return f"`{' '.join(typed)}`"


def sentence(text: str) -> str:
    """`text` with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def permissions() -> str:
    """Who may do what."""
    from mingjing.kernel import registry

    roles = registry.roles()
    rows = (
        [f"`{entry.code}`", entry.title, *("yes" if role in entry.roles else "" for role in roles)]
        for entry in sorted(registry.permissions().values(), key=lambda entry: entry.code)
    )
    text = "A role is held within an area and everything below it, between dates, by an appointing act."
    head = ["permission", "allows to", *(role.title for role in roles.values())]
    return page("Roles and permissions", text, table(head, rows))


def facts() -> str:
    """The kinds of facts the ledger may hold, and what reacts to each."""
    from mingjing.kernel import registry

    rows = (
        [f"`{kind.code}`", kind.title, ", ".join(f"`{reaction.code}`" for reaction in registry.reactions_to(kind.code))]
        for kind in sorted(registry.fact_kinds().values(), key=lambda kind: kind.code)
    )
    text = "Facts hold ids, counts and digests only; [ledger-format.md](ledger-format.md) says how they are written."
    return page("Facts", text, table(["kind", "what happened", "what reacts"], rows))


def routes() -> str:
    """Every address, with who may open it."""
    from mingjing.kernel.parties.guard import mark_of
    from tools.routes import routes as walk

    def who(view: Callable[..., Any]) -> str:
        mark = mark_of(view)
        if mark is None:
            return "nobody has said"
        return f"`{mark.permission}`" if mark.permission else f"anyone: {mark.public_because}"

    rows = ([f"`/{route.pattern}`", f"`{route.name}`", who(route.view)] for route in walk())
    return page("Routes", table(["address", "name", "who may"], rows))


def problem_codes() -> str:
    """Every problem and reason with its stable code."""
    rows = ([f"`{entry.code}`", entry.text, f"`{entry.module}`"] for entry in problems())
    text = "What a refusal or an explanation says, by its stable code; `{…}` is filled in."
    return page("Problems and reasons", text, table(["code", "text", "in"], rows))


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
