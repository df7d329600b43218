"""The proceedings of the programme, as data: a listing, its publication, appeal, objection, gap of visits, reopening.

Which deadline of a scheme gives which step its days, `CLOCKS` says. The model is the Administrative Penalty Law: art.
44 (facts, grounds, basis and rights are told before the decision), art. 45 (the statement is heard and weighed), art.
64 (minutes of the hearing; whoever investigated does not preside). Not here: how acts are read (engine.process), what
else must hold before a notice goes out (policy.listings).
"""

from collections.abc import Mapping

from mingjing.engine.outcome import N_
from mingjing.engine.process import Clock, Process, Step
from mingjing.programmes.assessments.policy.scheme import Scheme

__all__ = [
    "BOTH", "CLOCKS", "DROP", "FIRST", "REJECTED", "SECOND", "STANCES", "UPHELD", "UPHOLD", "appeal", "clocks_by",
    "clocks_of", "gap", "listing", "objection", "publication", "reopening",
]  # fmt: skip

CLOCKS: Mapping[str, Mapping[str, str]] = {
    "listing": {"notice": "pre_listing_statement"},
    "publication": {"public_notice": "public_notice"},
    "appeal": {"published": "appeal_file", "appeal": "appeal_decide"},
    "objection": {"delivered": "objection_file", "objection": "objection_decide"},
    "gap": {},
    "reopening": {"notice": "pre_listing_statement", "public_notice": "public_notice"},
}
"""By kind of proceeding: step → code of the scheme's deadline that says how long it gives."""
UPHOLD, DROP = "uphold", "drop"
STANCES = {UPHOLD: N_("List it"), DROP: N_("Do not list it")}
UPHELD, REJECTED = "upheld", "rejected"
VERDICTS = {UPHOLD: N_("It counts; the list is corrected by it"), DROP: N_("It does not count; the list stays")}
DECISIONS = {UPHELD: N_("Well founded"), REJECTED: N_("Not well founded")}
FIRST, SECOND, BOTH = "first", "second", "both"
COUNTING = {
    FIRST: N_("The first visit counts alone"),
    SECOND: N_("The second visit counts alone"),
    BOTH: N_("Both count; the first gives the points"),
}
LEAST = 1
"""Days of a clock of which the scheme says nothing: nothing is left without time to answer."""


def clocks_of(scheme: Scheme, kind: str) -> dict[str, Clock]:
    """The days that the steps of a proceeding give under this scheme."""
    return clocks_by(scheme, CLOCKS[kind])


def clocks_by(scheme: Scheme, steps: Mapping[str, str]) -> dict[str, Clock]:
    """The days that steps give whose deadline the scheme knows by these codes."""
    deadlines = {entry["code"]: entry for entry in scheme.document["deadlines"]}
    found = {}
    for step, code in steps.items():
        entry = deadlines.get(code, {})
        found[step] = Clock(int(entry.get("days", LEAST)), entry.get("calendar", "working"))
    return found


def listing(clocks: Mapping[str, Clock]) -> Process:
    """Before an entry stands on a list that takes rights: told, heard, answered, decided by two.

    What cannot be shown (no second team, no legal entity, no evidence) two people withdraw; that needs no notice.
    """
    return Process("assessments.listing", _heard(clocks, STANCES), ends=(("decision", DROP), ("withdrawn", "")))


def reopening(clocks: Mapping[str, Clock]) -> Process:
    """A veto that was established only after the decision: the whole way again, for one community.

    Told, heard, answered and decided by two as before a listing, then shown to the public and signed by two houses as
    before a publication. Only then the list may be corrected by it.
    """
    told = Step("public_notice", N_("Public notice begun"), after=("decision",), clock=clocks["public_notice"],
                needs=("reason",))  # fmt: skip
    return Process(
        "assessments.reopening", (*_heard(clocks, VERDICTS), told, *_signed()),
        ends=(("decision", DROP), ("withdrawn", "")),
    )  # fmt: skip


def _heard(clocks: Mapping[str, Clock], stances: Mapping[str, str]) -> tuple[Step, ...]:
    """From the notice to the decision of the panel."""
    return (
        Step("notice", N_("Pre-listing notice served"), needs=("document", "service"), clock=clocks["notice"],
             dated=True),
        Step("statement", N_("Statement of the company received"), within="notice", excused_by="excuse",
             optional=True, once=False, dated=True, until=("decision",), needs=("reason",)),
        Step("hearing_asked", N_("Hearing asked for"), within="notice", excused_by="excuse", optional=True,
             dated=True, until=("decision",)),
        Step("excuse", N_("Lateness excused"), after=("notice",), optional=True, needs=("reason",),
             until=("decision",), uninvolved=True),
        Step("hearing", N_("Hearing held, with minutes"), after=("notice",), needed_if=("hearing_asked",),
             needs=("exhibit",), dated=True, uninvolved=True),
        Step("reply", N_("Written reply to the statement"), after=("statement", "hearing"),
             needed_if=("statement", "hearing_asked"), needs=("reason",), uninvolved=True),
        Step("decision", N_("Decision of the panel"), after=("notice", "hearing", "reply"), waits_for=("notice",),
             votes=2, stances=stances, needs=("reason",), uninvolved=True, apart_from=("reply",)),
        Step("withdrawn", N_("Proposal withdrawn"), optional=True, votes=2, needs=("reason",), uninvolved=True,
             until=("decision",)),
    )  # fmt: skip


def _signed() -> tuple[Step, ...]:
    """From the public notice to the two signatures."""
    return (
        Step("public_objection", N_("Objection during the public notice"), within="public_notice", optional=True,
             once=False, dated=True, needs=("reason",), until=("signed_centre",)),
        Step("public_reply", N_("Objections answered"), after=("public_objection",),
             needed_if=("public_objection",), needs=("reason",)),
        Step("signed_centre", N_("Signed off by the head of the centre"), after=("public_notice", "public_reply"),
             waits_for=("public_notice",), needs=("reason",)),
        Step("signed_bureau", N_("Signed off by the housing bureau"), after=("signed_centre",),
             apart_from=("signed_centre",), needs=("reason",)),
    )  # fmt: skip


def publication(clocks: Mapping[str, Clock]) -> Process:
    """From the decided list to the published one: shown to the public, signed by two houses, published by a third."""
    return Process(
        "assessments.publication",
        (
            Step("public_notice", N_("Public notice begun"), clock=clocks["public_notice"], needs=("reason",)),
            *_signed(),
            Step("published", N_("List published"), after=("signed_centre", "signed_bureau")),
        ),
    )


def appeal(clocks: Mapping[str, Clock]) -> Process:
    """After publication: an appeal in time, or one whose lateness is excused, decided by somebody uninvolved."""
    return Process(
        "assessments.appeal",
        (
            Step("published", N_("List published"), clock=clocks["published"], dated=True),
            Step("appeal", N_("Appeal received"), within="published", excused_by="excuse", dated=True,
                 needs=("reason",), clock=clocks["appeal"]),
            Step("excuse", N_("Lateness excused"), after=("published",), optional=True, needs=("reason",),
                 uninvolved=True),
            Step("decision", N_("Appeal decided"), after=("appeal",), stances=DECISIONS, needs=("reason",),
                 uninvolved=True),
        ),
    )  # fmt: skip


def objection(clocks: Mapping[str, Clock]) -> Process:
    """Against a single finding: in time after the record reached the company, decided by somebody off the team."""
    return Process(
        "assessments.objection",
        (
            Step("delivered", N_("Record delivered to the company"), clock=clocks["delivered"], dated=True),
            Step("objection", N_("Objection received"), within="delivered", excused_by="excuse", dated=True,
                 needs=("reason",), clock=clocks["objection"]),
            Step("excuse", N_("Lateness excused"), after=("delivered",), optional=True, needs=("reason",),
                 uninvolved=True),
            Step("decision", N_("Objection decided"), after=("objection",), stances=DECISIONS, needs=("reason",),
                 uninvolved=True),
        ),
    )  # fmt: skip


def gap(clocks: Mapping[str, Clock]) -> Process:
    """Two visits lie further apart than the scheme allows: two people who were on neither say which counts."""
    return Process(
        "assessments.gap",
        (
            Step("decision", N_("Decision which visit counts"), votes=2, stances=COUNTING, needs=("reason",),
                 uninvolved=True),
        ),
    )  # fmt: skip
