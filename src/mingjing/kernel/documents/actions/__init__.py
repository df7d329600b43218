"""Every write to documents, by what it is about: templates, letterheads, issuing, service, agreements, bundles."""

from mingjing.kernel.documents.actions.agreeing import agree_to_electronic_service, end_agreement
from mingjing.kernel.documents.actions.bundles import note_bundle, note_file
from mingjing.kernel.documents.actions.issuing import issue_document, withdraw_document
from mingjing.kernel.documents.actions.serving import record_service, void_service
from mingjing.kernel.documents.actions.templates import record_letterhead, record_template, retire_template

__all__ = [
    "agree_to_electronic_service",
    "end_agreement",
    "issue_document",
    "note_bundle",
    "note_file",
    "record_letterhead",
    "record_service",
    "record_template",
    "retire_template",
    "void_service",
    "withdraw_document",
]
