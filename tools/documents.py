"""The default Word templates, made from pages of text: `*.page` beside the `*.docx` that it gives.

    python -m tools.documents           writes every .docx whose page says something else now
    python -m tools.documents check     names those that are not what their pages give; 1 when there is one

A page is a line for each paragraph of the body; the frame (head, number, title, office, date, code) comes by itself, in
the layout of GB/T 9704-2012. An office then edits the .docx in Word or WPS. Signs at the beginning of a line:

    !red         on the first line: with the red head of the office        !bare   without any frame
    !form        to be filled in and signed by others: the frame says when it was handed out, not who signs
    > text       not indented (whom it is for)          = text, == text    headings: 一、 and （一）
    % for …      of paragraphs: % for one in list … % endfor, % if one … % endif
    |# a | b |   the head of a table    | a | b |   a row    |% for one in list   of rows, to |% endfor
    ^ text       centred, of the size of a title           @ text       as high as what stands in it: a picture
"""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from mingjing.kernel.documents.packages import repacked

SOURCE = Path(__file__).resolve().parent.parent / "src" / "mingjing"
TITLE, BODY, HEAVY, ITALIC, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
ELSE = {TITLE: "方正小标宋_GBK,华文中宋,宋体", BODY: "仿宋,FangSong,华文仿宋", ITALIC: "楷体,KaiTi,华文楷体"}
"""What stands in where a computer lacks a font: Word reads it as the font's other names."""
RED, SMALL = RGBColor(0xD9, 0x00, 0x00), Pt(10.5)
SIZE_2, SIZE_3 = Pt(22), Pt(16)
LINE = Pt(28)
WIDTH = Mm(156)
NARROW = {"序号": Mm(15), "扣分": Mm(16), "名次": Mm(15), "件数": Mm(16), "投诉率": Mm(20), "上期": Mm(16)}
"""Columns of a table that hold a number, by their heads."""
SIGNATURES = 3
"""How many lines of a form stay on one page with its code: those who sign it are seen beside it."""
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


class Page:
    """A document that is being written, paragraph by paragraph."""

    def __init__(self) -> None:
        self.document = Document()
        self.table: Table | None = None
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = properties.comments = ""
        normal = self.document.styles["Normal"]
        normal.font.size, normal.font.name = SIZE_3, "Times New Roman"
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
        self._page_numbers(section.footer.paragraphs[0])
        self._fonts()

    def _page_numbers(self, paragraph: Paragraph) -> None:
        paragraph.alignment = CENTRE
        self.run(paragraph, "— ", SONG, Pt(14))
        number = '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r>'
        paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE">{number}</w:fldSimple>'))
        self.run(paragraph, " —", SONG, Pt(14))

    def _fonts(self) -> None:
        """The other names of the fonts, into the font table."""
        part = next(one for one in self.document.part.package.iter_parts() if one.partname == "/word/fontTable.xml")
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
            for name, other in ELSE.items()
        )
        part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")

    def paragraph(self, text: str, font: str = BODY, size: Pt = SIZE_3, *, indent: bool = False) -> Paragraph:
        """A paragraph of the body."""
        self.table = None
        found = self.document.add_paragraph()
        self.shaped(found, indent=indent)
        self.run(found, text, font, size)
        return found

    @staticmethod
    def shaped(paragraph: Paragraph, *, indent: bool = False, line: Pt | None = LINE) -> Paragraph:
        """The spacing of official documents; without `line` as high as what stands in it."""
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        if line:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
        if indent:
            two = f'<w:ind {nsdecls("w")} w:firstLineChars="200" w:firstLine="640"/>'
            paragraph._p.get_or_add_pPr().append(parse_xml(two))
        return paragraph

    @staticmethod
    def run(paragraph: Paragraph, text: str, font: str, size: Pt, colour: RGBColor | None = None) -> None:
        """A piece of text."""
        run = paragraph.add_run(text)
        run.font.size, run.font.name = size, "Times New Roman"
        run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), font)
        if colour is not None:
            run.font.color.rgb = colour

    def row(self, cells: list[str], font: str = BODY) -> None:
        """A row of the table that is being written, or of a new one."""
        if self.table is None or len(self.table.columns) != len(cells):
            self.table = self.document.add_table(rows=0, cols=len(cells))
            self.table.style = "Table Grid"
            if NARROW.keys() & set(cells):
                self._widths(cells)
        for cell, column, text in zip(self.table.add_row().cells, self.table.columns, cells, strict=True):
            cell.width = column.width
            self.run(self.shaped(cell.paragraphs[0], line=Pt(24)), text, font, Pt(14))

    def _widths(self, heads: list[str]) -> None:
        """Numbers take what they need; the other columns share the rest of the line."""
        assert self.table is not None
        self.table.autofit = False
        rest = WIDTH - sum(NARROW.get(text, 0) for text in heads)
        share = rest // max(1, sum(text not in NARROW for text in heads))
        for column, text in zip(self.table.columns, heads, strict=True):
            column.width = NARROW.get(text, share)

    def control(self, text: str) -> None:
        """A row of the table that only says what is repeated."""
        assert self.table is not None, "a loop of rows stands within a table"
        self.table.add_row().cells[0].paragraphs[0].add_run(f"{{%tr {text} %}}")


def head(page: Page, red: bool) -> None:
    """Office, number and title."""
    if red:
        name = page.shaped(page.document.add_paragraph(), line=None)
        page.run(name, "{{ office }}", TITLE, Pt(32), RED)
        name.alignment = CENTRE
        page.paragraph("")
    number = page.paragraph("{{ number }}")
    number.alignment = CENTRE if red else RIGHT
    if red:
        border = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="D90000"/></w:pBdr>'
        number._p.get_or_add_pPr().insert(0, parse_xml(border))  # before its spacing, as the schema has it
    page.paragraph("")
    page.shaped(page.paragraph("{{ title }}", TITLE, SIZE_2), line=Pt(35)).alignment = CENTRE
    page.paragraph("")


def foot(page: Page, signed: bool) -> None:
    """Office and date, and below them what verifies the paper: never on a page without a line of the text."""
    begin = len(page.document.paragraphs) - (1 if signed else SIGNATURES)
    if signed:
        page.paragraph("")
        page.paragraph("")
        for text in ("{{ office }}", "{{ date }}"):
            line = page.paragraph(text)
            line.alignment, line.paragraph_format.right_indent = RIGHT, Pt(64)
    page.paragraph("")
    for together in page.document.paragraphs[begin:]:
        together.paragraph_format.keep_with_next = True
    table = page.document.add_table(rows=1, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, (Mm(32), Mm(124)), strict=True):
        column.width = width
    picture, words = table.rows[0].cells
    page.shaped(picture.paragraphs[0], line=None)
    picture.paragraphs[0].add_run("{{ qr }}")
    lines = (
        "扫描二维码或登录核验网址，可核验本文书的文号、日期和效力。",
        "核验码：{{ code }}",
        "核验网址：{{ verify }}",
        *(() if signed else ("本表由{{ office }}于{{ date }}制发。",)),
    )
    for place, text in enumerate(lines):
        paragraph = words.paragraphs[0] if not place else words.add_paragraph()
        page.run(page.shaped(paragraph, line=Pt(18)), text, SONG, SMALL)


def body(page: Page, lines: list[str]) -> None:
    """The lines of a page."""
    signs: tuple[tuple[str, Callable[[str], Any]], ...] = (
        ("|%", page.control),
        ("|#", lambda text: page.row(cells(text), HEAVY)),
        ("|", lambda text: page.row(cells(text))),
        (">", page.paragraph),
        ("==", lambda text: heading(page, text, ITALIC)),
        ("=", lambda text: heading(page, text, HEAVY)),
        ("%", lambda text: page.paragraph(f"{{%p {text} %}}")),
        ("^", lambda text: centred(page, text)),
        ("@", lambda text: page.shaped(page.document.add_paragraph(), line=None).add_run(text)),
    )
    for line in lines:
        sign, write = next((one for one in signs if line.startswith(one[0])), ("", None))
        if write is None:
            page.paragraph(line, indent=bool(line))
        else:
            write(line[len(sign) :].strip())


def heading(page: Page, text: str, font: str) -> None:
    """A heading, on the page of what follows it."""
    page.paragraph(text, font, indent=True).paragraph_format.keep_with_next = True


def centred(page: Page, text: str) -> None:
    """A title within the page."""
    page.shaped(page.paragraph(text, TITLE, SIZE_2), line=Pt(35)).alignment = CENTRE


def cells(text: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in text.strip().strip("|").split("|")]


def made(text: str) -> bytes:
    """The .docx of a page."""
    lines = text.rstrip("\n").split("\n")
    mode = lines.pop(0) if lines[0].startswith("!") else ""
    page = Page()
    if mode != "!bare":
        head(page, red=mode == "!red")
    body(page, lines)
    if mode != "!bare":
        foot(page, signed=mode != "!form")
    out = io.BytesIO()
    page.document.save(out)
    return repacked(out.getvalue())


def pages() -> Iterator[Path]:
    """Every page there is, in the kernel and in the programmes."""
    yield from sorted(SOURCE.rglob("*.page"))


def main() -> int:
    checking, stale = sys.argv[1:] == ["check"], 0
    for page in pages():
        file, content = page.with_suffix(".docx"), made(page.read_text("utf-8"))
        if not file.is_file() or file.read_bytes() != content:
            print(page.relative_to(SOURCE))
            stale += 1
            if not checking:
                file.write_bytes(content)
    return int(checking and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
