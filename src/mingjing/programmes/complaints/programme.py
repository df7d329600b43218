"""What complaints declares to the house: its routes, navigation and permissions."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Manifest, NavItem, Permission

MANIFEST = Manifest(
    code="complaints",
    title=_("Complaint ranking"),
    summary=_("The programme “Complaint ranking”."),
    programme=True,
    desk_urls="mingjing.programmes.complaints.desk",
    navigation=(NavItem(title=_("Complaint ranking"), url_name="complaints:home", permission="complaints.page.view"),),
    permissions=(
        Permission(
            code="complaints.page.view",
            title=_("See the programme “Complaint ranking”"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
    ),
)
