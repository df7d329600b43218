"""The Atom feed of a district: every publication and every correction. Not here: pages."""

from collections.abc import Iterator

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from mingjing.faces.board.variants import VARIANTS, speaking
from mingjing.programmes.assessments.board.addresses import origin, round_path, unit_of
from mingjing.programmes.assessments.board.pages import Site

__all__ = ["feeds_of"]


def feeds_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """The feed in each language, below each variant: the same for both sizes."""
    for variant in VARIANTS.values():
        with speaking(variant):
            here = f"{origin()}{site.base}{variant.code}/"
            yield f"{variant.code}/feed.atom", _feed(site, here, variant.lang).encode()


def _feed(site: Site, here: str, lang: str) -> str:
    area = site.published.area
    title = f"{_('Property-service red/black list')} · {area.name}"
    feed = Atom1Feed(title, here, "", language=lang, feed_url=f"{here}feed.atom", feed_guid=here, author_name=area.name)
    entries = [(edition, made) for made, _rows in site.rounds for edition in made.editions]
    for edition, made in sorted(entries, key=lambda one: (one[0].published_at, one[0].pk), reverse=True):
        first = edition.number == 1
        text = _("Published: {title}") if first else _("Correction: {title}, edition {number}")
        link = f"{here}corrections/" if not first else f"{here}{round_path(made.round)}"
        feed.add_item(
            title=text.format(title=made.round.title, number=edition.number), link=link,
            description=site.text(edition.reason) or _("The list was published."), pubdate=edition.published_at,
            updateddate=edition.published_at, unique_id=f"urn:mingjing:{unit_of(area)}:{edition.rows_root}",
        )  # fmt: skip
    return str(feed.writeString("utf-8"))
