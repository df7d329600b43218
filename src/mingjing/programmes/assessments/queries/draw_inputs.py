"""What a draw of a round would be made from now: its communities, supervisors, conflicts and plan.

Not here: what stands in the way (engine.drawing.rules), what was drawn (queries.draws).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mingjing.engine.drawing import Inputs, Settings
from mingjing.engine.drawing.rules import obstacles
from mingjing.engine.outcome import N_, Problem
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.models import Conflict, Draw, Entry, Expert, Round
from mingjing.programmes.assessments.policy.draw_plans import Homes, Listed, Needs, Place, build_inputs, needs
from mingjing.programmes.assessments.policy.draws import inputs_of, settings_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["Prepared", "draw_inputs", "planned", "prepare", "visit_team"]

SMALLEST_TEAM = 2
"""Staff of the centre in a team where a scheme does not say (redblack.md, §3)."""


def planned(round: Round) -> Settings | None:
    """The settings of the round's draw, once somebody has planned it."""
    return settings_of(round.plan) if round.plan else None


def visit_team(round: Round) -> int:
    """How many staff of the centre go with each team, at least: the scheme's `visit_team`."""
    sampling = scheme_of(round.scheme).document.get("sampling", ())
    asked = next((entry.get("minimum", 0) for entry in sampling if entry["code"] == "visit_team"), SMALLEST_TEAM)
    return max(1, int(asked))


PLACE = (
    "number", "stratum__name", "class_code", "place__code", "company", "company_name", "group",
    "community__site__latitude", "community__site__longitude",
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """Everything a draw of the round would be made from, as rows; `settings` is None before it is planned."""

    places: tuple[Place, ...]
    experts: tuple[Expert, ...]
    conflicts: tuple[tuple[str, str, str], ...]
    settings: Settings | None

    @cached_property
    def homes(self) -> Homes:
        """What the experts' homes may match."""
        return Homes.among(self.places)

    @cached_property
    def inputs(self) -> Inputs:
        """The canonical inputs; only when there are settings."""
        assert self.settings is not None  # callers look at `problems` first
        listed = [Listed(key=one.key, home=one.home, days=tuple(one.days)) for one in self.experts]
        return build_inputs(self.places, listed, self.conflicts, self.settings)

    @cached_property
    def problems(self) -> list[Problem]:
        """What keeps anything from being drawn: each rule that cannot be met, and what would make it possible."""
        if self.settings is None:
            text = N_("Nobody has planned the draw yet; set days, teams and sizes first.")
            return [Problem("draw.unplanned", text, {}, "settings")]
        return obstacles(self.inputs)

    @cached_property
    def without_position(self) -> int:
        """How many communities stand in the middle of their neighbourhood, because nobody knows where they are."""
        return sum(place.position is None for place in self.places)

    @cached_property
    def needs(self) -> Needs:
        """The sizes of the draw, to be seen while it is planned."""
        return needs(self.inputs)

    def bars(self) -> Mapping[str, int]:
        """For each expert's key how many communities they may not visit; asked before there is a plan, too."""
        settings = self.settings or Settings(days=(), teams=1, team_size=2, most=1)
        found = Prepared(self.places, self.experts, self.conflicts, settings)
        return Counter(key for keys in found.barred().values() for key in keys)

    def barred(self) -> Mapping[str, frozenset[str]]:
        """For each community, by its number, the keys of the experts who may not visit it."""
        keys = [expert.key for expert in self.inputs.experts]
        pairs = zip(self.inputs.sites, self.inputs.barred, strict=True)
        return {site.key: frozenset(keys[place] for place in places) for site, places in pairs}


def prepare(round: Round, *, settings: Settings | None = None, draw: Draw | None = None) -> Prepared:
    """What a draw would be made from now, by `settings` (those planned, unless given; those of `draw`, if given).

    Costs the same number of queries however many communities there are. With `draw`, communities declared not
    assessable since count too, so that nobody in conflict with one is sent there after all.
    """
    if draw is not None:
        settings = draw_inputs(draw).settings
    return Prepared(
        places=tuple(_places(round, every=draw is not None)),
        experts=tuple(round.experts.filter(removed_at=None).select_related("person").order_by("key")),
        conflicts=tuple(_conflicts(round)),
        settings=settings or planned(round),
    )


def draw_inputs(draw: Draw) -> Inputs:
    """The inputs a draw was committed to."""
    return inputs_of(json.loads(draw.inputs))


def _places(round: Round, *, every: bool) -> Iterable[Place]:
    """The communities as they are drawn, read by column: five thousand rows of five tables would take a second."""
    entries = Entry.objects.filter(round=round)
    entries = (entries if every else entries.to_assess()).order_by("number")
    families = _families(Organisation.objects.filter(pk__in=entries.order_by().values("company")))
    for key, stratum, kind, code, company, name, group, latitude, longitude in entries.values_list(*PLACE):
        head, names = families.get(company, ("", ()))
        yield Place(
            key=key,
            stratum=stratum,
            kind=kind,
            neighbourhood=code,
            code=head,
            names=tuple(one for one in (*names, name) if one.strip()),
            group=group,
            position=None if latitude is None or longitude is None else (latitude, longitude),
        )


def _families(companies: Iterable[Organisation]) -> dict[int | None, tuple[str, tuple[str, ...]]]:
    """For each company the credit code of the head of its family, and the names from itself up to the head."""
    known = {company.pk: company for company in companies}
    asked = list(known.values())
    while wanted := {one.branch_of_id for one in known.values() if one.branch_of_id} - known.keys():
        known.update(Organisation.objects.in_bulk(wanted))
    found: dict[int | None, tuple[str, tuple[str, ...]]] = {}
    for company in asked:
        line = [company]
        while line[-1].branch_of_id and known[line[-1].branch_of_id] not in line:
            line.append(known[line[-1].branch_of_id])
        found[company.pk] = line[-1].credit_code, tuple(one.name for one in line)
    return found


def _conflicts(round: Round) -> Iterable[tuple[str, str, str]]:
    standing = Conflict.objects.filter(expert__round=round, expert__removed_at=None, withdrawn_at=None)
    found = list(standing.select_related("expert", "company").order_by("expert__key", "id"))
    families = _families({conflict.company for conflict in found if conflict.company})
    communities = {conflict.community_id for conflict in found if conflict.community_id}
    numbers = dict(
        Entry.objects.filter(round=round, community_id__in=communities).values_list("community_id", "number")
    )
    for conflict in found:
        if conflict.company_id:
            yield conflict.expert.key, "", families[conflict.company_id][0]
        elif conflict.community_id in numbers:
            yield conflict.expert.key, numbers[conflict.community_id], ""
