"""Django for requests of other systems: without what reads cookies and makes pages (settings.API_MIDDLEWARE).

Not here: which addresses it answers (config.wsgi), what is answered there.
"""

from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.utils.module_loading import import_string

from mingjing.faces.api.answers import answered

__all__ = ["ApiHandler"]


class ApiHandler(WSGIHandler):
    """Each of its middleware wraps a request and does nothing besides."""

    def load_middleware(self, is_async: bool = False) -> None:
        """As Django does, of another list."""
        none: list[Any] = []
        self._view_middleware = self._template_response_middleware = self._exception_middleware = none
        chain = convert_exception_to_response(answered(self._get_response))  # type: ignore[attr-defined]  # Django's
        for path in reversed(settings.API_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(path)(chain))
        self._middleware_chain = chain
