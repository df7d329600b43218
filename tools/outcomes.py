"""How the end of `script/test` reads: what each part took, and why those failed that did, in about a screen.

Not here: running anything (tools/suites).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LINES = 80
"""How much may be said of failures in all: of a log that is cut, its end is what people see."""
OF_ONE = 14
"""How many lines of one traceback, the last ones."""
HEADING = re.compile(r"_{3,} .+ _{3,}")
CAPTURED = re.compile(r"-{3,} Captured .+ -{3,}")
SECTION = re.compile(r"={3,} .+ ={3,}|(?:FAILED|ERROR) .*|\d+ (?:failed|passed|error).* in .*")
NODE_FAILED = "failing tests:"


@dataclass(frozen=True)
class Outcome:
    """What became of a part, and all that it said."""

    name: str
    passed: bool
    said: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.name}: {'passed' if self.passed else 'FAILED'} in {self.seconds:.0f} s"


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The lines at the end."""
    yield "== what each part took"
    for outcome in sorted(outcomes, key=lambda one: -one.seconds):
        yield f"   {outcome}"
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        yield f"== why {outcome.name} failed"
        yield from last_words(outcome.said, LINES // len(failed))
    yield f"FAILED: {', '.join(one.name for one in failed)}" if failed else "every suite passed"


def last_words(said: str, most: int) -> list[str]:
    """The end of each traceback and the names of what failed: at most so many lines, the names in any case."""
    lines = said.splitlines()
    names = [line for line in lines if line.startswith(("FAILED ", "ERROR "))][:most]
    of_node = [number for number, line in enumerate(lines) if NODE_FAILED in line]
    if of_node:
        return lines[of_node[-1] :][:most]
    if not names:
        return lines[-most:]
    ends = [line for block in tracebacks(lines) for line in block]
    return ends[: most - len(names)] + names


def tracebacks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Of each test that failed under pytest its heading, and the last lines before what it printed."""
    block: list[str] = []
    for line in [*lines, "=== end ==="]:
        if HEADING.fullmatch(line) or SECTION.fullmatch(line) or CAPTURED.fullmatch(line):
            if len(block) > 1:
                yield [block[0], *[kept for kept in block[1:] if kept.strip()][-OF_ONE:]]
            block = [line] if HEADING.fullmatch(line) else []
        elif block:
            block.append(line)
