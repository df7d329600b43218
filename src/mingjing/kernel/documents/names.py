"""Codes of documents that this app asks about itself. Not here: the kinds (manifest)."""

__all__ = ["AGREEMENT"]

AGREEMENT = "documents.service_agreement"
"""A company agrees to electronic service: it counts from its moment until it is withdrawn."""
