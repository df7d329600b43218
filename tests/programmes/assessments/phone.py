"""The phone's engine for tests: node running tests/js/bridge.js, asked one question at a time."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mingjing.engine.kept import keep
from mingjing.engine.outcome import Problem, Reason, Refusal
from mingjing.programmes.assessments.policy.recording import Conflict

__all__ = ["Phone", "all_told", "as_told", "node", "phone"]

ROOT = Path(__file__).resolve().parents[3]


def node() -> str | None:
    """A node that runs: the system's, or the one that playwright brings along."""
    found = shutil.which("node")
    package = find_spec("playwright")
    driver = Path(package.origin).parent / "driver" / "node" if package and package.origin else None
    for program in (found, driver):
        if program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0:
            return str(program)
    return None


class Phone:
    """A running node."""

    def __init__(self, program: str) -> None:
        self.process = subprocess.Popen(
            [program, str(ROOT / "tests" / "js" / "bridge.js")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
        )  # fmt: skip

    def ask(self, op: str, **question: Any) -> Any:
        """The answer of the phone; an error over there is one here."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"op": op, **question}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]


@contextmanager
def phone(program: str) -> Iterator[Phone]:
    """A phone for as long as it is needed."""
    found = Phone(program)
    try:
        yield found
    finally:
        assert found.process.stdin
        assert found.process.stdout
        found.process.stdin.close()
        found.process.wait(timeout=60)
        found.process.stdout.close()


def as_told(refusal: Refusal | None) -> dict[str, Any] | None:
    """A refusal in the words of the phone."""
    if refusal is None:
        return None
    (problem,) = refusal.problems
    return told(problem) | ({"current": refusal.current} if isinstance(refusal, Conflict) else {})


def told(problem: Problem) -> dict[str, Any]:
    """A problem in the words of the phone: titles by language, a rule in the languages of its rubric (here English)."""
    params = {name: _param(value) for name, value in problem.params.items()}
    return {"code": problem.code, "text": problem.text, "params": params, "place": problem.place}


def all_told(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [told(problem) for problem in problems]


def _param(value: Any) -> Any:
    if isinstance(value, Reason):
        return {"titled": {"en": value.say()}}
    return [_param(part) for part in value] if isinstance(value, tuple) else keep(value)
