"""The demonstration district: a decided trial round, a round at 122 of 136, and the file of an older one.

Everything goes through the same actions and the same background work as on the desk. Not here: what was invented
(invented), who goes out (people), what they record (fieldwork), the clock they do it by (clock).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import issue_entry_codes
from mingjing.kernel.places.demo import DISTRICT
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Rulebook, Version
from mingjing.programmes.assessments.demo import outsiders, people, register, replayed
from mingjing.programmes.assessments.demo.history import decided_round, running_round
from mingjing.programmes.assessments.demo.invented import SITES, VISITED, communities, earlier
from mingjing.programmes.assessments.demo.replayed import rows
from mingjing.programmes.assessments.demo.rounds import TEAMS, Cast
from mingjing.programmes.assessments.models import Community, Replay
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, scheme_of, shipped_schemes

__all__ = ["SCHEME", "build", "cast", "prepare"]

SCHEME = "hetang-2024"
SEED = 2024
FIRST_DAY = date(2024, 7, 1)
PILOT = 56
"""How many communities the round before had, which was a trial."""
BEFORE, BETWEEN = timedelta(days=300), timedelta(days=60)
"""How long ago the register began, and was brought up to all communities."""


def build(say: Callable[[str], None], sites: int = SITES, done: int = VISITED) -> None:
    """Everything the demonstration shows, where it is not there yet: `done` of `sites` communities are assessed."""
    today, at = timezone.localdate(), timezone.now()
    area, scheme = prepare(at)
    compiled = scheme_of(scheme)
    found = communities(compiled, Random(SEED), sites, done)  # noqa: S311 - decides nothing
    players = cast()
    pilot = found[: sites * PILOT // SITES]
    register.build(area, register.PILOT_FILE, pilot, players.officer, players.director, at - BEFORE)
    if not Replay.objects.filter(file_name=replayed.FILE).exists():
        replayed.request(scheme, rows(compiled, found))
    before = earlier(pilot, compiled, Random(SEED + 1))  # noqa: S311
    decided_round(area, scheme, players, before, today, say)
    register.build(area, register.FILE, found, players.officer, players.director, at - BETWEEN)
    places = Site.objects.filter(community__in=Community.objects.current().filter(area=area))
    issue_entry_codes(sites=list(places), by=players.officer, at=at)
    running_round(area, scheme, players, found, done, today, say)
    outsiders.build(area, at, say)
    drain()
    # A demo that was killed still holds the work: the worker takes it up once that lease ends.
    waiting = Replay.objects.filter(completed_at=None, failed_at=None).exists()
    say(_("The work goes on in the background.") if waiting else _("the demonstration district is ready"))


def prepare(at: datetime) -> tuple[Area, Version]:
    """The people and the published schemes; returns the district and the version of its scheme."""
    area = Area.objects.get(code=DISTRICT)
    people.build(area, at)
    director = Person.objects.get(username="director")
    for code in shipped_schemes():
        _publish(code, area, director, at)
    return area, Version.objects.published().filter(rulebook__code=SCHEME).order_by("number")[0]


def cast() -> Cast:
    """Who plays whom."""
    known = {person.username: person for person in Person.objects.filter(is_demo=True)}
    officers = [known[name] for name in sorted(known) if name.startswith("officer")]
    supervisors = [known[name] for name in sorted(known) if name.startswith("supervisor")]
    staff: Sequence[Person] = officers[: 2 * TEAMS]
    panel = [known[name] for name in sorted(known) if name.startswith("panel")]
    reviewer, bureau = officers[2 * TEAMS], known["bureau"]
    return Cast(
        known["director"], known["officer"], reviewer, known["auditor"], staff, supervisors, panel, bureau
    )  # fmt: skip


def _publish(code: str, area: Area, director: Person, at: datetime) -> None:
    if not Rulebook.objects.filter(kind=KIND, code=code).exists():
        path = shipped_schemes()[code]
        with path.open("rb") as file:
            document = read_scheme(file, path.name)
        create_rulebook(
            kind=KIND, code=code, titles=document["title"], area=area, document=document, by=director, at=at
        )
    first = Version.objects.filter(rulebook__kind=KIND, rulebook__code=code).earliest("number")
    if not first.is_published:
        publish_version(
            version=first, effective_from=FIRST_DAY, expected_digest=first.digest, by=director, at=timezone.now()
        )
