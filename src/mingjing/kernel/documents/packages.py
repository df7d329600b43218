"""Word files as packages: which of them are taken, and the same bytes for the same content.

A file is looked at before anything reads it: its size packed and unpacked, its parts, whatever leads out of it. Not
here: what its placeholders say (rendering).
"""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from mingjing.engine.outcome import N_, Problem

__all__ = ["LARGEST", "faults", "repacked"]

LARGEST = 2 * 2**20
"""Bytes of a template."""
UNPACKED, PARTS, PART = 24 * 2**20, 300, 6 * 2**20
EPOCH = (1980, 1, 1, 0, 0, 0)
NEEDED = {"[Content_Types].xml", "word/document.xml"}
_CODE = re.compile(r"vbaproject|vbadata|activex|/embeddings/|customui|\.bin$|\.exe$|\.dll$", re.IGNORECASE)
_REACHING = re.compile(
    r"\b(INCLUDEPICTURE|INCLUDETEXT|DDE|DDEAUTO|LINK|IMPORT|MACROBUTTON|DATABASE|RD)\b|\bHYPERLINK\b(?!\s+\\l)",
    re.IGNORECASE,
)
_FIELDS = re.compile(rb"<w:instrText[^>]*>([^<]*)<|<w:fldSimple[^>]*w:instr=\"([^\"]*)\"")


def faults(content: bytes) -> Iterator[Problem]:
    """Why this file is not taken as a template; nothing when it is."""
    if len(content) > LARGEST:
        text = N_("The file has {size} KB; a template has {limit} KB at most. Take large pictures out of it.")
        yield _fault("size", text, size=-(-len(content) // 1024), limit=LARGEST // 1024)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            yield from _of_package(package)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        text = N_("This is no Word document (.docx), or it is damaged. Save it as .docx in Word or WPS and send that.")
        yield _fault("unreadable", text)


def _of_package(package: zipfile.ZipFile) -> Iterator[Problem]:
    entries = package.infolist()
    if len(entries) > PARTS or sum(entry.file_size for entry in entries) > UNPACKED:
        yield _fault("bomb", N_("The file unpacks to far more than a letter holds; it is not opened."))
        return
    names = [entry.filename for entry in entries]
    if NEEDED - set(names) or len(set(names)) < len(names):
        yield _fault("no_word", N_("This is no Word document (.docx). Save it as .docx in Word or WPS and send that."))
        return
    if any(_CODE.search(name) for name in names):
        yield _fault("macros", N_("The file holds macros or embedded objects. Save it as .docx without them."))
    for entry in entries:
        yield from _of_part(entry.filename, _unpacked(package, entry))


def _unpacked(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part, read no further than it may go, whatever its head says."""
    with package.open(entry) as part:
        content = part.read(PART + 1)
    if len(content) > PART:
        raise ValueError("A part unpacks to too much.")
    return content


def _of_part(name: str, content: bytes) -> Iterator[Problem]:
    if not name.endswith((".xml", ".rels")):
        return
    if b"\0" in content[:64] or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        yield _fault("entities", N_("A part of the file is written in a way that Word never does; it is not opened."))
    elif name == "[Content_Types].xml" and b"macroEnabled" in content:
        yield _fault("macros", N_("The file holds macros or embedded objects. Save it as .docx without them."))
    elif name.endswith(".rels"):
        yield from _relations(content)
    else:
        said = " ".join((one or other).decode("utf-8", "replace") for one, other in _FIELDS.findall(content))
        if found := _REACHING.search(said):
            text = N_("A field of the file fetches something from elsewhere ({field}). Replace it by plain text.")
            yield _fault("field", text, field=found[0].upper())


def _relations(content: bytes) -> Iterator[Problem]:
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - entities were refused above
    except ElementTree.ParseError:
        yield _fault("unreadable", N_("A part of the file is damaged. Save it again in Word or WPS and send that."))
        return
    for relation in root:
        if relation.get("TargetMode") == "External" or "afchunk" in relation.get("Type", "").lower():
            text = N_(
                "The file leads out of itself, to {target}. Take out links, linked pictures and attached templates."
            )
            yield _fault("external", text, target=relation.get("Target", "")[:100])


def _fault(code: str, text: str, **params: object) -> Problem:
    return Problem(f"documents.template.{code}", text, params, "file")


def repacked(content: bytes) -> bytes:
    """The same parts, in the same order, with nothing of when and on what machine they were packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.infolist():
            plain = zipfile.ZipInfo(entry.filename, EPOCH)
            plain.create_system = 0
            after.writestr(plain, before.read(entry), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()
