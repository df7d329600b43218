"""Between forms and actions: what an action refuses is shown where the reader entered it."""

from django.forms import BaseForm
from django.utils.translation import gettext

from mingjing.engine.outcome import Problem, Reason, Refusal


def refused(form: BaseForm, refusal: Refusal) -> None:
    """Add every problem of `refusal` to `form`: at the field that its place names, else above the form."""
    for problem in refusal.problems:
        field = problem.place if problem.place in form.fields else None
        form.add_error(field, sentence(problem) if field else problem.say(gettext))


def sentence(problem: Problem) -> str:
    """What a problem says in the active language, without its place."""
    return Reason(problem.code, problem.text, problem.params).say(gettext)
