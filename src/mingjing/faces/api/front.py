"""The way of what other systems ask past the pages: a key, or what is public. Not here: keys, the answers."""

from mingjing.faces.ui import front

__all__ = ["Front"]


class Front(front.Front):
    """Their only way in."""

    below = "/api/"
