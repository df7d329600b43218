"""What parties declares to the house: the roles of a centre, and who may see and change people and organisations."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, FactKind, Manifest, Permission, RoleKind

MANIFEST = Manifest(
    code="parties",
    title=_("People and organisations"),
    summary=_("People, the roles they hold and by what act, and organisations by credit code."),
    roles=(
        RoleKind(code="administrator", title=_("Administrator")),
        RoleKind(code="director", title=_("Director")),
        RoleKind(code="officer", title=_("Officer")),
        RoleKind(code="auditor", title=_("Auditor")),
    ),
    permissions=(
        Permission(
            code="parties.organisation.view",
            title=_("See organisations"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(code="parties.organisation.record", title=_("Record organisations"), roles=("director", "officer")),
        Permission(
            code="parties.person.view",
            title=_("See people and their roles"),
            roles=("administrator", "director", "auditor"),
        ),
        Permission(
            code="parties.person.manage", title=_("Register people, grant and end roles"), roles=("administrator",)
        ),
        Permission(
            code="parties.mandate.manage",
            title=_("Let people act for companies, and revoke it"),
            roles=("administrator", "director", "officer"),
        ),
    ),
    subjects={
        "parties.mandate": _("Mandate"),
        "parties.person": _("Person"),
        "parties.role": _("Role grant"),
        "parties.organisation": _("Organisation"),
        "parties.organisations": _("Table of organisations"),
    },
    fact_kinds=(
        FactKind(code="parties.person.registered", title=_("Person registered")),
        FactKind(code="parties.person.left", title=_("Person left")),
        FactKind(code="parties.password.link_issued", title=_("Password link issued")),
        FactKind(code="parties.password.set", title=_("Password set")),
        FactKind(code="parties.role.granted", title=_("Role granted")),
        FactKind(code="parties.role.ended", title=_("Role ended")),
        FactKind(code="parties.mandate.given", title=_("Mandate to act for an organisation given")),
        FactKind(code="parties.mandate.ended", title=_("Mandate to act for an organisation ended")),
        FactKind(code="parties.organisation.recorded", title=_("Organisation recorded")),
        FactKind(code="parties.organisations.imported", title=_("Organisations imported")),
    ),
    commands=(
        Command(
            name="add-person",
            help=_("register a person; asks for the password"),
            configure="mingjing.kernel.parties.cli.configure_add_person",
            run="mingjing.kernel.parties.cli.run_add_person",
        ),
        Command(
            name="set-password",
            help=_("give a person another password; asks for it"),
            configure="mingjing.kernel.parties.cli.configure_set_password",
            run="mingjing.kernel.parties.cli.run_set_password",
        ),
        Command(
            name="grant",
            help=_("grant a person a role within an area"),
            configure="mingjing.kernel.parties.cli.configure_grant",
            run="mingjing.kernel.parties.cli.run_grant",
        ),
        Command(
            name="import-organisations",
            help=_("import organisations from a table"),
            configure="mingjing.kernel.parties.cli.configure_import_organisations",
            run="mingjing.kernel.parties.cli.run_import_organisations",
        ),
    ),
    demo="mingjing.kernel.parties.demo.build",
)
