"""What a decision file says of a row that was corrected after the decision, and how anybody checks it offline.

The section holds the sheet as it counts, the row of the edition that said so, and the proof that the ledger recorded
the row. The tier of a corrected row follows from hearings and decisions of people too; that it is the published one is
proved, not worked out again. Not here: the decision itself (decisions), what a correction makes of a row (corrections).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mingjing.engine.chain import canonical, leaf_hash, verify_inclusion, verify_proof
from mingjing.engine.outcome import N_, Problem
from mingjing.engine.quantities import points_text
from mingjing.engine.scoring import Sheet, score
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.sheets import read_sheet, sheet_document

__all__ = ["correction_faults", "correction_section"]

PLACE = "correction"


def correction_section(sheet: Sheet, row: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The section: the sheet as it counts, the row as it was published, where the ledger has it."""
    return {"sheet": sheet_document(sheet), "row": dict(row), "record": dict(record)}


def correction_faults(section: Mapping[str, Any], document: Mapping[str, Any], scheme: Scheme) -> Iterator[Problem]:
    """Everything in the section that does not hold; raises KeyError, TypeError or ValueError where it is damaged."""
    row, decided = section["row"], document["result"]
    rubric = scheme.rubrics[decided["class"]]
    if (row["number"], row["class"], row["decided"]) != (decided["key"], decided["class"], decided["tier"]):
        text = N_("the corrected row is that of another result.")
        yield Problem("correction.other", text, {}, f"{PLACE}/row")
    numbers = score(rubric, read_sheet(section["sheet"], scheme, rubric))
    bonus = numbers.bonus if numbers.base is not None else row["bonus"]
    for name, expected in (("base", numbers.base), ("bonus", bonus), ("total", numbers.total)):
        if row[name] != expected:
            text = N_("the file says {found}; the rules give {expected}.")
            params = {"found": _points(row[name]), "expected": _points(expected)}
            yield Problem("decision.differs", text, params, f"{PLACE}/row/{name}")
    yield from _takes(document["sheet"], section["sheet"])
    yield from _record_faults(section)


def _points(value: int | None) -> str:
    return "—" if value is None else points_text(value)


def _takes(decided: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[Problem]:
    """A correction strikes findings and bonuses; that it adds one would be no correction."""
    before, after = (_weights(sheet) for sheet in (decided, counts))
    for name, weight in sorted((after - before).items()):
        text = N_("{name} weighs {weight} more than was decided; a correction adds no finding and no bonus.")
        yield Problem("correction.adds", text, {"name": name, "weight": weight}, f"{PLACE}/sheet")


def _weights(sheet: Mapping[str, Any]) -> Counter[str]:
    found: Counter[str] = Counter()
    for finding in sheet.get("findings", ()):
        found[finding["check"]] += int(finding["steps"])
    for claim in sheet.get("claims", ()):
        found[claim["bonus"]] += 1
    return found


def _record_faults(section: Mapping[str, Any]) -> Iterator[Problem]:
    record = section["record"]
    recorded = record["proof"]["content"]["data"]
    path, root = [bytes.fromhex(part) for part in record["path"]], bytes.fromhex(recorded["rows_root"])
    leaf = leaf_hash(canonical(section["row"]))
    included = verify_inclusion(leaf, record["index"], record["size"], path, root)
    if not included or record["size"] != recorded["rows"]:
        text = N_("this row is not among those of the edition that the ledger recorded.")
        yield Problem("correction.not_recorded", text, {}, f"{PLACE}/record")
    yield from verify_proof(record["proof"])
