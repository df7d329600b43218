"""What complaints declares to the house: its routes, navigation and permissions."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, Manifest, NavItem, Permission

MANIFEST = Manifest(
    code="complaints",
    title=_("Complaint ranking"),
    summary=_("The programme “Complaint ranking”."),
    programme=True,
    desk_urls="mingjing.programmes.complaints.desk",
    navigation=(NavItem(title=_("Complaint ranking"), url_name="complaints:home", permission="complaints.page.view"),),
    commands=(
        Command(
            name="rank",
            help=_("rank the communities of a file of complaints, without touching the database"),
            configure="mingjing.programmes.complaints.cli.configure_rank",
            run="mingjing.programmes.complaints.cli.run_rank",
        ),
        Command(
            name="duplicates",
            help=_("compare the repeats that the rules find with those that the source marked"),
            configure="mingjing.programmes.complaints.cli.configure_duplicates",
            run="mingjing.programmes.complaints.cli.run_duplicates",
        ),
    ),
    permissions=(
        Permission(
            code="complaints.page.view",
            title=_("See the programme “Complaint ranking”"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
    ),
)
