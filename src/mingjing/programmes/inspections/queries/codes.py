"""Which firm a scanned text names: by the code on its wall, or by the credit code that its licence's QR holds.

Not here: reading the picture (the phone), what a scan is worth.
"""

import re
from collections.abc import Iterator

from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.models import Firm

__all__ = ["credit_codes_in", "firm_of", "wall_code_in"]

LONGEST = 2000
_CREDIT = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_TAIL = re.compile(r"[#?].*?(?:entry|code)=", re.IGNORECASE)


def firm_of(scanned: str) -> Firm | None:
    """The firm whose standing code, or whose credit code, is in what was scanned. Two statements at most."""
    code = wall_code_in(scanned)
    related = Firm.objects.select_related("organisation", "site", "area")
    sites = EntryCode.objects.filter(code__in={code, code.upper()}, withdrawn_at=None).values("site")
    found = related.filter(site__in=sites).first() if 0 < len(code) <= 20 else None
    if found is None and (codes := list(credit_codes_in(scanned))):
        found = related.filter(organisation__credit_code__in=codes[:5]).first()
    return found


def wall_code_in(scanned: str) -> str:
    """The code in the text of a sign, which may be an address that ends in it."""
    parts = [part for part in _TAIL.sub("/", scanned.strip()[:LONGEST], count=1).split("/") if part]
    return parts[-1].strip() if parts else ""


def credit_codes_in(scanned: str) -> Iterator[str]:
    """What may be a credit code: 18 characters in a row, wherever they stand in an address or a text."""
    yield from (match.group() for match in _CREDIT.finditer(scanned[:LONGEST].upper()))
