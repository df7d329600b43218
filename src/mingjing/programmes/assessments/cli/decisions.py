"""`mingjing assessments replay --decisions`: a decision file for every visit of a replayed file.

One file is made at a time: memory holds the totals of the classes, whatever the number of visits. The results stand in
no ledger, so the files carry no proof that they do. Not here: what a decision file says (policy.decisions).
"""

from collections.abc import Iterable
from pathlib import Path

from mingjing.engine.chain import canonical
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.programmes.assessments.policy.batches import InputRow
from mingjing.programmes.assessments.policy.decisions import decision_document, work_out
from mingjing.programmes.assessments.policy.intake import Intake
from mingjing.programmes.assessments.policy.replay import Replay, visits

__all__ = ["file_name", "must_be_empty", "write_decisions"]

KEY_LENGTH = 50
"""Characters of a key in a file's name; of four bytes each at most, they leave room below the usual limit of 255."""


def must_be_empty(folder: Path) -> None:
    """Raise Refusal unless `folder` is an empty folder, or nothing yet."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        text = N_("Decision files go into a new or an empty folder; this is neither. Give another name.")
        raise Refusal([Problem("replay.folder", text, {}, str(folder))])


def write_decisions(folder: Path, scored: Replay, intake: Intake, rows: Iterable[InputRow]) -> None:
    """Write the decision file of every visit of `rows`, which `scored` has ranked, into `folder`."""
    width = len(str(max(scored.count - 1, 0)))
    for index, visit in enumerate(visits(intake, rows)):
        totals = scored.distributions[visit.class_code]
        result = work_out(intake.scheme, visit.class_code, visit.key, visit.sheet, totals)
        document = decision_document(intake.scheme, result, visit.sheet, totals)
        (folder / file_name(index, visit.key, width)).write_bytes(canonical(document) + b"\n")


def file_name(index: int, key: str, width: int = 1) -> str:
    """The name of the file of a visit: its number from 0, and what of its key can stand in a file's name anywhere.

    >>> file_name(7, "../A 1/荷塘", 3)
    '007-A_1_荷塘.json'
    """
    safe = "".join(letter if letter.isalnum() or letter == "-" else "_" for letter in key[:KEY_LENGTH]).strip("_")
    return f"{index:0{width}d}-{safe}.json"
