"""The WSGI application that granian serves; in production, a believed proxy says who asks and by which scheme.

Other systems ask below /api/ with a key in each request: there no cookie is read and no page is made, and what only
pages need is left out.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from mingjing.config.parentage import follow_server

API = "/api/"
served = follow_server()
pages = get_wsgi_application()

from mingjing.faces.api.handler import ApiHandler  # noqa: E402 - needs the apps
from mingjing.kernel.jobs import journals  # noqa: E402

api = ApiHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Pages, or the API."""
    handler = api if environ.get("PATH_INFO", "").startswith(API) else pages
    return handler(environ, start_response)


if served:
    journals.keep()
if settings.ENV.production:
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.ENV.proxies or ["127.0.0.1", "::1"])
