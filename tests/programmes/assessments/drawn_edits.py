"""Edits and sheets drawn at random, good ones and bad ones, for the properties of recording and of phones."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from mingjing.engine.scoring import Claim, Finding, NotApplicable, Rubric, Sheet, Veto
from mingjing.programmes.assessments.policy.recording import Edit

__all__ = ["edits", "sheets", "uid"]

Strategy = st.SearchStrategy[Any]
AT = "2024-09-04T01:{:02}:00.000000Z"
LETTERS = st.characters(exclude_categories=("Cs", "Cn"), max_codepoint=0xFFFF)  # newer letters: each side has its own
WEIGHTED = ("find", "find", "find", "find", "change", "change", "remove", "attach", "detach", "looked", "looked_rest",
            "not_applicable", "unmark", "sampled", "undo", "jump")  # fmt: skip


def uid(number: int) -> str:
    return str(UUID(int=number))


IDS = st.one_of(st.integers(1, 6).map(uid), st.sampled_from(["", "seven", None, uid(1).replace("0", "A")]))
NUMBERS = st.one_of(st.integers(-1, 12), st.sampled_from(["3", " 4 ", "x", "", None, True, 10**6, "９"]))
TEXTS = st.one_of(
    st.sampled_from(["", " ", "3 栋", "\u3000a \x1c b\x85", "\ufeff", "\u200b", "一\r\n二", "x" * 201, "x" * 301]),
    st.sampled_from(["x" * 1001, "🏢" * 1000]),
    st.text(LETTERS, max_size=6), st.sampled_from([None, 7, False]),
)  # fmt: skip
DIGESTS = st.one_of(
    st.lists(st.sampled_from(["a" * 64, "b" * 64, "c" * 64]), max_size=3),
    st.sampled_from([None, "a" * 64, ["photo.jpg"], [7], [f"{n:064x}" for n in range(59)]]),
)
MARKS = st.sampled_from(["1", "5", 3, "3.0", "0.5", "2.25", "+4", "-1", "6", "", "好", None, True, "1" * 16])


def payloads(rubric: Rubric) -> Strategy:
    """Whatever a payload may hold, most of it fitting."""
    checks = st.sampled_from([*rubric.checks, *rubric.checks, "A9.9", "__proto__", 7, True])
    items = st.sampled_from([*(item.code for item in rubric.items), "A77", None])
    grades = st.sampled_from(["full", "partial", "absent", "so so", None])
    return st.fixed_dictionaries(
        {"check": checks, "finding": IDS, "expected": st.one_of(st.integers(1, 4), st.none())},
        optional={
            "item": items, "count": NUMBERS, "grade": grades, "good": NUMBERS, "of": NUMBERS, "fewer": TEXTS,
            "mark": MARKS, "place": TEXTS, "note": TEXTS, "same_as": IDS, "reason": TEXTS, "evidence": DIGESTS,
            "population": NUMBERS,
        },
    )  # fmt: skip


def _parts(code: str) -> Strategy:
    """What an undo may bring back of one check."""
    mark = st.fixed_dictionaries({"check": st.just(code), "by": st.just("t"), "at": st.just(AT.format(0))})
    finding = st.fixed_dictionaries({
        "id": st.integers(1, 6).map(uid), "n": st.integers(1, 9), "version": st.integers(1, 3), "check": st.just(code),
        "steps": st.integers(0, 2), "fact": st.just(uid(1)), "place": st.just(""), "note": st.just(""),
        "evidence": st.just(["a" * 64]), "measured": st.just({}), "by": st.just("t"), "at": st.just(AT.format(0)),
    })  # fmt: skip
    return st.one_of(
        st.just({}), st.fixed_dictionaries({"looked": mark.map(lambda entry: [entry])}),
        st.fixed_dictionaries({"findings": finding.map(lambda entry: [entry])}),
    )  # fmt: skip


def undos(rubric: Rubric) -> Strategy:
    """Payloads of an undo as the server makes them, and some that it would not."""
    before = st.sampled_from(list(rubric.checks)).flatmap(lambda code: st.fixed_dictionaries({code: _parts(code)}))
    return st.fixed_dictionaries({"of": st.just(1)}, optional={"before": st.one_of(before, st.none())})


def edits(rubric: Rubric, most: int = 40) -> Strategy:
    """Edits as they come in, by two people."""
    kinds = st.sampled_from(WEIGHTED)
    sent = kinds.flatmap(
        lambda kind: st.tuples(st.just(kind), undos(rubric) if kind == "undo" else payloads(rubric), st.booleans())
    )
    return st.lists(sent, max_size=most).map(
        lambda all_: [
            Edit(kind, payload, "one" if first else "two", AT.format(number))
            for number, (kind, payload, first) in enumerate(all_)
        ]
    )


@st.composite
def sheets(draw: st.DrawFn, rubric: Rubric) -> Sheet:
    """A sheet of a decision: with facts that come twice, filings and values of every component."""
    checks = st.sampled_from(sorted(rubric.checks))
    fact, day = st.sampled_from(["", "", "f1", "f2", "f3"]), st.sampled_from(["", "2024-09-01"])
    findings = st.lists(st.builds(Finding, checks, st.integers(0, 9), fact, resolved=day), max_size=12)
    paper = st.sampled_from(["", "p"])
    claims = st.lists(st.builds(Claim, st.sampled_from(sorted(rubric.bonus_points) or [""]), paper, paper), max_size=4)
    vetoes = st.lists(
        st.builds(Veto, st.sampled_from(sorted(rubric.veto_levels) or [""]), paper, paper, day), max_size=3
    )
    values = st.fractions(0, 1000, max_denominator=30)
    return Sheet(
        findings=tuple(draw(findings)),
        not_applicable=tuple(NotApplicable(code) for code in draw(st.lists(checks, unique=True, max_size=3))),
        claims=tuple(draw(claims)) if rubric.bonus else (),
        vetoes=tuple(draw(vetoes)) if rubric.vetoes else (),
        attributes={part.code: Fraction(draw(values)) for part in rubric.components if draw(st.booleans())},
        period=draw(st.sampled_from([None, ("2024-07-01", "2024-12-31")])),
        assessed=draw(st.sampled_from([True, True, True, False])),
    )
