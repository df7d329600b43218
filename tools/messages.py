"""Message catalogues: English msgids in code and templates, Chinese (zh_Hans) beside them; by Babel alone.

    python -m tools.messages extract    prints every msgid, with the catalogue it belongs to
    python -m tools.messages update     brings the .po files in line with the code (new entries are empty)
    python -m tools.messages compile    writes the .mo files that are missing or older than their .po
    python -m tools.messages check      lists what is missing, fuzzy, no longer used or has other fields than its msgid

One catalogue for the house (src/mingjing/locale), one for each programme with what the house's does not hold.
"""

import os
import re
import string
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mingjing"
LANGUAGE = "zh_Hans"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changes with every run would be a change without a meaning
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "translate", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[sdr]")
HEADER = "# Chinese texts of mingjing. Written by hand; `python -m tools.messages update` keeps the entries in line."


def templates() -> dict[Path, Catalog]:
    """The msgids of the code, by the folder of the catalogue they belong to; the house's comes first."""
    house = SOURCE / "locale"
    found: dict[Path, Catalog] = {house: _empty()}
    for path in sorted(SOURCE.rglob("*")):
        if _is_read(path):
            parts = path.relative_to(SOURCE).parts
            own = SOURCE.joinpath(*parts[:2], "locale") if parts[0] == "programmes" and len(parts) > 2 else house
            _collect(path, found.setdefault(own, _empty()))
    for folder, catalogue in found.items():
        if folder != house:
            for message in [entry for entry in catalogue if entry.id and found[house].get(*_key(entry))]:
                catalogue.delete(*_key(message))
    return {folder: catalogue for folder, catalogue in found.items() if len(catalogue)}


def _is_read(path: Path) -> bool:
    """Whether a file may hold texts for readers; of scripts, the modules that are addressed as `#mj/…`."""
    if path.suffix == ".js":
        return "mj" in path.parts and "vendor" not in path.parts
    return path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts


def _empty() -> Catalog:
    return Catalog(
        locale=LANGUAGE, project="mingjing", version="1", header_comment=HEADER, fuzzy=False,
        creation_date=EPOCH, revision_date=EPOCH, last_translator="mingjing", language_team="mingjing",
        copyright_holder="mingjing", msgid_bugs_address="mingjing",
    )  # fmt: skip


def _key(message: Message) -> tuple[str, str | None]:
    """What Babel finds a message by: its (singular) id and context."""
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context


def _collect(path: Path, into: Catalog) -> None:
    method, text = "javascript", path.read_bytes()
    if path.suffix != ".js":
        method, text = ("python", text) if path.suffix == ".py" else (method, _templatized(path))
    keywords = {**KEYWORDS, "t": None} if path.suffix == ".js" else KEYWORDS
    for _line, ids, _comments, context in extract(
        method, BytesIO(text), keywords=keywords, options={"encoding": "utf-8"}
    ):
        if speaks(ids if isinstance(ids, str) else ids[0]):
            into.add(ids, context=context, locations=[(path.relative_to(ROOT).as_posix(), 0)])


def speaks(text: str) -> bool:
    """Whether there is anything to translate besides fields: words, or punctuation, which Chinese writes its own way.

    >>> speaks("{measure} {value}"), speaks("{rule}:"), speaks(", "), speaks("{count} checks")
    (False, True, True, True)
    """
    return bool(PERCENT_FIELD.sub("", re.sub(r"\{[^}]*\}", "", text)).strip())


def _templatized(path: Path) -> bytes:
    """A template as Django turns it into calls for an extractor, which are also JavaScript's."""
    from django.utils.translation.template import templatize

    return templatize(path.read_text("utf-8"), origin=str(path)).encode()


def catalogue_file(folder: Path) -> Path:
    """The .po file of a locale folder."""
    return folder / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(folder: Path) -> Catalog:
    """The translations of a locale folder; empty when there are none yet."""
    file = catalogue_file(folder)
    if not file.exists():
        return _empty()
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE, abort_invalid=True)


def run_extract() -> int:
    """Print every msgid."""
    for folder, catalogue in templates().items():
        for message in catalogue:
            if message.id:
                print(f"{folder.parent.name}: {message.id!r}")
    return 0


def run_update() -> int:
    """Rewrite each .po file with the msgids of the code and the translations it had."""
    house = read(SOURCE / "locale")
    for folder, template in templates().items():
        had, catalogue = read(folder), _empty()
        for message in template:
            known = had.get(*_key(message)) or house.get(*_key(message))
            kept = known.string if known and not known.fuzzy else None
            catalogue.add(
                message.id, kept or "", locations=message.locations, context=message.context, flags=message.flags
            )
        file = catalogue_file(folder)
        file.parent.mkdir(parents=True, exist_ok=True)
        buffer = BytesIO()
        write_po(buffer, catalogue, width=118, include_lineno=False, sort_by_file=True)
        file.write_bytes(buffer.getvalue())
        empty = sum(1 for entry in catalogue if not _text(entry))
        print(f"{file.relative_to(ROOT)}: {len(catalogue)} entries, {empty} empty")
    return 0


def run_compile() -> int:
    """Write each .mo file that is missing or older than its .po, whole or not at all."""
    for source in sorted(SOURCE.rglob("django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        with source.open("rb") as file, draft.open("wb") as out:
            write_mo(out, read_po(file, locale=LANGUAGE))
        draft.replace(target)
        print(f"compiled {source.relative_to(ROOT)}")
    return 0


def run_check() -> int:
    """Print every fault; 1 when there is one."""
    faults = list(check())
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults in the catalogues" if faults else "the catalogues are complete")
    return 1 if faults else 0


def check() -> Iterator[str]:
    """What is wrong with the translations, one line each."""
    for folder, template in templates().items():
        place, had = catalogue_file(folder).relative_to(ROOT), read(folder)
        for message in template:
            if message.id:
                yield from (
                    f"{place}: {fault}: {_key(message)[0]!r}" for fault in _faults(message, had.get(*_key(message)))
                )
        for message in had:
            if message.id and not template.get(*_key(message)):
                yield f"{place}: no longer used: {_key(message)[0]!r}"


def _faults(wanted: Message, found: Message | None) -> Iterator[str]:
    if found is None or not _text(found):
        yield f"not translated (in {wanted.locations[0][0]})"
        return
    if found.fuzzy:
        yield "fuzzy"
    if fields(_text(found)) != fields(_key(wanted)[0] if isinstance(wanted.id, str) else wanted.id[-1]):
        yield "its translation has other fields"
    if _text(found).endswith("\n") != _key(wanted)[0].endswith("\n"):
        yield "its translation ends in another way"


def _text(message: Message) -> str:
    """The translation; Chinese has one plural form."""
    return message.string if isinstance(message.string, str) else message.string[0]


def fields(text: str) -> set[str]:
    """The format fields of a text, of both kinds.

    >>> sorted(fields("{count} of %(total)s"))
    ['%(total)s', '{count}']
    """
    try:
        braces = {f"{{{name}}}" for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        braces = {"unbalanced braces"}
    return braces | set(PERCENT_FIELD.findall(text))


COMMANDS: dict[str, Callable[[], int]] = {
    "extract": run_extract,
    "update": run_update,
    "compile": run_compile,
    "check": run_check,
}


def main(arguments: list[str]) -> int:
    """Run one of the commands."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
