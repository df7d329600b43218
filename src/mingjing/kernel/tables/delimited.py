"""Delimited text (CSV and its kin): finds out the encoding and the delimiter, and streams records."""

import codecs
import csv
import io
import zlib
from collections.abc import Generator, Iterator
from itertools import islice
from typing import IO

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.tables.limits import Limits

__all__ = ["text_rows"]

Records = Generator[tuple[int, list[str]], None, None]

CHUNK = 1 << 20
SAMPLE = 1 << 16
DELIMITERS = ",;\t|"
CHINESE = {"gbk", "gb2312", "gb18030", "cp936", "hz"}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def text_rows(file: IO[bytes], encoding: str, delimiter: str, limits: Limits) -> Records:
    """Records with their numbers, counted as a spreadsheet counts rows.

    The whole file is read once before the first record, so a damaged or wrongly encoded file is refused at once and
    its encoding is known from all of it rather than guessed from its beginning.
    """
    codec = _codec(file, encoding, limits)
    file.seek(0)
    sample = io.TextIOWrapper(io.BytesIO(file.read(SAMPLE)), codec, errors="replace", newline="").read()
    chosen = _delimiter(sample) if delimiter == "auto" else delimiter
    return _records(file, codec, chosen, limits)


def _records(file: IO[bytes], codec: str, delimiter: str, limits: Limits) -> Records:
    file.seek(0)
    text = io.TextIOWrapper(file, codec, newline="")
    reader = csv.reader(_lines(text, limits.line), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        text_ = N_(
            "The row cannot be read ({cause}); look for a quotation mark that is never closed, or a wrong delimiter."
        )
        raise Refusal([Problem("tables.csv", text_, {"cause": str(error)}, f"row {number + 1}")]) from error
    finally:
        text.detach()


def _lines(text: io.TextIOWrapper, limit: int) -> Iterator[str]:
    """Lines of bounded length; a file without line ends must not be read into memory whole."""
    while line := text.readline(limit):
        if len(line) == limit:
            raise csv.Error(f"line longer than {limit} characters")
        yield line


def _codec(file: IO[bytes], encoding: str, limits: Limits) -> str:
    """The name of the encoding that reads the whole file, which is refused where none does."""
    if encoding != "auto":
        named = "gb18030" if encoding.lower().replace("-", "") in CHINESE else encoding
        return _checked(file, _with_bom(file, named), limits)
    marked = _marked(file)
    if marked:
        return _checked(file, marked, limits)
    try:
        return _checked(file, "utf-8", limits)
    except Refusal as refusal:
        if refusal.problems[0].code != "tables.encoding" or not _reads_as_chinese(file):
            raise
    return _checked(file, "gb18030", limits)


def _with_bom(file: IO[bytes], encoding: str) -> str:
    """`encoding`, in the variant that skips the byte order mark where the file begins with one."""
    marked = _marked(file)
    return marked if marked and marked[:5] == encoding.lower().replace("utf8", "utf-8")[:5] else encoding


def _marked(file: IO[bytes]) -> str | None:
    """What a byte order mark, or the zero bytes of unmarked UTF-16, say about the encoding."""
    file.seek(0)
    start = _inflate(file, 4096)
    for mark, name in BOMS.items():
        if start.startswith(mark):
            return name
    zeros = start[0::2].count(0), start[1::2].count(0)
    if max(zeros) * 4 > len(start) and min(zeros) * 20 < max(zeros):
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return None


def _checked(file: IO[bytes], encoding: str, limits: Limits) -> str:
    """`encoding`, once every byte of the file has been decoded with it."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding)  # refuses codecs that are of no text, such as rot13
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError) as error:
        text = N_("{encoding} is not the name of an encoding; use utf-8, gb18030, utf-16 or leave it on auto.")
        raise Refusal([Problem("tables.unknown_encoding", text, {"encoding": encoding})]) from error
    file.seek(0)
    line, size = 1, 0
    while chunk := _inflate(file, CHUNK):
        size += len(chunk)
        if size > limits.text_bytes:
            text = N_("The file is larger than {limit} bytes when unpacked; split it.")
            raise Refusal([Problem("tables.too_large", text, {"limit": limits.text_bytes})])
        line += _decode(decoder, chunk, encoding, line)
    _decode(decoder, b"", encoding, line, final=True)
    return encoding


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, line: int, final: bool = False) -> int:
    """Decode the next bytes and count the lines in them; refuses bytes that the encoding or a text does not have."""
    try:
        found = decoder.decode(chunk, final)
    except (UnicodeDecodeError, UnicodeError) as error:
        before = chunk[: getattr(error, "start", 0)].count(b"\n")
        text = N_("The text is not {encoding}; save the file as CSV UTF-8, or name its encoding in the mapping.")
        raise Refusal([Problem("tables.encoding", text, {"encoding": encoding}, f"line {line + before}")]) from error
    if "\0" in found:
        text = N_("The file holds zero bytes, so it is damaged or not a text file; export it again.")
        raise Refusal(
            [Problem("tables.zero_byte", text, {}, f"line {line + found[: found.index(chr(0))].count(chr(10))}")]
        )
    return found.count("\n")


def _inflate(file: IO[bytes], size: int) -> bytes:
    try:
        return file.read(size)
    except (EOFError, OSError, zlib.error) as error:
        text = N_("The compressed file is damaged or cut off ({cause}); export or download it again.")
        raise Refusal([Problem("tables.gzip", text, {"cause": str(error)})]) from error


def _reads_as_chinese(file: IO[bytes]) -> bool:
    """Whether GB18030 turns the file into everyday Chinese; Western encodings decode too, but into rare characters."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("gb18030")()
    found: list[str] = []
    try:
        while sum(map(len, found)) < SAMPLE and (chunk := _inflate(file, CHUNK)):
            found.append("".join(letter for letter in decoder.decode(chunk) if letter > "\x7f"))
    except UnicodeDecodeError:
        return False
    foreign = "".join(found)
    return len(foreign.encode("gb2312", "ignore").decode("gb2312")) >= 0.9 * len(foreign)


def _delimiter(sample: str) -> str:
    """The delimiter that splits the most of the first rows into the same number of cells; a comma if none does."""
    return max(DELIMITERS, key=lambda mark: _agreement(sample, mark))


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = [
            len(row) for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 40) if row
        ]
    except csv.Error:
        return (0, 0)
    best = max((width for width in set(widths) if width > 1), key=widths.count, default=0)
    return (widths.count(best), best) if best else (0, 0)
