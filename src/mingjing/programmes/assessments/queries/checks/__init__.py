"""A round compared with the ledger and with itself, with no trust in the guards of the database.

Each part yields what it found: a Problem is a fault, any other Reason something that could not be told yet. Rows are
read in chunks, each chunk with the same number of statements. Not here: whether the ledger itself is whole
(`mingjing ledger verify`); printing (cli.round_checks).
"""

from collections import Counter
from collections.abc import Iterator

from mingjing.engine.outcome import Reason
from mingjing.programmes.assessments.models import Round
from mingjing.programmes.assessments.queries.checks.decision import decision_faults
from mingjing.programmes.assessments.queries.checks.draw import draw_faults
from mingjing.programmes.assessments.queries.checks.filings import filing_faults
from mingjing.programmes.assessments.queries.checks.records import record_faults
from mingjing.programmes.assessments.queries.checks.roster import roster_faults

__all__ = ["check_round"]


def check_round(round_: Round, counts: Counter[str]) -> Iterator[Reason]:
    """Everything of a frozen round that does not hold; `counts` is told how much was looked at, by kind."""
    for part in (roster_faults, draw_faults, record_faults, filing_faults, decision_faults):
        yield from part(round_, counts)
