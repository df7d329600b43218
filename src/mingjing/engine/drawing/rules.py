"""What makes a draw impossible before anything is drawn: each rule that cannot be met, and what would make it possible.

These conditions are necessary; what only shows while drawing is refused there (`draw`).
"""

from collections import Counter
from collections.abc import Iterator

from mingjing.engine.drawing.model import RECUSALS, Inputs, Settings, Site
from mingjing.engine.outcome import N_, Phrase, Problem

__all__ = ["MOST_SITES", "cells", "groups_obstacles", "obstacles"]

MOST_SITES = 65_536
"""So many sites' ties together stay below one metre (see `market`)."""
SETTING = {
    "days": N_("at least one day, each once, in order"),
    "teams": N_("a whole number of 1 or more"),
    "team_size": N_("a whole number of 2 or more"),
    "most": N_("a whole number of 1 or more"),
    "share": N_("a fraction above 0, at most 1"),
    "pair_share": N_("a fraction above 0, at most 1"),
    "recuse": N_("a list of company, stratum, or both"),
}
EXPERTS_TABLE, SITES_TABLE, SETTINGS = "experts", "sites", "settings"


def cells(inputs: Inputs) -> dict[tuple[str, str], tuple[int, int]]:
    """For each stratum and class: how many sites there are, and how many of them are drawn."""
    counts = Counter((site.stratum, site.kind) for site in inputs.sites)
    share = inputs.settings.share
    return {cell: (count, -(-count * share.numerator // share.denominator)) for cell, count in sorted(counts.items())}


def obstacles(inputs: Inputs) -> list[Problem]:
    """Every reason why nothing can be drawn; none when drawing may begin."""
    if faults := [*_settings(inputs.settings), *_lists(inputs)]:
        return faults
    if not inputs.sites or not inputs.experts:
        text = N_("There is nothing to draw: {sites} sites and {experts} experts. Give at least one of each.")
        return [Problem("draw.empty", text, {"sites": len(inputs.sites), "experts": len(inputs.experts)})]
    visits = sum(drawn for _, drawn in cells(inputs).values())
    return [
        *_numbers(inputs, visits),
        *_days(inputs),
        *_sites(inputs),
        *groups_obstacles(inputs, visits),
        *_linking(inputs),
    ]


def _settings(rules: Settings) -> Iterator[Problem]:
    """Settings that no draw can have; SETTING says what each must be."""
    asked = {
        "days": (0 < len(set(rules.days)) == len(rules.days) and list(rules.days) == sorted(rules.days)),
        "teams": rules.teams >= 1,
        "team_size": rules.team_size >= 2,
        "most": rules.most >= 1,
        "share": 0 < rules.share <= 1,
        "pair_share": 0 < rules.pair_share <= 1,
        "recuse": set(rules.recuse) <= set(RECUSALS) and list(rules.recuse) == sorted(set(rules.recuse)),
    }
    for name, holds in asked.items():
        if not holds:
            yield Problem("draw.setting", N_("This must be: {asked}."), {"asked": Phrase(SETTING[name])}, name)


def _lists(inputs: Inputs) -> Iterator[Problem]:
    """Keys that come twice or are unknown, and positions off the globe."""
    sites, experts = [site.key for site in inputs.sites], [expert.key for expert in inputs.experts]
    for table, keys in ((SITES_TABLE, sites), (EXPERTS_TABLE, experts)):
        for key in sorted(key for key, count in Counter(keys).items() if count > 1 or not key):
            text = N_("The key “{key}” is empty or given more than once; each line needs a key of its own.")
            yield Problem("draw.twice", text, {"key": key}, table)
    for site in inputs.sites:
        if abs(site.lat) > 90_000_000 or abs(site.lon) > 180_000_000:
            text = N_("The position of {site} is not on the globe; check that the two numbers are not swapped.")
            yield Problem("draw.position", text, {"site": site.key}, SITES_TABLE)
    yield from _conflicts(inputs, set(sites), set(experts))


def _conflicts(inputs: Inputs, sites: set[str], experts: set[str]) -> Iterator[Problem]:
    """Conflicts must bar somebody from something, or a slip of the pen would let them pass."""
    companies = {site.company for site in inputs.sites if site.company}
    for conflict in inputs.conflicts:
        named = (conflict.site in sites) + (conflict.company in companies)
        if conflict.expert not in experts or named != 1 or (conflict.site and conflict.company):
            text = N_(
                "The conflict of “{expert}” with “{other}” names nobody or nothing in the lists; correct the name."
            )
            params = {"expert": conflict.expert, "other": conflict.site or conflict.company}
            yield Problem("draw.conflict_unknown", text, params, "conflicts")


def _numbers(inputs: Inputs, visits: int) -> Iterator[Problem]:
    rules, slots = inputs.settings, inputs.slots
    if visits > slots * rules.most:
        text = N_(
            "{visits} sites do not fit into {slots} team-days of at most {most} sites. "
            "Plan {needed} team-days or allow {raised} sites a day."
        )
        params = {
            "visits": visits,
            "slots": slots,
            "most": rules.most,
            "needed": -(-visits // rules.most),
            "raised": -(-visits // slots),
        }
        yield Problem("draw.capacity", text, params, SETTINGS)
    if visits < slots:
        text = N_("{slots} team-days are more than the {visits} sites; plan at most {visits} team-days.")
        yield Problem("draw.idle", text, {"slots": slots, "visits": visits}, SETTINGS)
    if visits > MOST_SITES:
        text = N_("{visits} sites are more than one draw can hold; draw at most {limit} at a time.")
        yield Problem("draw.size", text, {"visits": visits, "limit": MOST_SITES}, SITES_TABLE)


def _days(inputs: Inputs) -> Iterator[Problem]:
    need = inputs.settings.teams * inputs.settings.team_size
    for day, available in zip(inputs.settings.days, inputs.available, strict=True):
        if len(available) < need:
            text = N_(
                "{found} experts can come on {day}, {need} are needed. Ask {missing} more, or send {possible} teams."
            )
            params = {
                "found": len(available),
                "day": day,
                "need": need,
                "missing": need - len(available),
                "possible": len(available) // inputs.settings.team_size,
            }
            yield Problem("draw.experts", text, params, EXPERTS_TABLE)


def _sites(inputs: Inputs) -> Iterator[Problem]:
    size, seen = inputs.settings.team_size, dict[frozenset[int], int]()
    for site, barred in zip(inputs.sites, inputs.barred, strict=True):
        if barred not in seen:
            seen[barred] = max(len(set(available) - barred) for available in inputs.available)
        if seen[barred] < size:
            text = N_(
                "{site} is in conflict with too many: on its best day {found} experts may visit it, {need} are needed. "
                "Ask {missing} more without a conflict, or leave the site to another centre."
            )
            params = {"site": site.key, "found": seen[barred], "need": size, "missing": size - seen[barred]}
            yield Problem("draw.conflict", text, params, SITES_TABLE)


def groups_obstacles(inputs: Inputs, visits: int) -> Iterator[Problem]:
    """Groups that no team-day can hold when so many sites are visited; where a share is drawn, ask again afterwards."""
    members: dict[str, list[Site]] = {}
    for site in inputs.sites:
        if site.group:
            members.setdefault(site.group, []).append(site)
    full = -(-visits // inputs.slots)
    for name, sites in sorted(members.items()):
        if len(sites) > full and len(inputs.sites) == visits:
            text = N_("Group {group} has {found} sites, but a team-day has {full}. Divide the group.")
            yield Problem("draw.group", text, {"group": name, "found": len(sites), "full": full}, SITES_TABLE)
    if len(members) > inputs.slots:
        text = N_("{found} groups are more than the {slots} team-days, which take one each. Merge or drop groups.")
        yield Problem("draw.groups", text, {"found": len(members), "slots": inputs.slots}, SITES_TABLE)


def _linking(inputs: Inputs) -> Iterator[Problem]:
    """Teams of `size` link at most `size - 1` experts more each; every available expert is on duty if places allow."""
    size, slots = inputs.settings.team_size, inputs.slots
    willing = len(set().union(*inputs.available))
    serving = min(willing, size * slots)
    if slots > 1 and len(inputs.settings.days) == 1:
        text = N_(
            "On a single day no expert can serve in two teams, so teams cannot be compared. Plan two days or more."
        )
        yield Problem("draw.one_day", text, {}, SETTINGS)
    elif serving > slots * (size - 1) + 1:
        text = N_(
            "{slots} teams cannot link {serving} experts, so teams could not be compared. "
            "Invite at most {most} experts, or plan more team-days."
        )
        yield Problem(
            "draw.unlinked", text, {"slots": slots, "serving": serving, "most": slots * (size - 1) + 1}, EXPERTS_TABLE
        )
