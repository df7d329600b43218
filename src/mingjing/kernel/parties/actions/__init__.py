"""Every write to people, roles, mandates and organisations; each appends a ledger fact of ids and salted digests."""

from mingjing.kernel.parties.actions.mandates import end_mandate, give_mandate, invite_person
from mingjing.kernel.parties.actions.organisations import (
    OrganisationsImported,
    import_organisations,
    record_organisation,
    record_organisations,
)
from mingjing.kernel.parties.actions.passwords import issue_link, set_password
from mingjing.kernel.parties.actions.people import record_departure, register_person
from mingjing.kernel.parties.actions.roles import end_role, grant_role

__all__ = [
    "OrganisationsImported",
    "end_mandate",
    "end_role",
    "give_mandate",
    "grant_role",
    "import_organisations",
    "invite_person",
    "issue_link",
    "record_departure",
    "record_organisation",
    "record_organisations",
    "register_person",
    "set_password",
]
