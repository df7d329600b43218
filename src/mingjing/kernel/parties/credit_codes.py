"""The unified social credit code of an organisation (GB 32100): how it is written, checked, and what it tells.

The check digit (ISO 7064, modulus 31) catches every change of a single character. python-stdnum computes it, but knows
no registering authority beyond the digits; codes given out by agriculture (N), the military (A) and others (Y) are
real, so the form is checked here.
"""

import re

from stdnum.cn import uscc

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.parties.models import OrganisationKind

__all__ = ["kind_of", "read_credit_code"]

FORM = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SEPARATORS = re.compile(r"[\s\u200b\ufeff-]+")  # spaces of any width, seen or not, and hyphens

# Table 1 of GB 32100: registering authority, then kind of body.
KINDS = {
    "11": OrganisationKind.AUTHORITY,
    "12": OrganisationKind.INSTITUTION,
    "51": OrganisationKind.SOCIAL,
    "52": OrganisationKind.SOCIAL,
    "53": OrganisationKind.SOCIAL,
    "91": OrganisationKind.ENTERPRISE,
    "92": OrganisationKind.INDIVIDUAL,
    "93": OrganisationKind.COOPERATIVE,
    "N1": OrganisationKind.COLLECTIVE,
    "N2": OrganisationKind.COLLECTIVE,
    "N3": OrganisationKind.COLLECTIVE,
}


def read_credit_code(text: str, place: str = "") -> str:
    """The code in `text` as the standard writes it: full-width and lower-case letters and separators are accepted.

    Raises Refusal with one Problem, at `place`, when it is no valid code.

    >>> read_credit_code(" ９１110000 600037341l ")
    '91110000600037341L'
    """
    code = SEPARATORS.sub("", text.translate(FULL_WIDTH)).upper()
    if not code.isascii() or len(code) != 18:
        template = N_("“{code}” is no unified social credit code: it has 18 characters; copy it from the licence.")
        raise Refusal([Problem("parties.credit_code.length", template, {"code": text.strip()[:40]}, place)])
    if not FORM.fullmatch(code):
        template = N_(
            "“{code}” is no unified social credit code: I, O, S, V and Z never occur, and characters 3 to 8 are digits."
        )
        raise Refusal([Problem("parties.credit_code.form", template, {"code": code}, place)])
    if uscc.calc_check_digit(code[:-1]) != code[-1]:
        template = N_("The check digit of “{code}” is wrong: a character was mistyped; compare it with the licence.")
        raise Refusal([Problem("parties.credit_code.check_digit", template, {"code": code}, place)])
    return code


def kind_of(credit_code: str) -> OrganisationKind:
    """What kind of body has this code."""
    return KINDS.get(credit_code[:2], OrganisationKind.OTHER)
