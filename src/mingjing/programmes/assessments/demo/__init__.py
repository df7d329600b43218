"""The demonstration district: a decided round, a round at 122 of 136, and the file of an older one.

Everything goes through the same actions and the same background work as on the desk. Not here: what was invented
(invented), who goes out (people), what they record (fieldwork).
"""

from collections.abc import Callable
from datetime import date
from random import Random

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.actions import record_site
from mingjing.kernel.places.demo import DISTRICT
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Rulebook, Version
from mingjing.programmes.assessments.demo import people, replayed
from mingjing.programmes.assessments.demo.invented import SITES, Community, communities
from mingjing.programmes.assessments.demo.replayed import rows
from mingjing.programmes.assessments.models import Replay
from mingjing.programmes.assessments.queries.schemes import KIND, read_scheme, scheme_of, shipped_schemes

__all__ = ["build"]

SCHEME = "hetang-2024"
SEED = 2024
FIRST_DAY = date(2024, 7, 1)


def build(say: Callable[[str], None]) -> None:
    """Publish the shipped schemes, record the communities and replay the file of the round, where not done yet."""
    director = Person.objects.get(username="director")
    people.build(Area.objects.get(code=DISTRICT), timezone.now())
    for code in shipped_schemes():
        _publish(code, director)
    scheme = Version.objects.published().filter(rulebook__code=SCHEME).order_by("number")[0]
    invented = communities(scheme_of(scheme), Random(SEED))  # noqa: S311 - decides nothing
    _record(invented, director)
    if not Replay.objects.filter(file_name=replayed.FILE).exists():
        say(_("scoring {count} demonstration communities").format(count=SITES))
        replayed.request(scheme, rows(scheme_of(scheme), invented))
    drain()
    # A demo that was killed still holds the work: the worker takes it up once that lease ends.
    waiting = Replay.objects.filter(file_name=replayed.FILE, completed_at=None).exists()
    say(_("The file was kept and is being scored.") if waiting else _("the demonstration district is ready"))


def _publish(code: str, director: Person) -> None:
    if not Rulebook.objects.filter(kind=KIND, code=code).exists():
        path = shipped_schemes()[code]
        with path.open("rb") as file:
            document = read_scheme(file, path.name)
        create_rulebook(
            kind=KIND, code=code, titles=document["title"], area=Area.objects.get(code=DISTRICT), document=document,
            by=director, at=timezone.now(),
        )  # fmt: skip
    first = Version.objects.filter(rulebook__kind=KIND, rulebook__code=code).earliest("number")
    if not first.is_published:
        publish_version(
            version=first, effective_from=FIRST_DAY, expected_digest=first.digest, by=director, at=timezone.now()
        )


def _record(invented: list[Community], director: Person) -> None:
    known = set(Site.objects.values_list("name", flat=True))
    for one in invented:
        if one.name not in known:
            record_site(name=one.name, area=one.area, by=director, at=timezone.now())
