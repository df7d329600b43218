"""Second visits beside the draw's file: on which days of which teams the ledger tells of them, and who goes.

A team that is sent again goes as it went last, at the moment the ledger tells of it; a lot says which in its file, and
a crew that was called together says in its file who goes. A file counts where the ledger has its digest, and follows
from its seed; of one that is still sealed nothing is told but that something does not agree.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from mingjing.engine.outcome import N_, Problem
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.assessments.models import CrewDraw, Round, SecondDraw
from mingjing.programmes.assessments.policy.crews import check_crew, going
from mingjing.programmes.assessments.policy.seconds import check_seconds
from mingjing.programmes.assessments.queries.checks.facts import facts_about

__all__ = ["ASSIGNED", "Seconds", "Slot", "Teams", "apart", "second_slots"]

ASSIGNED = "assessments.seconds.assigned"
COMMITTED = ("assessments.seconds.committed", "assessments.seconds.crew_called")
LOT, CREW = DRAWN = ("assessments.seconds.drawn", "assessments.seconds.crew_drawn")
Slot = tuple[str, int]
"""A day (ISO) and the number of a team."""
Teams = dict[Slot, dict[str, str]]
"""By team and day who goes (tokens), and as what."""
Seconds = Mapping[Fact, Mapping[Slot, dict[str, str] | None]]
"""By the fact that tells of them the teams and days of second visits, and who goes: None as the team went last."""


def second_slots(round_: Round, kept: Mapping[int, Slot], later: Iterable[Fact]) -> Seconds:
    """What the ledger tells of second visits; `kept` are the team-days there are, `later` facts of the round."""
    found: dict[Fact, Mapping[Slot, dict[str, str] | None]] = {
        fact: {kept[fact.values["team_day"]]: None}
        for fact in later
        if fact.kind == ASSIGNED and fact.values["team_day"] in kept
    }
    for facts, drawn in _drawn(round_):
        if not _holds(facts, drawn):
            continue
        fact = facts[-1]
        document = json.loads(drawn.document)
        if fact.kind == LOT:
            found[fact] = {(visit["day"], visit["team"]): None for visit in document["visits"]}
        elif fact.values["team_day"] in kept:
            found[fact] = {kept[fact.values["team_day"]]: going(document)}
    return found


def apart(round_: Round) -> Iterator[Problem]:
    """Files of lots and crews that are not those in the ledger, or do not follow from what was committed to."""
    for facts, drawn in _drawn(round_):
        if not _holds(facts, drawn):
            text = N_("The file of this lot or crew is not the one the ledger recorded; find it in a backup.")
            yield Problem("check.second_file", text, {}, drawn.subject)
        elif not _follows(facts, drawn):
            text = N_("Drawn again from what was committed to, this lot or crew comes out differently.")
            yield Problem("check.second_drawn", text, {}, drawn.subject)


def _drawn(round_: Round) -> Iterator[tuple[Sequence[Fact], SecondDraw | CrewDraw]]:
    """Every lot and crew of the round that was drawn, with the facts that tell of it, oldest first."""
    rows = [*(row for kind in (SecondDraw, CrewDraw) for row in kind.objects.filter(round=round_).exclude(document=""))]
    facts = facts_about((row.subject for row in rows), *COMMITTED, *DRAWN)
    for row in rows:
        yield facts.get(row.subject, ()), row


def _holds(facts: Sequence[Fact], drawn: SecondDraw | CrewDraw) -> bool:
    digest = sha256(drawn.document.encode()).hexdigest()
    return [fact.values["document_digest"] for fact in facts if fact.kind in DRAWN] == [digest]


def _follows(facts: Sequence[Fact], drawn: SecondDraw | CrewDraw) -> bool:
    """Whether it was committed to before, and the file comes out again."""
    document = json.loads(drawn.document)
    told = {(fact.values["inputs_digest"], fact.values["commitment"]) for fact in facts}
    check = check_seconds if isinstance(drawn, SecondDraw) else check_crew
    before = [fact.kind in COMMITTED for fact in facts] == [True, False]
    same = told == {(document["inputs_digest"], document["commitment"])}
    return before and same and not any(isinstance(reason, Problem) for reason in check(document))
