"""One community of a round with everything its page shows: decided, or as its record stands now.

A constant number of queries. Not here: who may see which exhibit (kernel.evidence), words for a page (desk).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.models import (
    UNRANKED,
    Entry,
    Filing,
    Replay,
    Result,
    Round,
    Signature,
    VisitRecord,
)
from mingjing.programmes.assessments.policy.decisions import Result as Worked
from mingjing.programmes.assessments.policy.decisions import result_row, work_out
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sources import Sourced
from mingjing.programmes.assessments.queries.lists import decision_of, result_before
from mingjing.programmes.assessments.queries.results import row_of, worked_out
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.sheets import known_of, sheet_of_entry

__all__ = ["Shown", "names_of", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A community of a round. `decided` is None while nothing is decided; then `row` was never stored.

    `holds` says whether what is stored is what the rules give.
    """

    entry: Entry
    scheme: Scheme
    row: Result
    worked: Worked
    decided: Replay | None
    holds: bool
    record: VisitRecord | None
    signatures: Sequence[Signature] = ()
    orders: Sequence[Case] = ()
    filings: Sequence[Filing] = ()
    sourced: Mapping[str, Sourced] = field(default_factory=dict)
    earlier: Result | None = None

    @property
    def subjects(self) -> list[str]:
        """What its evidence belongs to."""
        return [*([self.record.subject] if self.record else []), *(filing.subject for filing in self.filings)]


def shown(round_: Round, entry: Entry) -> Shown:
    """Everything about one community of the round; raises Refusal where its record cannot be scored as it stands."""
    decided, scheme = decision_of(round_), scheme_of(round_.scheme)
    known = known_of([entry], round_, scheme, locked_only=decided is not None)[entry.pk]
    if decided:
        row = Result.objects.select_related("replay__scheme", "entry").get(replay=decided, entry=entry)
        worked = worked_out(row)
        holds = row_of(scheme, row) == result_row(scheme, worked)
    else:
        sheet = sheet_of_entry(entry, known, scheme, round_)
        worked = work_out(scheme, entry.class_code, entry.number, sheet, None)
        row, holds = _unstored(entry, worked), True
    return Shown(
        entry, scheme, row, worked, decided, holds, known.record,
        signatures=list(Signature.objects.filter(record=known.record).order_by("id")) if known.record else (),
        orders=_orders(known.record), filings=known.filings, sourced=known.sourced,
        earlier=result_before(entry, round_),
    )  # fmt: skip


def _orders(record: VisitRecord | None) -> list[Case]:
    about = Case.objects.filter(programme="assessments", subject__startswith=f"{record.subject}/") if record else ()
    return list(about)


def _unstored(entry: Entry, worked: Worked) -> Result:
    """The row a decision would store now, but for the rank, which nobody has yet."""
    numbers = worked.account.score
    assessed = numbers.base is not None
    return Result(
        entry=entry, key=entry.number, name=entry.name, class_code=worked.class_code, base=numbers.base,
        bonus=numbers.bonus if assessed else None, total=numbers.total, tier=worked.decision.tier, standing=UNRANKED,
        checks=numbers.checks if assessed else 0,
    )  # fmt: skip


def names_of(about: Shown) -> dict[str, str]:
    """The names of those who approved bonuses and vetoes, by token; asked for only where the filings do not tell."""
    lines = about.worked.account.lines
    tokens = {str(line.reason.params["approver"]) for line in lines if "approver" in line.reason.params}
    told = [filing.decided_by for filing in about.filings if filing.decided_by]
    missing = tokens - {person.token for person in told}
    people = [*told, *(Person.objects.filter(token__in=missing) if missing else ())]
    return {person.token: person.display_name for person in people if person.token in tokens}
