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
from mingjing.kernel import registry
from mingjing.kernel.jobs.actions import retry_delivery
from mingjing.kernel.parties.guard import Scope, areas_where, guarded
from mingjing.kernel.parties.queries import deliveries_seen

RETRY = "jobs.delivery.retry"


@guarded("jobs.delivery.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """The work that follows from facts of the reader's areas: failed, not finished, or all of it; newest first.

    What went wrong is told in the program's own words, so only to those who may do something about it.
    """
    seen, retries, reads = (_scope(request, right) for right in ("jobs.delivery.view", RETRY, "ledger.fact.view"))
    found = deliveries_seen(seen)
    kinds = {"failed": found.failed, "unfinished": found.unfinished, "all": found.all}
    state = request.GET.get("state", "")
    state = state if state in kinds else "all"
    page = page_of(kinds[state]().select_related("fact"), request.GET, order=("-id",))
    titles = registry.reaction_titles()
    rows = [
        (one, gettext(titles.get(one.reaction, one.reaction)), retries.sees(one.fact.scope), reads.sees(one.fact.scope))
        for one in page.rows
    ]
    context = {"page": page, "rows": rows, "state": state, "failed": found.failed().count(), "may_retry": bool(retries)}
    return render(request, "desk/jobs.html", context)


@guarded("jobs.delivery.retry")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Start failed work again, of the administrator's own areas."""
    delivery = get_object_or_404(deliveries_seen(_scope(request, RETRY)), pk=pk)
    try:
        retry_delivery(delivery=delivery, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        for problem in refusal.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(request, gettext("The work was started again."))
    return redirect("desk:jobs")


def _scope(request: HttpRequest, right: str) -> Scope:
    return areas_where(request.user, right, on=timezone.localdate())
