"""How a public page can be read: two languages, each as usual or in elder mode. The address says which: no cookie.

Not here: any page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.translation import override

__all__ = ["DEFAULT", "VARIANTS", "Variant", "speaking"]


@dataclass(frozen=True, slots=True)
class Variant:
    """`code` stands in the address; `lang` is the language as HTML names it, `django` as Django does."""

    code: str
    lang: str
    django: str
    elder: bool

    @property
    def other_language(self) -> "Variant":
        """The same in the other language."""
        return next(one for one in VARIANTS.values() if one.lang != self.lang and one.elder == self.elder)

    @property
    def other_size(self) -> "Variant":
        """The same in elder mode, or out of it."""
        return next(one for one in VARIANTS.values() if one.lang == self.lang and one.elder != self.elder)


VARIANTS = {
    one.code: one
    for one in (
        Variant("zh", "zh-Hans", "zh-hans", False),
        Variant("en", "en", "en", False),
        Variant("zh-elder", "zh-Hans", "zh-hans", True),
        Variant("en-elder", "en", "en", True),
    )
}
DEFAULT = VARIANTS["zh"]


class VariantConverter(StringConverter):
    """One of the variants, as it stands in an address."""

    regex = "|".join(sorted(VARIANTS, key=len, reverse=True))


register_converter(VariantConverter, "variant")


@contextmanager
def speaking(variant: Variant) -> Iterator[None]:
    """Texts inside are said in the variant's language."""
    with override(variant.django):
        yield
