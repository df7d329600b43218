"""Mingjing as granian loads it for the bench of the board, with one view more: a page's bytes from memory, uncomputed.

BENCH_PAGE names the file whose bytes that is. Not here: any measuring (scenario_board).
"""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse  # noqa: E402 - after the settings are in force
from django.urls import path  # noqa: E402

from mingjing.config import urls  # noqa: E402

FLOOR = "bench-floor/"
_CONTENT = Path(os.environ["BENCH_PAGE"]).read_bytes()


def floor(request: HttpRequest) -> HttpResponse:
    """What a page costs at least that goes through every middleware."""
    return HttpResponse(_CONTENT, headers={"Content-Encoding": "gzip"})


urls.urlpatterns[:0] = [path(FLOOR, floor)]  # type: ignore[list-item]  # the list holds routes of either kind
