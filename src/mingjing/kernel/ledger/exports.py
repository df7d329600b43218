"""The ledger as a file: a line of canonical JSON about the whole, then one for each fact.

docs/reference/ledger-format.md says the same in words. Not here: the checks (verify).
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from mingjing.engine import chain
from mingjing.engine.chain import Entry, Mark
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.queries import head, stream

__all__ = ["FORMAT", "export", "read_export"]

FORMAT = "mingjing.ledger.export/1"
LINE_LIMIT = 256 * 1024  # bytes; a fact's data is limited to a quarter of it
_HASH = rb'"([0-9a-f]{64})"'
_LINE = re.compile(rb'\{"content":(\{.*\}),"digest":%s,"hash":%s,"previous":%s\}\n' % (_HASH, _HASH, _HASH))


def export(*, at: datetime) -> Iterator[bytes]:
    """The lines of the whole ledger as it stands now; facts appended meanwhile are left out."""
    end = head()
    whole = {"format": FORMAT, "at": instant_text(at), "head": {"seq": end.seq, "hash": end.hash}}
    yield chain.canonical(whole) + b"\n"
    for fact in stream(upto=end.seq):
        tail = f',"digest":"{fact.digest}","hash":"{fact.hash}","previous":"{fact.previous}"}}\n'
        yield b'{"content":' + fact.content + tail.encode()


def read_export(file: BinaryIO) -> tuple[Mark, Iterator[Entry]]:
    """Where an exported ledger ends, and its facts as they are read; a broken line raises Refusal, then or later."""
    line = file.readline(LINE_LIMIT)
    try:
        whole = json.loads(line)
        end = Mark(whole["head"]["seq"], whole["head"]["hash"])
        known = whole["format"] == FORMAT and type(end.seq) is int and isinstance(end.hash, str)
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise _broken(1)
    return end, _entries(file)


def _entries(file: BinaryIO) -> Iterator[Entry]:
    number = 1
    while line := file.readline(LINE_LIMIT):
        number += 1
        parts = _LINE.fullmatch(line)
        seq = _seq(parts[1]) if parts else None
        if parts is None or seq is None:
            raise _broken(number)
        yield Entry(seq, parts[1], parts[2].decode(), parts[4].decode(), parts[3].decode())


def _seq(content: bytes) -> int | None:
    """The number of the fact, or None where the content is not canonical JSON: others would hash other bytes."""
    try:
        values = json.loads(content, parse_float=_no_fact, parse_constant=_no_fact)
        if type(values["seq"]) is int and (_spelled(values) == content or chain.canonical(values) == content):
            return int(values["seq"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return None


def _spelled(values: Any) -> bytes:
    """Canonical JSON, eight times as fast, of what holds neither floats nor a character outside ASCII; else nothing."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() if text.isascii() else b""


def _no_fact(number: str) -> None:
    raise ValueError(f"{number} is no number a fact may hold")


def _broken(line: int) -> Refusal:
    text = N_("This line of the exported ledger cannot be read: the file is damaged, cut off or of another format.")
    return Refusal([Problem("ledger.export.unreadable", text, {"line": line}, place=str(line))])
