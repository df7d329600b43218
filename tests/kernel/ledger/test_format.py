"""docs/reference/ledger-format.md keeps its word: its example comes out, and its program checks a real export."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mingjing.engine import chain
from mingjing.kernel.ledger.exports import export

PAGE = Path("docs/reference/ledger-format.md").read_text("utf-8")


def test_the_example_comes_out():
    content = re.search(r"^    (\{\"at\".*\"jobs\.delivery:1\"\})$", PAGE, re.MULTILINE)[1]
    digests = re.findall(r"^    digest    ([0-9a-f]{64})$", PAGE, re.MULTILINE)
    hashes = re.findall(r"^    hash      ([0-9a-f]{64})$", PAGE, re.MULTILINE)
    contents = [content, content.replace('"n":1', '"n":2').replace('"seq":1', '"seq":2').replace(':1"', ':2"')]
    assert digests == [chain.sha256(text.encode()).hexdigest() for text in contents]
    first = chain.link(chain.GENESIS, digests[0])
    assert hashes == [first, chain.link(first, digests[1])]
    assert digests[0] in PAGE.split("In a shell")[1]


@pytest.mark.django_db
def test_the_program_checks_an_export(append, at, tmp_path):
    for number in range(3):
        append(data={"n": number, "title": "红榜"})
    program = tmp_path / "check.py"
    program.write_text(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], "utf-8")
    file = tmp_path / "ledger.jsonl"

    def check(lines):
        file.write_bytes(b"".join(lines))
        done = subprocess.run([sys.executable, program, file], capture_output=True, text=True)
        return done.returncode, done.stdout or done.stderr

    lines = list(export(at=at))
    assert check(lines)[1].startswith("whole: 3 facts")
    assert check([*lines[:2], lines[2].replace(b'"n":1', b'"n":7'), lines[3]]) == (1, "fact 2 is not what it was\n")
    assert check(lines[:3]) == (1, "the end is missing or was added\n")
    partial = list(export(at=at, sees=lambda scope: False))
    assert check(partial)[1].startswith("whole: 3 facts")
    assert check([*partial[:2], *partial[3:]]) == (1, "fact 2 is not what it was\n")
