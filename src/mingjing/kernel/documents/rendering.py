"""A template and values make a document: the same bytes whenever both are the same.

A template may print fields, loop over them and ask whether they are there, and nothing else: it calls nothing and
reckons nothing, so an uploaded one can neither reach out nor run for ever. Not here: which values.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.documents.packages import repacked

__all__ = ["placeholders", "render", "rule_breaks"]

QR_SIDE = Mm(24)
DEPTH = 2
"""How deep loops may lie in one another."""
FILTERS = ("e", "escape", "length", "join", "default", "d")
JOINER = "\u2060"  # of no width, between two signs that docxtpl would read as its own


class Strict(ImmutableSandboxedEnvironment):
    """Prints what is given: no calls, no arithmetic, no globals, and a name nobody gave is an error."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Nothing is called."""
        raise SecurityError("a template calls nothing")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Nothing is reckoned."""
        raise SecurityError("a template reckons nothing")


def render(template: bytes, values: Mapping[str, Any], *, qr: str = "") -> bytes:
    """The document; `qr` is what its QR code says. Raises Refusal where the template cannot be filled in."""
    document = DocxTemplate(io.BytesIO(template))
    given = {name: _tidy(value) for name, value in values.items()}
    try:
        document.init_docx()
        given["qr"] = InlineImage(document, _picture(qr), width=QR_SIDE) if qr else ""
        document.render(given, Strict())
        out = io.BytesIO()
        document.save(out)
    except (TemplateError, LxmlError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refusal([_broken(error)]) from error
    return repacked(out.getvalue())


def placeholders(template: bytes) -> frozenset[str]:
    """The names that a template prints. Raises Refusal where it cannot be read."""
    try:
        return frozenset(meta.find_undeclared_variables(_parsed(template)))
    except TemplateError as error:
        raise Refusal([_broken(error)]) from error


def rule_breaks(template: bytes) -> Iterator[Problem]:
    """What a template does besides printing fields, looping over them and asking whether they are there."""
    tree = _parsed(template)
    forbidden = (nodes.Call, nodes.BinExpr, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Macro)
    if next(tree.find_all(forbidden), None) or any(one.name not in FILTERS for one in tree.find_all(nodes.Filter)):
        text = N_("The template reckons or calls something. It may print fields, loop over them and ask for them only.")
        yield Problem("documents.template.program", text, {}, "file")
    loops = list(tree.find_all(nodes.For))
    if (
        any(not isinstance(one.iter, nodes.Name | nodes.Getattr) or one.recursive for one in loops)
        or _depth(tree) > DEPTH
    ):
        text = N_("A loop of the template does not run over a field, or loops lie more than {depth} deep.")
        yield Problem("documents.template.loop", text, {"depth": DEPTH}, "file")


def _depth(node: nodes.Node) -> int:
    below = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _parsed(template: bytes) -> nodes.Template:
    """Body, headers, footers and footnotes as the one program that they are."""
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.init_docx()
        texts = [document.patch_xml(document.get_xml())]
        for uri in (document.HEADER_URI, document.FOOTER_URI):
            parts = (part for _key, part in document.get_headers_footers(uri))
            texts += [document.patch_xml(document.get_part_xml(part)) for part in parts]
        return Strict().parse("\n".join(texts))
    except (TemplateError, LxmlError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refusal([_broken(error)]) from error


def _broken(error: Exception) -> Problem:
    text = N_("The template cannot be filled in: {detail}. Look at the placeholders in double braces.")
    detail = " ".join(str(error).split())[:200] or type(error).__name__
    return Problem("documents.template.render", text, {"detail": detail}, "file")


def _picture(text: str) -> io.BytesIO:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    out.seek(0)
    return out


def _tidy(value: Any) -> Any:
    """Texts in which nothing reads like a sign of the template's own language (`{_{` is one of docxtpl's)."""
    match value:
        case str():
            return value.replace("{_", f"{{{JOINER}_").replace("_}", f"_{JOINER}}}")
        case Mapping():
            return {name: _tidy(part) for name, part in value.items()}
        case list() | tuple():
            return [_tidy(part) for part in value]
    return value
