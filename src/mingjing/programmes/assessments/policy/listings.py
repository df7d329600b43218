"""What must hold before a company is told that it will be listed, and where it stands when it is not listed after all.

Facts in, problems out: the page shows the same problems before anybody presses the button as the action refuses with.
The gates are those at which published lists were overturned: unclear facts, thin evidence, the wrong legal entity, one
visit by one team. Not here: notice, hearing and decision (policy.procedures), reading the facts (queries.listings).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mingjing.engine.lists import Decision, ListRules, Standing, decide
from mingjing.engine.outcome import N_, Problem, Reason, Titled
from mingjing.engine.quantities import points_text
from mingjing.engine.rules import Table, Value
from mingjing.engine.scoring import Score

__all__ = ["Case", "Visited", "adverse_tiers", "gaps", "without_adverse"]

ENOUGH_TEAMS = 2


@dataclass(frozen=True, slots=True)
class Visited:
    """A locked record of a visit: the team, the day, the base it came to (hundredths; None: nothing scored)."""

    team: str
    day: date
    base: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of an entry that is proposed for an adverse tier.

    `credit_code` is that of the company whose work was judged, empty where no legal entity is known; `engaged` whether
    it was engaged there on every day of a visit. `unshown` are checks with a deduction none of whose evidence is on
    record any more. `revisit` and `gap` are what the scheme asks: a visit by another team, and the points between two
    visits above which the panel has to say which one counts (`settled`).
    """

    company: str
    credit_code: str
    engaged: bool
    visits: tuple[Visited, ...]
    unshown: tuple[str, ...] = ()
    open_objections: int = 0
    revisit: bool = True
    gap: int | None = None
    settled: bool = False


def gaps(case: Case) -> tuple[Problem, ...]:
    """Everything that stands in the way of a pre-listing notice."""
    return tuple(_gaps(case))


def _gaps(case: Case) -> Iterator[Problem]:
    if not case.credit_code:
        text = N_("No legal entity with a credit code is known as the company; name it in the register first.")
        yield Problem("listing.entity", text, {}, "company")
    elif not case.engaged:
        text = N_("{company} was not engaged there on the day of the visit; the score belongs to whoever was.")
        yield Problem("listing.engagement", text, {"company": case.company}, "company")
    if case.unshown:
        text = N_("No evidence is on record for {checks}; a deduction without evidence lists nobody.")
        yield Problem("listing.evidence", text, {"checks": case.unshown}, "evidence")
    if case.open_objections:
        text = N_("{count} objections to findings are not decided.")
        yield Problem("listing.objections", text, {"count": case.open_objections}, "objections")
    yield from _second_look(case)


def _second_look(case: Case) -> Iterator[Problem]:
    teams = {visit.team for visit in case.visits}
    if case.revisit and len(teams) < ENOUGH_TEAMS:
        text = N_("Only one team has been there; the scheme asks for a visit by another one.")
        yield Problem("listing.revisit", text, {}, "visits")
    scored = [visit.base for visit in case.visits if visit.base is not None]
    apart = max(scored) - min(scored) if scored else 0
    if case.gap is not None and apart > case.gap and not case.settled:
        text = N_("The visits lie {apart} points apart, more than {gap}; the panel says first which one counts.")
        params = {"apart": points_text(apart), "gap": points_text(case.gap)}
        yield Problem("listing.gap", text, params, "visits")


def adverse_tiers(rules: ListRules) -> Mapping[str, Titled]:
    """The tiers that take rights, with their titles."""
    return {tier.code: tier.title for tier in rules.tiers if tier.adverse}


def without_adverse(
    rules: ListRules, score: Score, attributes: Mapping[str, Value], standing: Standing | None
) -> Decision:
    """Where a site stands that is not put into any adverse tier: by the other rules, else in the worst other tier."""
    adverse = adverse_tiers(rules)
    table = Table(rules.table.measures, tuple(row for row in rules.table.rows if row.result not in adverse))
    found = decide(ListRules(rules.tiers, table, rules.unassessed), score, attributes, standing)
    if found.tier in {tier.code for tier in rules.tiers}:
        return found
    worst = [tier for tier in rules.tiers if tier.ranked and not tier.adverse][-1]
    text = N_("No other rule covers it, so it stands in the worst tier that takes no rights.")
    return Decision(worst.code, (Reason("listing.no_other_rule", text),), (), standing)
