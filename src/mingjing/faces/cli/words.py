"""The words of the terminal itself, which Python's argparse speaks in English only; the catalogue translates them."""

import argparse

from django.utils.translation import gettext

from mingjing.engine.outcome import N_

SPOKEN_BY_ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("not allowed with argument %s"),
    N_("one of the arguments %s is required"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
)


def teach_argparse() -> None:
    """Let argparse look its words up in our catalogue, in the language that is active when it speaks."""
    argparse._ = gettext  # type: ignore[attr-defined]  # the module's own private alias of gettext.gettext
