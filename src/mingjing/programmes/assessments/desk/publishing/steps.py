"""Taking a step of any proceeding from its page: the form, the files that go with it, refusals shown in place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from mingjing.engine.outcome import Refusal
from mingjing.engine.process import Step
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import refused
from mingjing.kernel.evidence.actions import record_exhibits
from mingjing.kernel.evidence.models import Origin
from mingjing.kernel.parties.guard import may
from mingjing.kernel.places.models import Area
from mingjing.kernel.proceedings.actions import take_back
from mingjing.kernel.proceedings.models import Proceeding
from mingjing.kernel.proceedings.queries import StandsTold
from mingjing.programmes.assessments.desk.publishing.forms import BackForm, StepForm
from mingjing.programmes.assessments.models import Round

__all__ = ["Place", "allowed", "back", "keep_files", "offered", "step_page"]

REFUSED = 422


@dataclass(frozen=True, slots=True)
class Place:
    """The page that a proceeding is on: `home` its address, `title` what it is called; `url` leads to a step's form."""

    round: Round
    stands: StandsTold
    title: str
    home: str
    url: Callable[[str], str]


def offered(
    request: HttpRequest, place: Place, rights: Mapping[str, str], make: Callable[..., StepForm] = StepForm
) -> list[dict[str, Any]]:
    """The steps that could be taken now and that the reader may take, each with its form; the needed ones first."""
    standing, area = place.stands.standing, place.round.area
    found = []
    for code in standing.open:
        if code not in rights or not allowed(request, rights[code], area):
            continue
        step = standing.process.step(code)
        form = make(step, place.stands.proceeding.revision)
        found.append({"step": step, "form": form, "url": place.url(code), "personal": _personal(request, place, step)})
    return sorted(found, key=lambda one: one["step"].optional)


def allowed(request: HttpRequest, permission: str, area: Area) -> bool:
    """Whether the reader holds this right there today."""
    return may(request.user, f"assessments.{permission}", area=area, on=timezone.localdate())


def _personal(request: HttpRequest, place: Place, step: Step) -> str:
    """Why the step is for somebody else than the reader, if it is."""
    standing, token = place.stands.standing, actor(request).token
    if step.uninvolved and token in standing.involved:
        return gettext("You had a part in what this is about; somebody else takes this step.")
    for other in step.apart_from:
        if token in standing.actors.get(other, ()):
            title = gettext(standing.process.step(other).title)
            return gettext("You did “{step}”; somebody else takes this step.").format(step=title)
    return ""


def step_page(
    request: HttpRequest, place: Place, code: str, codes: Collection[str], take: Callable[..., object],
    make: Callable[..., StepForm] = StepForm,
) -> HttpResponse:  # fmt: skip
    """The form of a step, and taking it by `take(step=…, by=…, at=…, **brought)`."""
    if code not in codes:
        raise Http404
    step = place.stands.standing.process.step(code)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = make(step, place.stands.proceeding.revision, *given)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                brought = form.given()
                brought["exhibits"] = keep_files(request, place.stands.proceeding, form.cleaned_data["shown"])
                take(step=code, by=actor(request), at=timezone.now(), **brought)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Recorded: {step}.").format(step=gettext(step.title)))
            return redirect(place.home)
    context = {"form": form, "step": step, "place": place, "round": place.round}
    return render(request, "assessments/publishing/step.html", context, status=REFUSED if form.is_bound else 200)


def keep_files(request: HttpRequest, proceeding: Proceeding, files: list[Any]) -> list[str]:
    """Keep what was uploaded as evidence of the proceeding; the ids."""
    if not files or proceeding.pk is None:
        return []
    kept = record_exhibits(
        files=files, subject=proceeding.ledger_subject, area=proceeding.area, origin=Origin.SCAN.value,
        by=actor(request), at=timezone.now(),
    )  # fmt: skip
    return [str(one.pk) for one in kept]


def back(request: HttpRequest, place: Place, number: int) -> HttpResponse:
    """Take a step back, for a reason; what rested on it falls with it."""
    taken = next((one for one in place.stands.steps if one.number == number and one.step), None)
    if taken is None:
        raise Http404
    step, proceeding = place.stands.standing.process.step(taken.step), place.stands.proceeding
    form = BackForm(request.POST or None, initial={"revision": proceeding.revision})
    if form.is_bound and form.is_valid():
        proceeding.revision = form.cleaned_data["revision"]
        try:
            take_back(
                proceeding=proceeding, number=number, note=form.cleaned_data["note"], by=actor(request),
                at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            refused(form, refusal)
        else:
            messages.success(request, gettext("Taken back: {step}.").format(step=gettext(step.title)))
            return redirect(place.home)
    context = {"form": form, "step": step, "place": place, "round": place.round, "taken": taken}
    return render(request, "assessments/publishing/back.html", context, status=REFUSED if form.is_bound else 200)
