"""What the rules say of a firm's records, an authority's visits or a campaign, as things stand: read, judged, not kept.

Not here: the rules (policy), keeping what they say (actions.warnings).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from mingjing.kernel.places.models import within_subtree
from mingjing.programmes.inspections.models import Authority, Firm, Plan
from mingjing.programmes.inspections.models.plans import PlanKind
from mingjing.programmes.inspections.policy.conduct import Report, is_blanket, share_warnings, unscanned_warnings
from mingjing.programmes.inspections.policy.counting import window_start
from mingjing.programmes.inspections.policy.judging import judge
from mingjing.programmes.inspections.policy.keeping import origins
from mingjing.programmes.inspections.policy.rated import about_ratings, rated_warnings, record_of
from mingjing.programmes.inspections.policy.rules import Pack, Window
from mingjing.programmes.inspections.policy.visits import Visit, standing
from mingjing.programmes.inspections.policy.warnings import Warning
from mingjing.programmes.inspections.queries.packs import InForce, rules_in
from mingjing.programmes.inspections.queries.ratings import rated
from mingjing.programmes.inspections.queries.records import records_of, reports_of, visits_of

__all__ = ["Judged", "found_in", "of_authority", "of_firm", "of_plan", "of_ratings"]


@dataclass(slots=True)
class Judged:
    """Warnings with the records that they rest on; of an authority also which rules were asked, for which days."""

    warnings: Sequence[Warning]
    visits: Sequence[Visit]
    reports: Sequence[Report]
    rules_in_force: InForce
    rules: tuple[str, ...] = ()
    since: date = date.min
    until: date = date.max
    origin: Mapping[str, str] = field(init=False)
    days: Mapping[str, date] = field(init=False)
    _authorities: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        every: list[Visit | Report] = [*self.visits, *self.reports]
        self.origin = origins(self.visits)
        self.days = {one.record: one.day for one in every}
        self._authorities = {one.record: one.authority for one in every}

    def authority_of(self, warning: Warning) -> int | None:
        """The key of the authority that made it worse: of the last of its records."""
        told = [self._authorities.get(record, "") for record in warning.records]
        name = told[-1] if told else ""
        kind, _, key = name.partition(":")
        return int(key) if kind == "inspections.authority" else None

    def version_on(self, day: date) -> int | None:
        """The key of the version of the rules that judged that day."""
        return self.rules_in_force.version_on(day)


def of_firm(firm: Firm, today: date) -> Judged:
    """The warnings about a firm's records. A fixed number of statements."""
    rules = rules_in(firm.area)
    visits, reports = records_of(firm, today=today), reports_of(firm)
    return Judged(found_in(rules.pack, visits, reports), visits, reports, rules)


def found_in(pack: Pack, visits: Sequence[Visit], reports: Sequence[Report]) -> list[Warning]:
    """The plain function over one firm's records: rules about visits, and about reports without one."""
    found = judge(pack, visits)
    kept = standing(visits)
    for rule in pack.of("unscanned"):
        found += unscanned_warnings(rule, kept, reports)
    return found


def of_authority(authority: Authority, day: date) -> Judged:
    """The warnings about an authority's visits, in the period that `day` lies in."""
    rules = rules_in(authority.area)
    asked = [rule for rule in rules.pack.on(day, "share") if rule.count]
    if not asked:
        return Judged((), (), (), rules, (), day, day)
    windows = [rule.count.window for rule in asked if rule.count]
    since, until = min(window_start(one, day) for one in windows), max(_last(one, day) for one in windows)
    visits = visits_of(authority, since, until)
    found = [one for rule in asked for one in share_warnings(rule, visits)]
    return Judged(found, visits, (), rules, tuple({rule.code for rule in asked}), since, until)


def of_plan(plan: Plan) -> Judged:
    """Whether a campaign that is filed spares nobody (B8): its firms beside those of the area. Three statements."""
    rules = rules_in(plan.authority.area)
    told = Report(plan.subject, plan.first_day, "", plan.authority.subject)
    asked = rules.pack.on(plan.first_day, "blanket")
    stands = plan.kind == PlanKind.CAMPAIGN and plan.filed_at is not None and plan.withdrawn_at is None
    targets = plan.lines.values("firm").distinct().count() if asked and stands else 0
    eligible = Firm.objects.filter(within_subtree(plan.authority.area.path, "area")).count() if targets else 0
    found = [
        Warning(
            rule=rule, level=rule.steps[0].level, firm="", key=(("campaign", plan.subject),), first=plan.first_day,
            last=plan.last_day, count=targets, records=(plan.subject,), authorities=(plan.authority.subject,),
            because=because,
        )
        for rule in asked
        if (because := is_blanket(rule, targets=targets, eligible=eligible, day=plan.first_day))
    ]  # fmt: skip
    return Judged(found, (), (told,), rules, tuple(rule.code for rule in asked))


def of_ratings(authority: Authority, today: date) -> Judged:
    """What the rules say of the authority's ratings, of those that are shown together (C8)."""
    rules = rules_in(authority.area)
    asked = about_ratings(rules.pack)
    groups = [group for one in rated(None, today, only=[authority.pk]) for group in one.groups] if asked else []
    told = [Report(record_of(group), group.first, "", authority.subject) for group in groups]
    found = list(rated_warnings(asked, authority.subject, groups))
    return Judged(found, (), told, rules, tuple({rule.code for rule in asked}))


def _last(window: Window, day: date) -> date:
    """The last day of the period of `day`."""
    first, last = window_start(window, day), day
    while window.period and window_start(window, last + timedelta(days=1)) == first:
        last += timedelta(days=1)
    return last
