"""The form field with which pages take evidence: several files at once, or one photo straight from the camera.

What a file is and whether it is kept is decided by the action (kernel.evidence.actions.record_exhibits). Not here: the
list of what was taken, which is the include desk/exhibits.html.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from mingjing.kernel.evidence.media import KINDS, SUFFIXES

__all__ = ["MOST_FILES", "ExhibitsField"]

MOST_FILES = 30
ACCEPT = ",".join(["image/*", *(ending for endings in SUFFIXES.values() for ending in endings)])


class SeveralFiles(forms.FileInput):
    """A file input for several files; `capture` opens the camera of a phone instead of its gallery."""

    allow_multiple_selected = True

    def __init__(self, capture: bool = False) -> None:
        super().__init__({"accept": ACCEPT, "multiple": True} | ({"capture": "environment"} if capture else {}))

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, "UploadedFile[Any]"], name: str
    ) -> list["UploadedFile[Any]"]:
        """Every file that came under this name."""
        return files.getlist(name) if hasattr(files, "getlist") else list(filter(None, [files.get(name)]))


class ExhibitsField(forms.FileField):
    """Files for `record_exhibits`; cleans to a list, empty when the field is not required and nothing came."""

    default_error_messages = {"too_many": _("These are %(count)s files; send at most %(most)s at once.")}

    def __init__(self, *, capture: bool = False, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"label": _("Photos and documents"), "help_text": KINDS}
        super().__init__(widget=SeveralFiles(capture), allow_empty_file=True, **usual | kwargs)

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        """The files; an empty one is refused by the action, which names it."""
        files = list(data or ())
        if not files:
            super().clean(None, None)
        if len(files) > MOST_FILES:
            params = {"count": len(files), "most": MOST_FILES}
            raise forms.ValidationError(self.error_messages["too_many"], "too_many", params)
        return [super(ExhibitsField, self).clean(file, None) for file in files]
