"""Handing something in: the form's key, its files, and the page that says what happened; for every programme.

Files of companies are looked at before anything else (kernel.evidence.honesty): each that is not what its name says, is
too large or hides something is named with its sentence, and nothing is taken. Not here: what is handed in.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mingjing.engine.outcome import Problem, Refusal
from mingjing.faces.portal.door import actor
from mingjing.faces.ui.forms import refused, sentence
from mingjing.faces.ui.uploads import ExhibitsField
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.honesty import dishonesties
from mingjing.kernel.evidence.models import Access
from mingjing.kernel.places.models import Area
from mingjing.kernel.submissions.models import Submission

__all__ = ["FilesField", "HandInForm", "handed_in", "keep_files"]

MOST = 10
"""Files that are taken at once."""


class FilesField(ExhibitsField):
    """Files of a company; what each is, is looked at before they are kept."""

    def __init__(self, **kwargs: Any) -> None:
        limit = settings.PORTAL_FILE_LIMIT // 2**20
        hint = format_lazy(_("At most {most} photos, PDF or office files, {limit} MB each."), most=MOST, limit=limit)
        usual: dict[str, Any] = {"label": _("Photos and papers"), "help_text": hint, "required": False}
        super().__init__(**usual | kwargs)

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        """The files, unless one of them is not to be taken: then every problem of every file."""
        files = list(data or ())
        if len(files) > MOST:
            params = {"count": len(files), "most": MOST}
            raise forms.ValidationError(self.error_messages["too_many"], "too_many", params)
        problems = [problem for file in files for problem in _wrong_with(file)]
        if problems:
            raise forms.ValidationError([f"{one.place}: {sentence(one)}" for one in problems])
        return super().clean(files, initial)


def _wrong_with(file: "UploadedFile[Any]") -> Iterable[Problem]:
    return dishonesties(cast(Any, file), file.name or "", file.size or 0, settings.PORTAL_FILE_LIMIT)


class HandInForm(forms.Form):
    """What is handed in once: `key` is the same however often the button is pressed."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        posted = request.method == "POST"
        super().__init__(
            request.POST if posted else None, request.FILES if posted else None, initial={"key": uuid4()}, **kwargs
        )


def keep_files(files: Iterable["UploadedFile[Any]"], subject: str, area: Area, request: HttpRequest) -> list[str]:
    """Keep them as evidence of `subject`; returns their ids. Restricted: a company's papers name people."""
    kept = record_exhibits(
        files=files, subject=subject, area=area, origin="upload", access=Access.RESTRICTED, by=actor(request),
        at=timezone.now(),
    )  # fmt: skip
    return [str(one.pk) for one in kept]


def handed_in(
    request: HttpRequest, form: HandInForm, template: str, context: dict[str, Any], take: Callable[[], Submission]
) -> HttpResponse:
    """The page with the form; once it is sent and taken, the receipt; where it is refused, the page and why."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("portal:receipt", take().pk)
        except Refusal as refusal:
            refused(form, refusal)
    return render(request, template, {**context, "form": form}, status=422 if form.is_bound else 200)
