"""The way of what phones ask past the pages: a token and no cookie. Not here: who a phone is (door), the answers."""

from mingjing.faces.ui import front

__all__ = ["BELOW", "URLS", "Front"]

BELOW = "/field/api/"
URLS = "mingjing.faces.field.api_urls"


class Front(front.Front):
    """Their only way in."""

    below, urls = BELOW, URLS
