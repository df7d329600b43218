"""`mingjing places …`: import areas, and look one up."""

import argparse
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.places.actions import import_areas
from mingjing.kernel.places.models import Area

SHOWN_CHILDREN = 50


def configure_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_("a .csv, .csv.gz or .xlsx file"))
    parser.add_argument("--source", required=True, help=_("who gave these codes"))
    parser.add_argument("--version", required=True, help=_("which version of the source this is"))
    parser.add_argument("--take-over", action="store_true", help=_("follow this source where another disagrees"))


def run_import(args: argparse.Namespace) -> int:
    imported = import_areas(
        file=args.file,
        source=args.source,
        version=args.version,
        take_over=args.take_over,
        by=None,
        at=timezone.now(),
    )
    if imported.nothing_changed:
        print(_("Nothing changed: all {count} areas are here already.").format(count=imported.unchanged))
        return 0
    text = _(
        "Areas: {added} added, {changed} changed, {confirmed} confirmed, {retired} retired, {returned} returned, "
        "{unchanged} as they were."
    )
    print(text.format(**{name: getattr(imported, name) for name in imported.__dataclass_fields__}))
    return 0


def configure_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help=_("the code of the area"))


def run_show(args: argparse.Namespace) -> int:
    area = Area.objects.filter(code=args.code).first()
    if area is None:
        text = N_("No area has the code {code}; import it with: mingjing places import FILE")
        raise Refusal([Problem("places.area.unknown", text, {"code": args.code})])
    above = Area.objects.filter(code__in=area.ancestor_codes)
    print(" / ".join([*(parent.name for parent in above), area.name]), f"({area.get_level_display()})")
    print(_("according to {source} {version}").format(source=area.source, version=area.version))
    children = list(area.children.all()[: SHOWN_CHILDREN + 1])
    for child in children[:SHOWN_CHILDREN]:
        print(f"  {child.code}  {child.name}")
    if len(children) > SHOWN_CHILDREN:
        print("  …")
    return 0
