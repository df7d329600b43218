"""Background work to see: what waits, runs, is done or failed; failed work can be started again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mingjing.engine.outcome import Refusal
from mingjing.faces.desk.session import actor
from mingjing.faces.ui.forms import sentence
from mingjing.faces.ui.paging import page_of
from mingjing.kernel.jobs.actions import retry_delivery
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.parties.guard import guarded, may


@guarded("jobs.delivery.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """The work that failed, is not finished, or all of it; newest first."""
    kinds = {"failed": Delivery.objects.failed, "unfinished": Delivery.objects.unfinished, "all": Delivery.objects.all}
    state = request.GET.get("state", "")
    state = state if state in kinds else "all"
    page = page_of(kinds[state]().select_related("fact"), request.GET, order=("-id",))
    context = {
        "page": page,
        "state": state,
        "failed": Delivery.objects.failed().count(),
        "may_retry": may(request.user, "jobs.delivery.retry", on=timezone.localdate()),
    }
    return render(request, "desk/jobs.html", context)


@guarded("jobs.delivery.retry")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Start failed work again."""
    delivery = get_object_or_404(Delivery, pk=pk)
    try:
        retry_delivery(delivery=delivery, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("The work was started again."))
    return redirect("desk:jobs")
