"""Reads of schemes, and of the files people bring. Not here: what a scheme means (policy), how it looks."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.tables import Limits, Table, open_workbook, read_table
from mingjing.programmes.assessments.policy.mapping import Mapping as TableMapping
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme
from mingjing.programmes.assessments.policy.soundness import check_scheme
from mingjing.programmes.assessments.policy.workbook import read_workbook

__all__ = [
    "KIND",
    "open_table",
    "read_scheme",
    "scheme_from",
    "scheme_of",
    "schemes_by",
    "shipped_mappings",
    "shipped_schemes",
]

KIND = "assessments.scheme"
"""The kind of rulebook that schemes are."""

SHIPPED = Path(__file__).parent.parent
LARGEST = 8 * 2**20
"""Bytes of a scheme's file; the largest real one has a fiftieth of it."""
BOUNDS = Limits(rows=20_000, columns=200, cells=400_000, workbook_bytes=64 * 2**20)


def shipped_schemes() -> dict[str, Path]:
    """The schemes that ship, by code."""
    return {path.stem: path for path in sorted(SHIPPED.glob("schemes/*.json"))}


def shipped_mappings() -> dict[str, Path]:
    """The mappings that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("mappings/*.toml"))}


def scheme_of(version: Version) -> Scheme:
    """The compiled scheme of a version; raises Refusal for a draft with mistakes.

    Known by its digest, so that what only asks for the rules can leave the document (tens of kilobytes) in the
    database: `defer` it, and it is read once in the life of a process.
    """
    if (known := _COMPILED.get(version.digest)) is None:
        known = _keep(compile_scheme(json.loads(version.document)))
    return known


def schemes_by(digests: Mapping[int, str]) -> dict[int, Scheme]:
    """The compiled schemes of published versions of which id and digest are known; one query for those read anew."""
    unread = [pk for pk, digest in digests.items() if digest not in _COMPILED]
    found = {pk: _COMPILED[digest] for pk, digest in digests.items() if digest in _COMPILED}
    return found | {one.pk: scheme_of(one) for one in (Version.objects.filter(pk__in=unread) if unread else ())}


def scheme_from(text: str) -> Scheme:
    """The compiled scheme of a document kept as canonical JSON; raises Refusal with its mistakes."""
    digest = sha256(text.encode()).hexdigest()
    return _COMPILED.get(digest) or _keep(compile_scheme(json.loads(text)))


_COMPILED: dict[str, Scheme] = {}
"""Schemes by the digest of their document (of what it really is, not of what its row says), the oldest first."""
MOST_COMPILED = 16


def _keep(scheme: Scheme) -> Scheme:
    while len(_COMPILED) >= MOST_COMPILED:
        _COMPILED.pop(next(iter(_COMPILED), ""), None)
    _COMPILED[scheme.digest] = scheme
    return scheme


@contextmanager
def open_table(source: Path | IO[bytes], mapping: TableMapping, *, name: str = "") -> Iterator[Table]:
    """The table in a file, read as the mapping says; raises Refusal (kernel.tables)."""
    form = mapping.file
    with read_table(
        source, name=name, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet,
        header_row=form.header, merged=form.merged,
    ) as table:  # fmt: skip
        yield table


def read_scheme(file: IO[bytes], name: str) -> dict[str, Any]:
    """The document in a workbook or a JSON file called `name`; raises Refusal with every mistake, each at its place."""
    raw = file.read(LARGEST + 1)
    file.seek(0)
    if len(raw) > LARGEST:
        text = N_("The file is larger than {limit} MB, which no scheme is; check that it is the right one.")
        raise Refusal([Problem("scheme.file_size", text, {"limit": LARGEST // 2**20}, name)])
    if name.lower().endswith(".json"):
        return _read_json(raw, name)
    if not raw.startswith(b"PK"):
        text = N_("This is neither a workbook nor a .json file, so it is no scheme; check that it is the right one.")
        raise Refusal([Problem("scheme.file_kind", text, {}, name)])
    with open_workbook(file, name=name, limits=BOUNDS) as book:
        sheets = {sheet: [cells for _, cells in book.rows(sheet)] for sheet in book.sheets}
    return read_workbook(sheets)


def _read_json(raw: bytes, name: str) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        text = N_("This is not a JSON file ({cause}).")
        raise Refusal([Problem("scheme.json", text, {"cause": str(error)}, name)]) from error
    if not isinstance(document, dict):
        raise Refusal([Problem("scheme.object", N_("The file holds no JSON object, so it is no scheme."), {}, name)])
    if problems := check_scheme(document):
        raise Refusal(problems)
    return document
