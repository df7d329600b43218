"""The ledger as a file: a line of canonical JSON about the whole, then one for each fact.

A reader who may not see every fact gets a file that withholds the contents of the others and keeps their digests: it
still leads to the same head.

docs/reference/ledger-format.md says the same in words. Not here: the checks (verify).
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from mingjing.engine import chain
from mingjing.engine.chain import Entry, Mark
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.queries import head, stream

__all__ = ["FORMAT", "PARTIAL", "export", "read_export"]

FORMAT = "mingjing.ledger.export/1"
PARTIAL = "mingjing.ledger.export/2"
LINE_LIMIT = 256 * 1024  # bytes; a fact's data is limited to a quarter of it
_HASH = rb'"([0-9a-f]{64})"'
_LINE = re.compile(rb'\{"content":(\{.*\}),"digest":%s,"hash":%s,"previous":%s\}\n' % (_HASH, _HASH, _HASH))
_WITHHELD = re.compile(rb'\{"digest":%s,"hash":%s,"previous":%s,"seq":([1-9][0-9]{0,15})\}\n' % (_HASH, _HASH, _HASH))


def export(*, at: datetime, sees: Callable[[str], bool] | None = None) -> Iterator[bytes]:
    """The lines of the whole ledger as it stands now; facts appended meanwhile are left out.

    Where `sees` is given, facts whose scope it turns down come without their contents, and the format is PARTIAL.
    """
    end = head()
    form = PARTIAL if sees else FORMAT
    whole = {"format": form, "at": instant_text(at), "head": {"seq": end.seq, "hash": end.hash}}
    yield chain.canonical(whole) + b"\n"
    for fact in stream(upto=end.seq):
        tail = f'"digest":"{fact.digest}","hash":"{fact.hash}","previous":"{fact.previous}"'
        if sees is None or sees(fact.scope):
            yield b'{"content":' + fact.content + f",{tail}}}\n".encode()
        else:
            yield f'{{{tail},"seq":{fact.seq}}}\n'.encode()


def read_export(file: BinaryIO) -> tuple[Mark, Iterator[Entry]]:
    """Where an exported ledger ends, and its facts as they are read; a broken line raises Refusal, then or later."""
    line = file.readline(LINE_LIMIT)
    try:
        whole = json.loads(line)
        end = Mark(whole["head"]["seq"], whole["head"]["hash"])
        known = whole["format"] in {FORMAT, PARTIAL} and type(end.seq) is int and isinstance(end.hash, str)
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise _broken(1)
    return end, _entries(file, partial=whole["format"] == PARTIAL)


def _entries(file: BinaryIO, *, partial: bool) -> Iterator[Entry]:
    number = 1
    while line := file.readline(LINE_LIMIT):
        number += 1
        if partial and (told := _WITHHELD.fullmatch(line)):
            yield Entry(int(told[4]), None, told[1].decode(), told[3].decode(), told[2].decode())
            continue
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
