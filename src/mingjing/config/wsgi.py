"""The WSGI application that granian serves; in production, the address and scheme that a believed proxy reports hold."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")

from django.conf import settings  # noqa: E402 - the settings module must be named first
from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings module must be named first
from granian.utils.proxies import wrap_wsgi_with_proxy_headers  # noqa: E402 - the settings module must be named first

application = get_wsgi_application()
if settings.ENV.production:
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=settings.ENV.proxies or ["127.0.0.1", "::1"])
