"""What strangers hand in is what its name says and nothing else, or is refused with a sentence."""

import io
import zipfile

import pytest
from PIL import Image
from tests.kernel.evidence.photographs import photo

from mingjing.kernel.evidence.honesty import dishonesties, lies

LIMIT = 2 * 2**20
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def codes(content: bytes, name: str, limit: int = LIMIT) -> list[str]:
    file = io.BytesIO(content)
    found = [problem.code for problem in dishonesties(file, name, len(content), limit)]
    assert file.tell() == 0
    return found


def picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 10, 20)).save(made, form)
    return made.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (photo(), "车库.jpg"),
        (photo(), "IMG_1.JPEG"),
        (picture("PNG"), "a.png"),
        (picture("WEBP"), "a.webp"),
        (PDF, "申辩书.pdf"),
        (DOCX, "a.docx"),
        ("整改完成".encode(), "a.txt"),
        ("甲,乙\n1,2\n".encode("gb18030"), "a.csv"),
    ],
)
def test_what_is_as_it_says_is_taken(content: bytes, name: str) -> None:
    assert codes(content, name) == []


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (PDF, "车库.jpg", ["evidence.name_lies"]),
        (photo(), "a.pdf", ["evidence.name_lies"]),
        (photo(), "a", ["evidence.name_lies"]),
        (photo(), "a.jpg.exe", ["evidence.name_lies"]),
        (picture("PNG") + DOCX, "a.png", ["evidence.twofold"]),
        (photo() + archive("a.class"), "a.jpg", ["evidence.twofold"]),
        (PDF + archive("a.exe"), "a.pdf", ["evidence.twofold"]),
        (photo() + b"<script>alert(1)</script>", "a.jpg", ["evidence.twofold"]),
        (photo()[:60] + PDF + photo()[60:], "a.jpg", ["evidence.twofold"]),
        (photo()[:200], "a.jpg", ["evidence.broken"]),
        (PDF.replace(b"/Type", b"/OpenAction 2 0 R/Type"), "a.pdf", ["evidence.active"]),
        (PDF.replace(b"/Type", b"/AA<</JS (app.alert)>>/Type"), "a.pdf", ["evidence.active"]),
        (b"MZ\x90\x00\x03" + bytes(99), "a.jpg", ["evidence.media_type"]),
        (b"<html><script>1</script>", "a.txt", ["evidence.media_type"]),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", ["evidence.media_type"]),
        (b"", "a.jpg", ["evidence.empty"]),
    ],
)
def test_what_is_not_is_refused_with_its_sentence(content: bytes, name: str, told: list[str]) -> None:
    assert codes(content, name) == told


def test_a_name_in_a_pdf_that_begins_alike_does_nothing() -> None:
    assert codes(PDF.replace(b"/Type", b"/JSubset/Type"), "a.pdf") == []


def test_a_name_across_two_chunks_is_found() -> None:
    padding = b"%" + b"x" * (2**20 - len(PDF) - 4)
    assert codes(PDF + padding + b"\n/JavaScript (x)\n", "a.pdf", 2**22) == ["evidence.active"]


def test_too_large_says_how_large_and_how_much_is_taken() -> None:
    content = photo() + bytes(LIMIT)
    (problem,) = dishonesties(io.BytesIO(content), "a.jpg", len(content), LIMIT)
    assert problem.code == "evidence.too_large"
    assert "2.0 MB; at most 2 MB" in problem.say()


def test_the_office_keeps_what_is_broken_or_runs_something_but_nothing_that_lies() -> None:
    acts = PDF.replace(b"/Type", b"/OpenAction 2 0 R/Type")
    told = {
        name: [problem.code for problem in lies(io.BytesIO(content), name)]
        for content, name in (
            (PDF, "a.jpg"), (photo() + archive("a.class"), "b.jpg"), (photo()[:200], "c.jpg"), (acts, "d.pdf"),
        )
    }  # fmt: skip
    assert told == {"a.jpg": ["evidence.name_lies"], "b.jpg": ["evidence.twofold"], "c.jpg": [], "d.pdf": []}


def test_letters_of_a_compressed_photo_that_look_like_markup_are_none() -> None:
    assert codes(photo() + b"<svg\x93\x01", "a.jpg") == []
    assert codes(photo() + b"<SVG onload=x>", "a.jpg") == ["evidence.twofold"]
