"""Patterns of public pages: tiers in words and shape, which print and need no colour and no script."""

from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from mingjing.engine.quantities import decimal_text
from mingjing.faces.ui.templatetags.ui import say

__all__ = ["shape_of", "tier"]

register = template.Library()

SHAPES = {
    "honour": '<path d="M8 1l2.1 4.6 5 .6-3.7 3.4 1 4.9L8 12.1 3.6 14.5l1-4.9L.9 6.2l5-.6z"/>',
    "black": '<path d="M2 2h12v12H2z"/>',
    "watch": '<path d="M8 1.5l7 13H1z"/>',
    "open": '<path d="M8 2l6 6-6 6-6-6z"/>',
}
"""A shape for each tone: a star, a square, a triangle, a diamond; every other is a circle."""
CIRCLE = '<circle cx="8" cy="8" r="6"/>'


def shape_of(tone: str) -> SafeString:
    """The drawing of a tone, 16 by 16."""
    return mark_safe(SHAPES.get(tone, CIRCLE))  # noqa: S308 - our own drawings


@register.simple_tag
def tier(title: object, tone: str) -> SafeString:
    """A tier: its shape, and beside it its name."""
    drawing = format_html(
        '<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">{}</svg>',
        shape_of(tone),
    )
    return format_html('<span class="tier {}">{}{}</span>', tone, drawing, say(title))


@register.filter
def exact(value: Fraction | int, over: int = 1) -> str:
    """An exact number in full, divided by `over`."""
    return decimal_text(Fraction(value) / over)
