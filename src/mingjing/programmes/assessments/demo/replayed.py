"""The demonstration's file: the first round as the district kept it in a workbook, scored by the shipped scheme."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone

from mingjing.engine.mappings.forms import Source
from mingjing.engine.scoring import Check
from mingjing.kernel.parties.models import Person
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.tables import write_xlsx
from mingjing.programmes.assessments.actions.replays import request_replay
from mingjing.programmes.assessments.demo.invented import Community
from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.schemes import shipped_mappings

__all__ = ["FILE", "request", "rows"]

MAPPING = "hetang-2024"
FILE = "荷塘区2024年第一轮考核（演示数据）.xlsx"
COLUMNS = ("小区编号", "小区名称", "社区代码", "社区", "物业企业", "统一社会信用代码", "竣工年份", "收费标准")


def request(scheme: Version, table: Sequence[Sequence[str]]) -> None:
    """Hand the table in as a workbook, to be scored."""
    mapping = shipped_mappings()[MAPPING].read_text("utf-8")
    officer = Person.objects.get(username="officer")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        write_xlsx(path, table, sheet="考核汇总")
        with path.open("rb") as file:
            request_replay(
                scheme=scheme, mapping_name=MAPPING, mapping_text=mapping, file=file, file_name=FILE,
                by=officer, at=timezone.now(),
            )  # fmt: skip


def rows(scheme: Scheme, invented: Sequence[Community]) -> list[list[str]]:
    """The table of the round: a row for each community, a column for each check and each event on record."""
    extra = [column for column in _columns() if column not in COLUMNS]
    return [[*COLUMNS, *extra, *scheme.checks], *(_row(one, scheme, extra) for one in invented)]


def _columns() -> list[str]:
    """The columns that the mapping asks for, besides those of the checks."""
    mapping = parse_mapping(shipped_mappings()[MAPPING].read_text("utf-8"), MAPPING)
    single = [mapping.visit_on, mapping.visit_by, mapping.checks.not_applicable, mapping.checks.resolved]
    sources = [attribute.source for attribute in mapping.attributes]
    for claim in mapping.bonus:
        sources += [Source(claim.column), claim.proof, claim.approver]
    for veto in mapping.vetoes:
        sources += [Source(veto.column), veto.document, veto.approver, veto.occurred_on]
    return [*single, *(source.column for source in sources)]


def _row(one: Community, scheme: Scheme, extra: Sequence[str]) -> list[str]:
    company = one.company
    about = [f"HT-{one.number:03d}", one.name, one.area.code, one.area.name, company.name, company.credit_code]
    found = [_cell(check, one.steps[code]) if code in one.steps else "" for code, check in scheme.checks.items()]
    return [*about, str(one.year), one.fee, *(one.words.get(word, "") for word in extra), *found]


def _cell(check: Check, steps: int) -> str:
    """How people write `steps` of a check down."""
    rule = check.rule
    if rule.kind == "TIER":
        return ("完整", "部分", "缺失")[steps]
    if rule.full is None or rule.half is None:
        return str(steps)
    edges = (rule.full, rule.half)
    more_is_better = rule.full.low is not None
    edge = edges[min(steps, 1)].low if more_is_better else edges[min(steps, 1)].high
    beyond = 0 if steps < len(edges) else -9 if more_is_better else 9
    return str((edge or 0) + beyond)
