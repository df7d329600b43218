"""Parts of addresses that carry a name or code: whatever a person may have given it, but nothing no database can hold.

`<code:x>` is one part of a path, `<codes:x>` may itself hold slashes. Django's own `str` and `path` let control
characters through to the database, which answers some of them with a failure of ours.
"""

from django.urls import register_converter
from django.urls.converters import StringConverter


class CodeConverter(StringConverter):
    """One part of a path, without control characters."""

    regex = r"[^/\x00-\x1f\x7f]+"


class CodesConverter(StringConverter):
    """What is left of a path up to what follows in the route, without control characters."""

    regex = r"[^\x00-\x1f\x7f]+"


register_converter(CodeConverter, "code")
register_converter(CodesConverter, "codes")
