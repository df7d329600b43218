"""QR codes as pictures in a page, for every face. Not here: what a code says."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

__all__ = ["qr"]


def qr(text: str, label: str) -> SafeString:
    """A QR code as a picture in the page; `label` is read out to those who do not see it."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=6, border=3, omitsize=True, xmldecl=False, title=label)
    return mark_safe(out.getvalue().decode())  # noqa: S308 - segno's own drawing; the title is escaped by it
