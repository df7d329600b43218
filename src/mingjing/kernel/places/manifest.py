"""What places declares to the house."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, FactKind, Manifest, Permission

MANIFEST = Manifest(
    code="places",
    title=_("Places"),
    summary=_("The tree of areas and the sites within it."),
    permissions=(
        Permission(
            code="places.area.view", title=_("See areas"), roles=("administrator", "director", "officer", "auditor")
        ),
        Permission(code="places.area.import", title=_("Import areas"), roles=("administrator",)),
        Permission(code="places.site.record", title=_("Record sites"), roles=("director", "officer")),
    ),
    subjects={"places.area": _("Area"), "places.areas": _("Areas"), "places.site": _("Site")},
    fact_kinds=(
        FactKind(code="places.areas.imported", title=_("Areas imported")),
        FactKind(code="places.site.recorded", title=_("Site recorded")),
        FactKind(code="places.sites.recorded", title=_("Sites recorded, many at once")),
        FactKind(code="places.sites.corrected", title=_("Sites corrected, many at once")),
        FactKind(code="places.entry_code.issued", title=_("Entry code of a site issued")),
        FactKind(code="places.entry_code.withdrawn", title=_("Entry code of a site withdrawn")),
    ),
    commands=(
        Command(
            name="import",
            help=_("import areas from a table of code, name, level and parent_code"),
            configure="mingjing.kernel.places.cli.configure_import",
            run="mingjing.kernel.places.cli.run_import",
        ),
        Command(
            name="show",
            help=_("show an area, what it lies in and what lies in it"),
            configure="mingjing.kernel.places.cli.configure_show",
            run="mingjing.kernel.places.cli.run_show",
        ),
    ),
    demo="mingjing.kernel.places.demo.build",
)
