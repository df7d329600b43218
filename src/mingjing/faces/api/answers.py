"""How the interface for other systems answers: JSON, every sentence in Chinese and in English, refusals with a code.

Nobody signs in here: what it answers is public, and each programme says why. Not here: what a programme answers.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from mingjing.engine.outcome import Reason, Refusal, Titled, in_language
from mingjing.kernel.parties.guard import View, public

__all__ = ["answers", "listed", "said", "titled"]

LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
"""The languages of an answer: as JSON names them and as Django does."""
MISTAKEN = 422


def answers(why: str) -> Callable[[Callable[..., dict[str, Any]]], View]:
    """The view gives a JSON object, or raises Refusal; `why` says why everybody may ask."""

    def decorate(view: Callable[..., dict[str, Any]]) -> View:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                body, status = view(request, *args, **kwargs), 200
            except Refusal as refusal:
                body, status = {"problems": [{**said(one), "place": one.place} for one in refusal.problems]}, MISTAKEN
            response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
            response["Cache-Control"] = "no-cache"
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return public(why)(require_safe(answered))

    return decorate


def said(reason: Reason) -> dict[str, str]:
    """A reason or a problem with its code, in both languages."""
    return {"code": reason.code, **{name: reason.say(translate) for name, translate in _TRANSLATE.items()}}


@lru_cache(maxsize=4000)
def _translated(code: str, text: str) -> str:
    """A text of the catalogues, which do not change while a process lives."""
    with translation.override(code):
        return gettext(text)


_TRANSLATE: Mapping[str, Callable[[str], str]] = {name: partial(_translated, code) for name, code in LANGUAGES.items()}


def titled(title: Titled) -> dict[str, str]:
    """A title that brings its translations along."""
    return {name: in_language(title.texts, name) for name in LANGUAGES}


def listed(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Several reasons."""
    return [said(reason) for reason in reasons]
