"""The WSGI application that granian serves; in production, a believed proxy says who asks and by which scheme."""

import gc
import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, reset_queries
from django.urls import get_resolver
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from mingjing.config.parentage import follow_server

DJANGOS = (reset_queries, close_old_connections, close_caches, reset_urlconf)
"""Those who listen to each request of themselves."""


def _whole(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An answer that is no stream goes out at once: the server need not ask for a second piece of it."""

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        response = answer(environ, start_response)
        if getattr(response, "streaming", True):
            return response
        try:
            return [response.content]
        finally:
            response.close()

    return answered


def _by_itself(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The same without what Django does around each request for those who log queries, keep caches open, change routes.

    None of that is done here, and it took as long as a statement. A line to the database that is broken or old is
    still closed before each request. Who else listens to Django's signals hears them.
    """
    for signal in (request_started, request_finished):
        for receiver in DJANGOS:
            signal.disconnect(receiver)

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        connection.close_if_unusable_or_obsolete()
        return answer(environ, start_response)

    return answered


served = follow_server()
application = _whole(get_wsgi_application())
if served:
    application = _by_itself(application)
    from mingjing.kernel.jobs import journals  # needs the apps

    journals.keep()
    get_resolver().resolve("/")  # every route is read now
    gc.collect()
    gc.freeze()  # what is here stays: to look through it again and again would make single answers wait
if settings.ENV.production:
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.ENV.proxies or ["127.0.0.1", "::1"])
