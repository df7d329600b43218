"""The WSGI application that granian serves; in production, a believed proxy says who asks and by which scheme."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from mingjing.config.parentage import follow_server

served = follow_server()
application = get_wsgi_application()
if served:
    from mingjing.kernel.jobs import journals  # needs the apps

    journals.keep()
    get_resolver().resolve("/")  # every route is read now
    gc.collect()
    gc.freeze()  # what is here stays: to look through it again and again would make single answers wait
if settings.ENV.production:
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.ENV.proxies or ["127.0.0.1", "::1"])
