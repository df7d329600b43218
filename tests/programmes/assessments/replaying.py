"""Replays for tests: rows or files scored by a scheme and the text of a mapping."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.programmes.assessments.drawn_schemes import SCHEMES, shipped

from mingjing.engine.outcome import Refusal
from mingjing.kernel.tables import read_table
from mingjing.programmes.assessments.policy.intake import bind
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.replay import Replay, replay
from mingjing.programmes.assessments.policy.scheme import Scheme, compile_scheme

TORONTO, HETANG = compile_scheme(shipped("toronto-rentsafe")), compile_scheme(shipped("hetang-2024"))
MAPPINGS = SCHEMES.parent / "mappings"
TORONTO_MAPPING = (MAPPINGS / "toronto-rentsafe.toml").read_text("utf-8")
HETANG_MAPPING = (MAPPINGS / "hetang-2024.toml").read_text("utf-8")


def run(
    scheme: Scheme, mapping: str, header: Sequence[str], rows: Iterable[Any]
) -> tuple[list[tuple[str, ...]], Replay]:
    with tempfile.TemporaryFile() as spill:
        made = replay(bind(parse_mapping(mapping), scheme, header), rows, spill)
        return list(made.rows()), made


def run_file(path: Path, mapping: str, scheme: Scheme = TORONTO) -> list[tuple[str, ...]]:
    form = parse_mapping(mapping).file
    with read_table(path, encoding=form.encoding, delimiter=form.delimiter, sheet=form.sheet) as table:
        return run(scheme, mapping, table.header, table.rows)[0]


def problems_of(scheme: Scheme, mapping: str, header: Sequence[str], rows: Iterable[Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        run(scheme, mapping, header, rows)
    return [(problem.code, problem.place) for problem in caught.value.problems]
