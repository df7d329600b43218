"""Form fields of the desk's own pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.places.models import CODE_LENGTH, Area


class AreaField(forms.CharField):
    """An area by its code; cleans to an Area, or None when left out."""

    default_error_messages = {"unknown": _("No area has the code %(code)s. Look it up under Areas.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=CODE_LENGTH, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> Area | None:
        """The area with this code."""
        code = super().clean(value)
        if not code:
            return None
        found = Area.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], "unknown", {"code": code})
        return found
