"""The demonstration's rounds up to fieldwork: opened, classes confirmed, frozen, supervisors listed, drawn."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_bytes

from mingjing.engine.drawing import SEED_BYTES, Settings, commitment
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions.draws import (
    add_seed,
    commit_draw,
    declare_conflict,
    list_expert,
    plan_draw,
    reveal_draw,
    reveal_seed,
    staff_team,
)
from mingjing.programmes.assessments.actions.entries import confirm_class
from mingjing.programmes.assessments.actions.rounds import begin_fieldwork, freeze_round, open_round
from mingjing.programmes.assessments.demo.clock import moment, standing_at
from mingjing.programmes.assessments.models import Round

__all__ = ["TEAMS", "Cast", "classes", "draw", "open_demo_round", "teams"]

TEAMS, TEAM_SIZE, MOST = 4, 2, 3


@dataclass(frozen=True)
class Cast:
    """Who does what: `staff` go out, `reviewer` looks at what they bring back, `witness` adds a seed to the draw,
    `panel` decides who is listed, `bureau` signs for the housing bureau.
    """

    director: Person
    officer: Person
    reviewer: Person
    witness: Person
    staff: Sequence[Person]
    supervisors: Sequence[Person]
    panel: Sequence[Person]
    bureau: Person


def open_demo_round(cast: Cast, area: Area, scheme: Version, code: str, title: str, days: Sequence[date]) -> Round:
    """A round with every community of the register, ten days before its first visit; its classes settled."""
    at = moment(days[0] - timedelta(days=10), 9)
    with standing_at(at):
        round = open_round(
            area=area, code=code, title=title, scheme=scheme, first_day=days[0] - timedelta(days=30),
            last_day=days[-1] + timedelta(days=30), lead=cast.officer, by=cast.director, at=at,
        )  # fmt: skip
        classes(round, cast, at)
    return round


def classes(round: Round, cast: Cast, at: datetime) -> None:
    """Two people agree on the class of each borderline community, as the rule proposes."""
    for entry in round.entries.unclassed():
        for person in (cast.officer, cast.director):
            reason = "竣工年份与收费标准分属两类，按分类规则归类（演示）"
            confirm_class(entry=entry, class_code=entry.proposed_class, reason=reason, by=person, at=at)


def teams(round: Round, cast: Cast, days: Sequence[date], at: datetime, again: Container[str] = ()) -> None:
    """Supervisors with their employers, three declared conflicts, and two staff with each team.

    Nobody is in conflict with the communities `again`, by number. To these a second team goes that shares nobody with
    the first; as each supervisor of the first went with one other team last, one of the rest is always free.
    """
    entries = list(round.entries.select_related("company", "community").order_by("number"))
    spared = {entry.company_id for entry in entries if entry.number in again}
    companies = sorted({one.company.name for one in entries if one.company and one.company_id not in spared})
    settings = Settings(
        title=round.title, days=tuple(day.isoformat() for day in days), teams=TEAMS, team_size=TEAM_SIZE, most=MOST
    )
    plan_draw(round=round, settings=settings, by=cast.officer, at=at)
    experts = []
    linked = len(days) * TEAMS * (TEAM_SIZE - 1)  # more could not be compared with each other
    for number, person in enumerate(cast.supervisors[:linked]):
        home = companies[number // 4] if number % 4 == 0 and number // 4 < len(companies) else ""
        experts.append(list_expert(round=round, person=person, home=home, by=cast.officer, at=at))
    sites = [entry for entry in entries if entry.number not in again]
    for expert, entry in zip(experts[1:4], sites, strict=False):
        reason = "本人居住于该小区（演示）"
        declare_conflict(expert=expert, community=entry.community, reason=reason, by=cast.officer, at=at)
    for number, person in enumerate(cast.staff):
        staff_team(round=round, team=number % TEAMS + 1, person=person, by=cast.officer, at=at)


def draw(round: Round, cast: Cast, days: Sequence[date], again: Container[str] = ()) -> None:
    """Freeze, commit, let a witness add a seed, reveal, draw, and begin fieldwork; `again` as for `teams`."""
    at = moment(days[0] - timedelta(days=3), 10)
    with standing_at(at):
        teams(round, cast, days, at, again)
        freeze_round(round=round, by=cast.director, at=at)
        made = commit_draw(round=round, by=cast.director, at=at)
        secret = token_bytes(SEED_BYTES)
        seed = add_seed(draw=made, commitment=commitment(secret), label="企业代表（演示）", by=cast.witness, at=at)
        reveal_seed(seed=seed, secret=secret.hex(), by=cast.witness, at=at)
        reveal_draw(draw=made, by=cast.director, at=at)
        drain()
        begin_fieldwork(round=round, by=cast.director, at=at)
    round.refresh_from_db()
