"""Templates and letterheads of an area: uploaded, looked at whole, versioned; retired, never deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max

from mingjing.engine.outcome import N_, Phrase, Problem, Refusal
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.documents.kinds import FRAME, DocumentKind
from mingjing.kernel.documents.models import Letterhead, Template
from mingjing.kernel.documents.packages import LARGEST, faults
from mingjing.kernel.documents.queries import keep
from mingjing.kernel.documents.rendering import placeholders, render, rule_breaks
from mingjing.kernel.documents.samples import sample_values
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.actions.people import is_line
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

__all__ = ["check_template", "record_letterhead", "record_template", "retire_template"]


def check_template(kind: DocumentKind, content: bytes) -> None:
    """Raise Refusal with everything that keeps `content` from being a template of `kind`; it is really filled in."""
    if problems := list(faults(content)):
        raise Refusal(problems)
    if problems := [*_names(kind, placeholders(content)), *rule_breaks(content)]:
        raise Refusal(problems)
    render(content, sample_values(kind), qr="https://example.org/")


def _names(kind: DocumentKind, used: frozenset[str]) -> Iterator[Problem]:
    for name in sorted(used - kind.names):
        text = N_("The template asks for {name}, which documents of this kind do not have.")
        yield Problem("documents.template.unknown", text, {"name": f"{{{{ {name} }}}}"}, "file")
    titles = {**FRAME, **{one.name: one.title for one in kind.fields}}
    for name in kind.must_print:
        if name not in used:
            text = N_("The template does not print {name} ({title}), which documents of this kind must show.")
            params = {"name": f"{{{{ {name} }}}}", "title": Phrase(titles[name])}
            yield Problem("documents.template.missing", text, params, "file")


def record_template(
    *, kind: DocumentKind, area: Area, file: BinaryIO, file_name: str, by: Person | None, at: datetime
) -> Template:
    """Use this file for documents of `kind` in `area` and below from now on. Raises Refusal with every problem."""
    content = file.read(LARGEST + 1)
    check_template(kind, content)
    original = keep(content)
    with transaction.atomic():
        exclusive(f"documents.template:{area.pk}:{kind.code}")
        rows = Template.objects.filter(area=area, kind=kind.code)
        newest = rows.filter(retired_at=None).order_by("-version").first()
        if newest and newest.sha256 == original.sha256:
            text = N_("This file is the template already; nothing was changed.")
            raise Refusal([Problem("documents.template.same", text, {}, "file")])
        template = Template(area=area, kind=kind.code, sha256=original.sha256, size=original.size)
        template.version = (rows.aggregate(last=Max("version"))["last"] or 0) + 1
        template.file_name = "".join(sign for sign in file_name if sign.isprintable())[-200:]
        template.recorded_by, template.recorded_at = by, at
        template.save(force_insert=True)
        _told(template, "recorded", by, at)
    return template


@transaction.atomic
def retire_template(*, template: Template, by: Person | None, at: datetime) -> Template:
    """Use it no longer: what counted before does again. Raises Refusal where it was retired."""
    found = Template.objects.select_for_update(of=("self",)).select_related("area").get(pk=template.pk)
    if found.retired_at:
        raise Refusal([Problem("documents.template.retired", N_("This template was retired already."))])
    found.retired_by, found.retired_at = by, at
    found.save(update_fields=["retired_by", "retired_at"])
    _told(found, "retired", by, at)
    return found


def record_letterhead(
    *, kind: DocumentKind, area: Area, letters: str, office: str, by: Person | None, at: datetime
) -> Letterhead:
    """Put these letters and this name on documents of the kind's series from now on; numbers go on counting."""
    letters, office = "".join(letters.split()), " ".join(office.split())
    problems = []
    if not is_line(letters, 20) or set(letters) & set("〔〕[]号"):
        text = N_("Give the letters of the number, such as 荷物考, without brackets, year or 号.")
        problems.append(Problem("documents.letterhead.letters", text, {}, "letters"))
    if not is_line(office, 100):
        text = N_("Give the full name of the issuing office.")
        problems.append(Problem("documents.letterhead.office", text, {}, "office"))
    if problems:
        raise Refusal(problems)
    with transaction.atomic():
        row = Letterhead(area=area, series=kind.series, letters=letters, office=office, recorded_by=by, recorded_at=at)
        row.save(force_insert=True)
        data = {"series": kind.series, "letters": letters, "office": office}
        subject = f"documents.letterhead:{row.pk}"
        writer.append(kind="documents.letterhead.recorded", subject=subject, data=data, area=area, by=by, at=at)
    return row


def _told(template: Template, what: str, by: Person | None, at: datetime) -> None:
    data = {"kind": template.kind, "version": template.version, "sha256": template.sha256}
    kind, subject = f"documents.template.{what}", f"documents.template:{template.pk}"
    writer.append(kind=kind, subject=subject, data=data, area=template.area, by=by, at=at)
