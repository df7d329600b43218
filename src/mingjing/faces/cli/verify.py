"""`mingjing verify FILE`: checks a file that the house gave out, with neither database nor network.

What is checked belongs to whoever wrote the format; a manifest's verifiers say so.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.kernel import registry

MAX_BYTES = 512 * 2**20


def configure_verify(parser: argparse.ArgumentParser) -> None:
    """Arguments of `mingjing verify`."""
    parser.add_argument("file", type=Path, metavar="FILE", help=_("the file to check, or - for standard input"))


def run_verify(args: argparse.Namespace) -> int:
    """Print what was found to be right, or every fault on stderr; 0 when the file holds."""
    content = read(args.file)
    found = import_string(verifier_of(content, str(args.file)).check)(content)
    faults = [reason for reason in found if isinstance(reason, Problem)]
    for reason in found:
        _say(reason)
    print(_("{file} does not hold.").format(file=args.file) if faults else _("{file} holds.").format(file=args.file))
    return 1 if faults else 0


def _say(reason: Reason) -> None:
    print(reason.say(_), file=sys.stderr if isinstance(reason, Problem) else sys.stdout)


def read(path: Path) -> dict[str, Any]:
    """The JSON object in `path`; raises Refusal for anything else."""
    place = str(path)
    raw = sys.stdin.buffer.read(MAX_BYTES + 1) if place == "-" else _bytes(path)
    if len(raw) > MAX_BYTES:
        limit = {"limit": MAX_BYTES // 2**20}
        raise Refusal(
            [
                Problem(
                    "verify.size",
                    N_("The file is larger than {limit} MB. Check that it is the right one."),
                    limit,
                    place,
                )
            ]
        )
    try:
        content = json.loads(raw, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        text = N_("This is not a JSON file ({error}). Ask whoever sent it to send it again.")
        raise Refusal([Problem("verify.json", text, {"error": error}, place)]) from error
    if not isinstance(content, dict):
        raise Refusal(
            [Problem("verify.object", N_("The file holds no JSON object; it was not written by mingjing."), {}, place)]
        )
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: two readers must not read one file in two ways."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def verifier_of(content: dict[str, Any], place: str) -> registry.Verifier:
    """The verifier of the file's `format`; raises Refusal when nobody here knows it."""
    known = registry.verifiers()
    declared = content.get("format")
    if isinstance(declared, str) and declared in known:
        return known[declared]
    text = N_("The file's format is {declared}, which this installation does not know. It knows: {known}.")
    raise Refusal([Problem("verify.format", text, {"declared": json.dumps(declared), "known": sorted(known)}, place)])
