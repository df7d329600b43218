"""The steps of a round, and what stands in the way of each: facts in, problems out.

A page shows the same problems before anybody presses the button as the action refuses with. Every problem's place is
one of PLACES, where it can be put right. Not here: who may take a step; the decision itself (queries.lists).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mingjing.engine.outcome import N_, Phrase, Problem, Titled

__all__ = [
    "PLACES", "STEPS", "Facts", "Opening", "Step", "next_step", "obstacles", "opening_problems", "staff_needed",
    "wrong_state",
]  # fmt: skip

PLACES = ("overview", "communities", "classes", "draw", "teams", "visits", "review")
"""Where a problem can be put right, as pages know their parts."""

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a round: from the state `before` to `after`. `title` says it as an order, `meaning` what it does."""

    code: str
    before: str
    after: str
    title: str
    meaning: str


STEPS = {
    step.code: step
    for step in (
        Step(
            "freeze", "draft", "frozen", N_("Freeze the round"),
            N_("Roster, classes and scheme are locked for good; nobody can change them afterwards."),
        ),
        Step(
            "begin_fieldwork", "frozen", "fieldwork", N_("Begin fieldwork"),
            N_("From now on teams open their sealed days and record what they find."),
        ),
        Step(
            "begin_review", "fieldwork", "review", N_("End fieldwork and begin review"),
            N_("Every record was submitted; what is left is reviewing and locking them."),
        ),
        Step(
            "decide", "review", "deciding", N_("Have the round decided"),
            N_("Every record is locked; the scheme decides, and the result is stored with all its reasons."),
        ),
    )
}  # fmt: skip
"""The steps of a round that people take, in order. `decide` is asked for on the result page."""

STATE_WORDS = {
    "draft": N_("a draft"),
    "frozen": N_("frozen"),
    "fieldwork": N_("in fieldwork"),
    "review": N_("in review"),
    "deciding": N_("being decided"),
    "decided": N_("decided"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a round when a step is asked about. `short_teams` are team numbers with their staff.

    `gaps` are communities whose visits lie too far apart, and nobody said which counts.

    `promised` photos are still on phones; `promised_of` names some of the communities they were taken at.
    """

    state: str
    entries: int = 0
    unclassed: int = 0
    removed: int = 0
    staff_needed: int = 0
    draw: str = ""  # "" none, "committed", "failed" or "drawn"
    teams: int = 0
    short_teams: tuple[tuple[int, int], ...] = ()
    not_submitted: int = 0
    unvisited: int = 0
    promised: int = 0
    promised_of: tuple[str, ...] = ()
    not_locked: int = 0
    filings_open: int = 0
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What a round is to be opened with. `in_force` is the number of the scheme's version in force on the first day."""

    code: str
    title: str
    first_day: date
    last_day: date
    scheme_title: Titled
    version: int
    published: bool
    in_force: int | None
    covers: bool = True
    code_taken: bool = False
    lead_may: bool = True
    twice: tuple[str, ...] = field(default=())


def next_step(state: str) -> Step | None:
    """The step that comes next; None while the decision is made, and after it."""
    return next((step for step in STEPS.values() if step.before == state), None)


def wrong_state(step: Step, state: str) -> Problem | None:
    """Why this step cannot be taken in `state`, if so; says which step comes next instead."""
    if step.before == state:
        return None
    following = next_step(state)
    params: dict[str, Any] = {"state": Phrase(STATE_WORDS[state]), "wanted": Phrase(STATE_WORDS[step.before])}
    if following is None:
        text = N_("The round is {state}; for this it would have to be {wanted}, so nothing was changed.")
        return Problem("round.state", text, params, "overview")
    text = N_("The round is {state}; for this it would have to be {wanted}. The next step is: {next}.")
    return Problem("round.state", text, params | {"next": Phrase(following.title)}, "overview")


def obstacles(step: Step, facts: Facts) -> tuple[Problem, ...]:
    """Everything that stands in the way of `step`, each at the place where it can be put right."""
    if problem := wrong_state(step, facts.state):
        return (problem,)
    return tuple(_OBSTACLES[step.code](facts))


def _of_freezing(facts: Facts) -> Iterator[Problem]:
    if not facts.entries:
        text = N_("No community takes part. Bring the register up to date, then take the roster again.")
        yield Problem("round.no_entries", text, {}, "communities")
    if facts.unclassed:
        text = N_("{count} communities have no settled class: a value is missing, or two people have not agreed yet.")
        yield Problem("round.unclassed", text, {"count": facts.unclassed}, "classes")
    if facts.removed:
        text = N_("{count} communities have left the register since the roster was taken; take the roster again.")
        yield Problem("round.left_register", text, {"count": facts.removed}, "overview")


def _of_fieldwork(facts: Facts) -> Iterator[Problem]:
    if facts.draw != "drawn":
        yield Problem("round.no_draw", _DRAW_MISSING[facts.draw], {}, "draw")
    if not facts.teams:
        text = N_("No team has staff of the centre yet; each needs {needed}.")
        yield Problem("round.no_staff", text, {"needed": facts.staff_needed}, "teams")
    for team, staff in facts.short_teams:
        text = N_("Team {team} has {staff} of the {needed} staff of the centre that the scheme asks for.")
        yield Problem("round.team_short", text, {"team": team, "staff": staff, "needed": facts.staff_needed}, "teams")


_DRAW_MISSING = {
    "": N_("Nothing is drawn yet; commit to a draw and reveal it."),
    "committed": N_("The draw is committed to, but not drawn yet; reveal the seeds."),
    "failed": N_("The draw was impossible; read why, call it off and draw anew."),
}


def _of_review(facts: Facts) -> Iterator[Problem]:
    if facts.not_submitted:
        text = N_("{count} visit records are not submitted; finish them, or declare the communities not assessed.")
        yield Problem("round.not_submitted", text, {"count": facts.not_submitted}, "visits")
    if facts.unvisited:
        text = N_("The record of {count} communities is void; visit them again, or declare them not assessed.")
        yield Problem("round.unvisited", text, {"count": facts.unvisited}, "communities")
    if facts.promised:
        text = N_(
            "{count} photos are still on phones, of {names}. Have the phones send them; a photo that is lost with its "
            "phone is given up by the director."
        )
        yield Problem("round.promised", text, {"count": facts.promised, "names": facts.promised_of}, "visits")


def _of_decision(facts: Facts) -> Iterator[Problem]:
    yield from _of_review(facts)
    if facts.not_locked:
        text = N_("{count} visit records are not reviewed and locked.")
        yield Problem("round.not_locked", text, {"count": facts.not_locked}, "review")
    if facts.filings_open:
        text = N_("{count} filed bonuses or vetoes are not decided.")
        yield Problem("round.filings_open", text, {"count": facts.filings_open}, "communities")
    if facts.gaps:
        text = N_("The visits to {names} lie too far apart; two people say first which of them counts.")
        yield Problem("round.gaps", text, {"names": facts.gaps}, "review")


_OBSTACLES = {
    "freeze": _of_freezing,
    "begin_fieldwork": _of_fieldwork,
    "begin_review": _of_review,
    "decide": _of_decision,
}


def opening_problems(asked: Opening) -> tuple[Problem, ...]:
    """Everything that is wrong with what a round is to be opened with, each at the name of its field."""
    return tuple(_opening(asked))


def _opening(asked: Opening) -> Iterator[Problem]:
    if not CODE.fullmatch(asked.code):
        text = N_("A code has at most 40 letters, digits and the signs - and _, such as 2024-1.")
        yield Problem("round.code", text, {}, "code")
    elif asked.code_taken:
        text = N_("This area already has a round {code}; choose another code.")
        yield Problem("round.code_taken", text, {"code": asked.code}, "code")
    if not asked.title.strip():
        yield Problem("round.title", N_("Give the round a title."), {}, "title")
    if asked.last_day < asked.first_day:
        text = N_("The last day lies before the first; the period runs from the first day to the last.")
        yield Problem("round.days", text, {}, "last_day")
    yield from _scheme(asked)
    if not asked.lead_may:
        text = N_("This person may not manage rounds in this area; choose somebody who may, or grant the role first.")
        yield Problem("round.lead", text, {}, "lead")
    if asked.twice:
        text = N_("These numbers stand for two communities of the area: {numbers}. Correct the registers first.")
        yield Problem("round.number_twice", text, {"numbers": asked.twice}, "area")


def _scheme(asked: Opening) -> Iterator[Problem]:
    params = {"title": asked.scheme_title, "number": asked.version, "day": asked.first_day.isoformat()}
    if not asked.covers:
        text = N_("{title} is a scheme of another area; choose one of this area or of an area above it.")
        yield Problem("round.scheme_elsewhere", text, params, "scheme")
    if not asked.published:
        text = N_("Version {number} of {title} is a draft; only a published version can judge a round.")
        yield Problem("round.scheme_draft", text, params, "scheme")
    elif asked.in_force is None:
        text = N_("No version of {title} is in force on {day}, the first day of the round; choose a later first day.")
        yield Problem("round.scheme_early", text, params, "scheme")
    elif asked.in_force != asked.version:
        text = N_("Version {number} of {title} is not in force on {day}; version {in_force} is. Choose that one.")
        yield Problem("round.scheme_not_in_force", text, params | {"in_force": asked.in_force}, "scheme")


def staff_needed(document: Mapping[str, Any]) -> int:
    """How many staff of the centre the scheme asks for in every team; one where it says nothing."""
    asked = (int(entry["minimum"]) for entry in document["sampling"] if entry["code"] == "visit_team")
    return next(asked, 1)
