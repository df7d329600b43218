"""What the desk declares to the house: its navigation. The rights are those of the kernel apps whose rows it shows."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Manifest, NavItem

MANIFEST = Manifest(
    code="desk",
    title=_("Foundations"),
    summary=_("What every programme stands on: areas, organisations, people and the ledger."),
    due="mingjing.faces.desk.due.waiting",
    navigation=(
        NavItem(title=_("Cases"), url_name="desk:cases", permission="cases.case.view", icon="case"),
        NavItem(title=_("Visits"), url_name="desk:visits", permission="visits.visit.view", icon="visit"),
        NavItem(title=_("Documents"), url_name="desk:documents", permission="documents.document.view", icon="file"),
        NavItem(title=_("Areas"), url_name="desk:areas", permission="places.area.view", icon="area"),
        NavItem(
            title=_("Organisations"),
            url_name="desk:organisations",
            permission="parties.organisation.view",
            icon="organisation",
        ),
        NavItem(title=_("People and roles"), url_name="desk:people", permission="parties.person.view", icon="people"),
        NavItem(title=_("Working days"), url_name="desk:calendar", permission="calendar.day.view", icon="clock"),
        NavItem(title=_("Phones"), url_name="desk:phones", permission="sync.device.view", icon="phone"),
        NavItem(title=_("Ledger"), url_name="desk:ledger", permission="ledger.fact.view", icon="ledger"),
        NavItem(title=_("Background work"), url_name="desk:jobs", permission="jobs.delivery.view", icon="jobs"),
    ),
)
