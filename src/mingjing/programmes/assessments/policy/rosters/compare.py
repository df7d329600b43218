"""What a line of a roster would change in what is known of its community, and what a person should look at first.

Both sides are values by field: `said` only what the file says, `known` all there is (queries.communities.state_of).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mingjing.engine.mappings.texts import normal
from mingjing.engine.outcome import N_, Reason
from mingjing.programmes.assessments.policy.rosters.lines import Line

__all__ = ["RENAMED", "Compared", "changes_company", "compare"]

RENAMED = "roster.renamed"
"""The doubt that somebody must confirm before a roster is approved."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`kind` is added, changed or same; `before` what stands now in the fields that would change; `faults` stop it."""

    kind: str
    said: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[Reason, ...] = ()
    faults: tuple[tuple[str, Reason], ...] = ()


def compare(line: Line, known: Mapping[str, Any] | None, names: Mapping[int, str]) -> Compared:
    """Weigh a line against what is known of the community with its number; `names` are areas by key."""
    if known is None:
        return _added(line)
    said = dict(line.said)
    if said.get("company", 0) is None and _same_name(said.get("company_name"), known):
        said["company"] = known["company"]  # known by its code once: a later roster without the code forgets nothing
    if known["removed"]:
        said["removed"] = False
    before = {key: known.get(key) for key, value in said.items() if known.get(key) != value}
    doubts = [*_worth_a_look(line, before), *_doubts(said, before, names)]
    faults: tuple[tuple[str, Reason], ...] = ()
    if changes_company(said, known) and said.get("management", "company") == "company":
        faults = _early(said, known)
        if "since" not in said:
            doubts.append(Reason("roster.company.undated", UNDATED))
    kind = "changed" if before else "same"
    return Compared(kind, said, before, tuple(doubts), faults)


UNDATED = N_("Another company looks after it, and the file says not since when: it counts from the day of approval.")


def _added(line: Line) -> Compared:
    doubts, faults = list(line.doubts), []
    if "place" not in line.said:
        said = N_("A new community needs its neighbourhood, or at least its subdistrict; fill it in.")
        faults.append(("neighbourhood", Reason("roster.place.missing", said)))
    if "management" not in line.said:
        unsaid = N_("The file does not say who looks after it.")
        doubts.append(Reason("roster.company.missing", unsaid))
    return Compared("added", line.said, {}, tuple(doubts), tuple(faults))


def changes_company(said: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether somebody else looks after the community: naming the legal entity of the same company is no change.

    >>> known = {"management": "company", "company": None, "company_name": "甲物业"}
    >>> changes_company({"management": "company", "company": 7, "company_name": "甲物业"}, known)
    False
    """
    if "management" not in said or "company_name" not in said:
        return False
    if said["management"] != known["management"]:
        return True
    if said["management"] != "company":
        return False
    if said["company"] is not None and known["company"] is not None:
        return bool(said["company"] != known["company"])
    return not _same_name(said["company_name"], known)


def _worth_a_look(line: Line, before: Mapping[str, Any]) -> list[Reason]:
    """The doubts about what would be written: what stays as it is was looked at before."""
    if not before:
        return []
    same_company = not {"company", "company_name", "management"} & before.keys()
    return [doubt for doubt in line.doubts if not (same_company and doubt.code.startswith("roster.company."))]


def _same_name(name: object, known: Mapping[str, Any]) -> bool:
    names = {_plain(known["company_name"]), _plain(known.get("company_title") or "")} - {""}
    return isinstance(name, str) and _plain(name) in names


def _plain(name: str) -> str:
    return normal(name).replace(" ", "").casefold()


def _early(said: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[tuple[str, Reason], ...]:
    """A company cannot follow before the one it follows came."""
    since, former = said.get("since"), known.get("since")
    if not since or not former or date.fromisoformat(since) > date.fromisoformat(former):
        return ()
    text = N_("The company before it came on {former}; the new one cannot have come on {since}. Correct the day.")
    return (("since", Reason("roster.since.early", text, {"former": former, "since": since})),)


def _doubts(said: Mapping[str, Any], before: Mapping[str, Any], names: Mapping[int, str]) -> list[Reason]:
    doubts = []
    if "name" in before:
        text = N_("It is called {before} here and {after} in the file; confirm that it is the same community.")
        doubts.append(Reason(RENAMED, text, {"before": before["name"], "after": said["name"]}))
    if "place" in before:
        text = N_("It lies in {before} here and in {after} in the file.")
        places = {"before": names.get(before["place"], "–"), "after": names.get(said["place"], "–")}
        doubts.append(Reason("roster.moved", text, places))
    if "removed" in before:
        doubts.append(Reason("roster.returns", N_("It was taken off the register and comes back by this file.")))
    return doubts
