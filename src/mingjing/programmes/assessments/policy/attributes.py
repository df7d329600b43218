"""What is known of a site besides its findings: declared by the scheme, read from text, asked about by its rules."""

from collections.abc import Collection
from fractions import Fraction

from mingjing.engine.mappings.texts import quoted
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.engine.quantities import parse_fraction
from mingjing.engine.rules import FLAG, Measure, Value, choice_of
from mingjing.programmes.assessments.policy.reading import Node
from mingjing.programmes.assessments.policy.sources import Source, read_source

__all__ = ["read_attribute", "read_measures"]


def read_measures(root: Node, reserved: Collection[str]) -> tuple[dict[str, Measure], dict[str, Source]]:
    """The attributes of a scheme as measures, and the sources of those that the system knows itself.

    `reserved` are the codes of measures every scheme has.
    """
    seen: dict[str, str] = {}
    measures: dict[str, Measure] = {}
    sources: dict[str, Source] = {}
    for node in root.each("attributes"):
        code = node.unique("code", seen)
        if code in reserved:
            node.problem(
                "scheme.reserved", N_("{code} is the name of a computed measure; choose another."), "code", code=code
            )
        measures[code] = _measure(node, code)
        if source := read_source(node, measures[code]):
            sources[code] = source
    return measures, sources


def _measure(node: Node, code: str) -> Measure:
    title, kind = node.titled("title"), node.one_of("type", ("number", "flag", "choice"), "number")
    node.titled("unit", required=False)
    choices = _choices(node, kind)
    grain = Fraction(1, 10 ** int(node.one_of("decimals", [str(n) for n in range(7)], "2"))) if not choices else None
    measure = Measure(code, title, choices, grain=grain)
    text = node.text("default", "")
    if not text:
        return measure
    default = node.attempt(lambda: read_attribute(measure, text, f"{node.path}/default"))
    return Measure(code, title, choices, grain=grain, default=default)


def _choices(node: Node, kind: str) -> tuple[str, ...]:
    if kind == "flag":
        return FLAG
    raw = node.value.get("choices")
    node.read.add("choices")
    if kind == "number":
        return ()
    if isinstance(raw, list) and raw and all(isinstance(entry, str) and entry for entry in raw):
        return tuple(raw)
    node.problem("scheme.choices", N_("a choice needs a list of the codes it may take."), "choices")
    return ("",)


def read_attribute(measure: Measure, text: str, place: str = "") -> Value:
    """The value of `measure` from its text; raises Refusal for what it cannot be."""
    if measure.choices:
        found = choice_of(measure, text)
        if found in measure.choices:
            return found
        reason = N_("{found} is not a value of {measure}; use one of {allowed}.")
        params = {"found": quoted(text), "measure": measure.title, "allowed": measure.choices}
        raise Refusal([Problem("attribute.unknown_choice", reason, params, place)])
    value = parse_fraction(text, place)
    if (measure.low is not None and value < measure.low) or (measure.grain and value % measure.grain):
        reason = N_("{found} cannot be {measure}: it must not be negative, nor finer than {grain}.")
        params = {"found": quoted(text), "measure": measure.title, "grain": str(measure.grain)}
        raise Refusal([Problem("attribute.out_of_range", reason, params, place)])
    return value
