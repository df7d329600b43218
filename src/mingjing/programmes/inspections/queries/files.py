"""Rules and mappings, those that ship and those in files. Not here: what they mean (policy.rules, policy.mapping)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables import Table, read_table
from mingjing.programmes.inspections.policy.mapping import Mapping, parse_mapping
from mingjing.programmes.inspections.policy.rules import Pack, read_rules
from mingjing.programmes.inspections.queries.parquet import is_parquet, read_parquet

__all__ = [
    "load_document", "load_mapping", "load_rules", "open_table", "shipped_mappings", "shipped_or_file", "shipped_rules",
]  # fmt: skip

SHIPPED = Path(__file__).parent.parent


def shipped_rules() -> dict[str, Path]:
    """The rule packs that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("rules/*.json"))}


def shipped_mappings() -> dict[str, Path]:
    """The mappings that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("mappings/*.toml"))}


def shipped_or_file(name: str, shipped: dict[str, Path]) -> Path:
    """The file that ships under `name`, or the one of that name; raises Refusal."""
    path = shipped.get(name, Path(name))
    if not path.is_file():
        text = N_("{name} is neither a file nor one of those that ship: {shipped}.")
        raise Refusal([Problem("inspections.not_found", text, {"name": name, "shipped": tuple(sorted(shipped))})])
    return path


def load_rules(name: str) -> Pack:
    """The pack that ships under `name`, or the one in the file of that name; raises Refusal."""
    return read_rules(load_document(shipped_or_file(name, shipped_rules())))


def load_document(path: Path) -> dict[str, Any]:
    """The document in a JSON file; raises Refusal."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError, OSError) as error:
        text = N_("This is not a JSON file ({cause}).")
        raise Refusal([Problem("rules.json", text, {"cause": str(error)}, path.name)]) from error
    if not isinstance(document, dict):
        raise Refusal([Problem("rules.object", N_("The file holds no JSON object, so no rules."), {}, path.name)])
    return document


def load_mapping(name: str) -> Mapping:
    """The mapping that ships under `name`, or the one in the file of that name; raises Refusal."""
    path = shipped_or_file(name, shipped_mappings())
    try:
        return parse_mapping(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        text = N_("The mapping is not UTF-8 text; save it as UTF-8.")
        raise Refusal([Problem("mapping.encoding", text, {}, path.name)]) from error


@contextmanager
def open_table(source: Path, mapping: Mapping) -> Iterator[Table]:
    """The table in a file, read as the mapping says; raises Refusal (kernel.tables, queries.parquet)."""
    form = mapping.file
    if is_parquet(source):
        with read_parquet(source) as table:
            yield table
        return
    with read_table(
        source, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet, header_row=form.header,
        merged=form.merged,
    ) as table:  # fmt: skip
        yield table
