"""Templates that a district uploads: looked at whole, used from then on, retired; and what is refused, and why."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest
from tests.kernel.documents.sampled import NOTICE, NOTICE_PAGE, changed, district, issued, texts
from tools.documents import made

from mingjing.engine.outcome import Refusal
from mingjing.kernel.documents.actions import record_letterhead, record_template, retire_template
from mingjing.kernel.documents.actions.templates import check_template
from mingjing.kernel.documents.models import Template
from mingjing.kernel.documents.queries import letterhead_of, template_of
from mingjing.kernel.evidence import store
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area, Level

OWN = made(NOTICE_PAGE.replace("!red\n", "> 本区自己的模板\n"))
RELS = "word/_rels/document.xml.rels"
END = b"</Relationships>"
IMAGE = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '


def given(area: Area, at: datetime, content: bytes = OWN) -> Template:
    return record_template(kind=NOTICE, area=area, file=io.BytesIO(content), file_name="告知书.docx", by=None, at=at)


def page(line: str) -> bytes:
    return made(NOTICE_PAGE + line + "\n")


def text_of(document) -> str:  # type: ignore[no-untyped-def]
    with store.open_original(document.sha256) as file:
        return texts(file.read())


def test_ones_own_template_is_used_here_and_below_until_it_is_retired(
    area: Area, to: Organisation, at: datetime
) -> None:
    town = Area.objects.create(
        code="430202001", name="月塘街道", level=Level.TOWN, parent=area, source="x", version="1"
    )
    beside = district("430203", "芦淞区")
    template = given(area, at)
    assert (template.version, template_of(town, NOTICE), template_of(beside, NOTICE)) == (1, template, None)
    first = issued(area, to, at)
    assert (first.template, "本区自己的模板" in text_of(first)) == (template, True)
    retire_template(template=template, by=None, at=at + timedelta(hours=1))
    second = issued(area, to, at)
    assert (second.template, "本区自己的模板" in text_of(second)) == (None, False)
    assert "本区自己的模板" in text_of(first), "what was issued stays as it was"
    assert given(area, at + timedelta(hours=2)).version == 2


def test_the_nearest_template_counts_and_of_one_area_the_newest(area: Area, at: datetime) -> None:
    assert area.parent
    above, older = given(area.parent, at), given(area, at)
    assert template_of(area, NOTICE) == older
    newer = given(area, at, page("第二版"))
    assert (template_of(area, NOTICE), template_of(area.parent, NOTICE)) == (newer, above)
    with pytest.raises(Refusal, match="already"):
        given(area, at, page("第二版"))


def test_a_letterhead_counts_from_then_on_and_numbers_go_on(area: Area, to: Organisation, at: datetime) -> None:
    issued(area, to, at)
    record_letterhead(kind=NOTICE, area=area, letters="荷住建", office="荷塘区住房和城乡建设局", by=None, at=at)
    assert letterhead_of(area, NOTICE).recorded
    document = issued(area, to, at)
    assert document.number == "荷住建〔2024〕2号"
    assert "荷塘区住房和城乡建设局" in text_of(document)
    for letters, office in (("荷〔", "x"), ("", "x"), ("荷", " ")):
        with pytest.raises(Refusal):
            record_letterhead(kind=NOTICE, area=area, letters=letters, office=office, by=None, at=at)


def bomb() -> bytes:
    return changed(OWN, {"word/media/zeros.xml": bytes(40 * 2**20)})


def lying_bomb() -> bytes:
    """A package whose head says that a part is small."""
    content = bytearray(changed(OWN, {"word/zeros.xml": bytes(12 * 2**20)}))
    size = (12 * 2**20).to_bytes(4, "little")
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


REFUSED = {
    "not a zip": (lambda: b"%PDF-1.7 and so on", "unreadable"),
    "empty": (lambda: b"", "unreadable"),
    "another office file": (lambda: changed(b"PK\x05\x06" + bytes(18), {"xl/workbook.xml": b"<x/>"}), "no_word"),
    "too large": (lambda: b"PK" + bytes(3 * 2**20), "size"),
    "bomb": (bomb, "bomb"),
    "a bomb that lies": (lying_bomb, "unreadable"),
    "macros": (lambda: changed(OWN, {"word/vbaProject.bin": b"x"}), "macros"),
    "macro type": (
        lambda: changed(
            OWN, edit={"[Content_Types].xml": (b"wordprocessingml.document.main+xml", b"x.macroEnabled.main+xml")}
        ),
        "macros",
    ),
    "embedded": (lambda: changed(OWN, {"word/embeddings/sheet.xlsx": b"x"}), "macros"),
    "remote picture": (
        lambda: changed(
            OWN, edit={RELS: (END, IMAGE + b'Target="https://example.org/x.png" TargetMode="External"/>' + END)}
        ),
        "external",
    ),
    "link to a share": (
        lambda: changed(OWN, edit={RELS: (END, IMAGE + b'Target="file://host/x" TargetMode="External"/>' + END)}),
        "external",
    ),
    "entities": (
        lambda: changed(
            OWN, edit={"word/document.xml": (b"<w:document", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document')}
        ),
        "entities",
    ),
    "remote field": (
        lambda: changed(
            OWN, edit={"word/footer1.xml": (b'w:instr="PAGE"', b'w:instr="INCLUDEPICTURE &quot;http://x&quot;"')}
        ),
        "field",
    ),
    "unknown field": (lambda: page("{{ colour }}"), "unknown"),
    "unknown part": (lambda: page("{{ addressee.telephone }}"), "render"),
    "no rights": (lambda: made(NOTICE_PAGE.replace("{{ rights }}", "")), "missing"),
    "no verification": (lambda: made("!bare\n" + NOTICE_PAGE.replace("!red\n", "")), "missing"),
    "a call": (lambda: page("{{ rights.upper() }}"), "program"),
    "a number out of nothing": (lambda: page('{{ "x" * 1000000000 }}'), "program"),
    "an escape": (lambda: page("{{ ''.__class__.__mro__ }}"), "render"),
    "a filter": (lambda: page("{{ rights|center(1000000000) }}"), "render"),
    "a loop over letters": (lambda: page('{% for x in "abc" %}{{ x }}{% endfor %}'), "loop"),
    "loops in loops": (
        lambda: page(
            "{% for a in facts %}{% for b in facts %}{% for c in facts %}x{% endfor %}{% endfor %}{% endfor %}"
        ),
        "loop",
    ),
    "an unclosed brace": (lambda: page("{{ rights"), "render"),
    "an unclosed loop": (lambda: page("{% for one in facts %}"), "render"),
    "an include": (lambda: page('{% include "/etc/passwd" %}'), "program"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_template_is_refused_with_the_reason(name: str, area: Area, at: datetime) -> None:
    make, code = REFUSED[name]
    with pytest.raises(Refusal) as refusal:
        given(area, at, make())
    assert f"documents.template.{code}" in {problem.code for problem in refusal.value.problems}
    assert not Template.objects.exists()


def test_every_unknown_field_and_every_one_that_is_missing_is_named(area: Area) -> None:
    with pytest.raises(Refusal) as refusal:
        check_template(NOTICE, made("!bare\n{{ colour }} {{ size }}\n{% for one in facts %}{{ one.what }}{% endfor %}"))
    said = " ".join(problem.say() for problem in refusal.value.problems)
    for name in ("colour", "size", "rights", "facts_intro", "number", "qr", "code"):
        assert f"{{{{ {name} }}}}" in said
    assert "{{ facts }}" not in said


def test_a_template_as_word_saves_it_with_placeholders_in_pieces_is_taken(area: Area, at: datetime) -> None:
    pieces = b"{{ ri</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ghts }}"
    content = changed(OWN, edit={"word/document.xml": (b"{{ rights }}", pieces)})
    assert given(area, at, content).version == 1


def test_zip_of_a_thousand_parts_is_not_opened(area: Area, at: datetime) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for number in range(1000):
            package.writestr(f"word/{number}.xml", b"<x/>")
    with pytest.raises(Refusal) as refusal:
        given(area, at, out.getvalue())
    assert [problem.code for problem in refusal.value.problems] == ["documents.template.bomb"]
