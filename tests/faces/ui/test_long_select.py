"""A long choice reads as Django's own, option for option."""

from django import forms
from django.test.html import parse_html
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from mingjing.faces.ui.forms import LongSelect

CHOICES = [("", "—"), ("a<b", "甲 & 乙"), ("1", mark_safe("<b>")), (2, "两")]


@given(st.sampled_from(["", "a<b", "1", 2, None, "elsewhere"]))
def test_the_same_options_are_there_and_the_same_is_chosen(value: object) -> None:
    attributes = {"id": "id_x", "required": True, "aria-describedby": "x & y"}
    drawn, own = (one(choices=CHOICES).render("x", value, attributes) for one in (LongSelect, forms.Select))
    assert parse_html(drawn) == parse_html(own)
