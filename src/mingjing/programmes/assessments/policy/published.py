"""What of a result everybody may see, the file to check it with, and the index of a company.

Of a sheet the public sees which check, how often, how many points, and whether an order was met. Notes, places, names
of papers, and who recorded, approved or reviewed are written for the file and may name somebody: they are left out
here, whatever they hold. Texts that are meant for the public lose what reads like a telephone, an identity card, an
address of mail, a number plate, or the name of somebody whom the house knows. Not here: which texts are so meant.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from mingjing.engine.lists import Distribution
from mingjing.engine.outcome import Problem
from mingjing.engine.scoring import Sheet
from mingjing.programmes.assessments.policy.decisions import PUBLIC_FORMAT, Result, check_decision, decision_document
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = [
    "COVER", "ON_FILE", "Index", "Share", "check_public_decision", "company_index", "public_decision", "public_sheet",
    "public_text",
]  # fmt: skip

ON_FILE = "on file"
"""Stands in a public file for a paper or a person of which the rules ask that there be one."""
COVER = "██"
_PRIVATE = re.compile(
    r"(?<!\d)\d{17}[\dXx](?![\dXx])"  # an identity card
    r"|(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # a mobile telephone
    r"|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"  # a telephone with its area code
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
)
SHORTEST = 2
"""Signs of a name that is looked for: of one sign there would be no end."""


def public_text(text: str, names: Iterable[str] = ()) -> str:
    """A text meant for everybody, without what reads like a person's: numbers, mail, plates, and these names.

    >>> public_text("请联系张三 13812345678，湘B12345", ["张三"])
    '请联系██ ██，██'
    """
    found = _PRIVATE.sub(COVER, text)
    wanted = {name for name in names if len(name) >= SHORTEST}
    pattern = _named(tuple(sorted(wanted, key=lambda name: (-len(name), name))))
    return pattern.sub(COVER, found) if pattern else found


@lru_cache(maxsize=8)
def _named(names: tuple[str, ...]) -> "re.Pattern[str] | None":
    return re.compile("|".join(map(re.escape, names))) if names else None


def public_sheet(sheet: Sheet) -> Sheet:
    """The sheet without anything that people wrote freely; it comes to the same points.

    One fact is still one fact: keys of facts become f1, f2 … in their order. Of an order met only that it was.
    """
    facts: dict[str, str] = {}
    findings = tuple(
        replace(
            finding, fact=facts.setdefault(finding.fact, f"f{len(facts) + 1}") if finding.fact else "", place="",
            note="", evidence=(), by="", at="", resolved="yes" if finding.resolved else "",
        )
        for finding in sheet.findings
    )  # fmt: skip
    absences = tuple(replace(one, reason=_held(one.reason), evidence=(), by="", at="") for one in sheet.not_applicable)
    claims = tuple(replace(one, **_covered(one, ("proof", "approver"))) for one in sheet.claims)
    vetoes = tuple(replace(one, **_covered(one, ("document", "approver"))) for one in sheet.vetoes)
    return replace(sheet, findings=findings, not_applicable=absences, claims=claims, vetoes=vetoes)


def _covered(entry: Any, names: Iterable[str]) -> dict[str, str]:
    return {name: _held(getattr(entry, name)) for name in names}


def _held(text: str) -> str:
    return ON_FILE if text else ""


def public_decision(
    scheme: Scheme, result: Result, sheet: Sheet, totals: Distribution, record: Mapping[str, Any], digest: str
) -> dict[str, Any]:
    """The decision file for everybody: of a `public_sheet` and its result; `digest` is that of the sheet on record.

    It proves that the points, the tier and the rank follow from what it shows, and that the ledger recorded them. That
    what it shows is what the recorded sheet says, only who has that sheet (the company, a court) can check.
    """
    made = decision_document(scheme, result, sheet, totals, record)
    return {**made, "format": PUBLIC_FORMAT, "sheet_digest": digest}


def check_public_decision(document: Any) -> tuple[Problem, ...]:
    """Everything in a public decision file that does not hold."""
    return check_decision(document, PUBLIC_FORMAT)


@dataclass(frozen=True, slots=True)
class Share:
    """What a community brings into the index of its company: points (hundredths) and square metres."""

    points: int
    area: Fraction


@dataclass(frozen=True, slots=True)
class Index:
    """Points weighted by floor area: `weighted` over `area`, and what they give in hundredths, half up."""

    weighted: Fraction
    area: Fraction
    points: int


def company_index(shares: Iterable[Share]) -> Index | None:
    """The area-weighted mean of a company's communities; None where nothing can be weighed.

    >>> company_index([Share(9000, Fraction(100)), Share(6000, Fraction(50))])
    Index(weighted=Fraction(1200000, 1), area=Fraction(150, 1), points=8000)
    """
    counted = [share for share in shares if share.area > 0]
    if not counted:
        return None
    area = sum((share.area for share in counted), Fraction(0))
    weighted = sum((share.points * share.area for share in counted), Fraction(0))
    return Index(weighted, area, int(weighted / area + Fraction(1, 2)))
