"""Kinds of documents, as manifests declare them: titles, series, and the fields of their own with a sample each.

Every kind has the fields of the frame besides, which the house fills (FRAME). Not here: templates and documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext, override

from mingjing.engine.outcome import N_
from mingjing.kernel import registry

__all__ = ["FRAME", "PRINTED", "DocumentField", "DocumentKind", "kinds", "title_of"]

Value = str | tuple["Value", ...] | Mapping[str, "Value"]

FRAME: Mapping[str, str] = {
    "number": N_("number of the document"),
    "title": N_("title of the document"),
    "office": N_("name of the issuing office"),
    "addressee": N_("whom it is for: addressee.name and addressee.credit_code"),
    "date": N_("date in Chinese characters"),
    "date_plain": N_("date in figures"),
    "code": N_("code by which anybody can verify it"),
    "verify": N_("address of the page that verifies it"),
    "qr": N_("QR code of that address, a picture"),
}
"""What a template may use of any document: name → msgid."""

PRINTED = ("number", "title", "date", "code", "qr")
"""What a template of a numbered kind must print, so that whoever holds the paper can verify it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentField:
    """A field of a kind: what a template calls it, its title (an English msgid), and a sample to show it with.

    The sample is a text, or a tuple of texts or of mappings for what a template loops over; it also says of which form
    the values must be. A template must print it unless it is `optional`.
    """

    name: str
    title: str
    sample: Any
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of document. `code` is dotted (`assessments.pre_listing_notice`), `title` an English msgid.

    `template` names the default template as `package/path`. Kinds of one `series` share their numbers; `letters` are
    the series' letters after the first character of the district (物考 gives 荷物考 in 荷塘区) and `office` the name of
    the office after the district's name, until the district records its own. `addressed` kinds are for one
    organisation, on which they can be served; what is `handed_out` is a form for that organisation to fill in, its to
    see as soon as it is issued. A kind that is not `numbered` is a form to fill in, never issued.
    """

    code: str
    title: str
    template: str
    series: str
    letters: str = "物考"
    office: str = "物业服务指导中心"
    fields: tuple[DocumentField, ...] = field(default_factory=tuple)
    addressed: bool = True
    handed_out: bool = False
    numbered: bool = True

    @property
    def names(self) -> frozenset[str]:
        """The names a template of this kind may use."""
        return frozenset({one.name for one in self.fields}) | (FRAME.keys() if self.numbered else {"qr", "office"})

    @property
    def must_print(self) -> tuple[str, ...]:
        """The names a template of this kind has to use."""
        own = tuple(one.name for one in self.fields if not one.optional)
        return (*(PRINTED if self.numbered else ()), *own)

    def sample(self) -> dict[str, Any]:
        """A sample value for each field of its own."""
        return {one.name: one.sample for one in self.fields}

    def default_template(self) -> bytes:
        """The template that ships."""
        package, _slash, path = self.template.partition("/")
        return (files(package) / path).read_bytes()


def kinds() -> Mapping[str, DocumentKind]:
    """Every kind by code, in the order of the manifests."""
    return {one.code: one for manifest in registry.manifests().values() for one in manifest.documents}


def title_of(kind: str) -> str:
    """The msgid of a kind; the code itself where its programme is not installed."""
    found = kinds().get(kind)
    return found.title if found else kind


def chinese_title(kind: DocumentKind) -> str:
    """The title as it stands on a document."""
    with override("zh-hans"):
        return gettext(kind.title)
