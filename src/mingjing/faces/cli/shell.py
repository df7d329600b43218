"""The terminal as a face: one command line made of what the manifests declare.

A command's adapter lives in its programme's `cli.py` and is imported only when that command was asked for.
Not here: any command; what failures say is in `failures`.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.utils.module_loading import import_string
from django.utils.translation import activate
from django.utils.translation import gettext as _

from mingjing.faces.cli.words import teach_argparse
from mingjing.kernel.registry import Command, Manifest

LANGUAGES = ("zh", "zh-hans", "en")


class Parser(argparse.ArgumentParser):
    """A parser that asks its command's adapter for arguments only when its turn comes.

    Every parser, a command's steps included, takes the options that all have; what it was not given it leaves alone.
    """

    command: Command | None = None

    def __init__(self, *, absent: Any = argparse.SUPPRESS, **given: Any) -> None:
        super().__init__(**given)
        _add_common(self, default=absent)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, after configuring the command."""
        if self.command:
            command, self.command = self.command, None
            if command.configure:
                import_string(command.configure)(self)
            self.set_defaults(run=import_string(command.run))
        return super().parse_known_args(args, namespace)


def main(argv: Sequence[str], *, built_in: Iterable[Command], manifests: Iterable[Manifest]) -> int:
    """Run the command that `argv` names and return its exit status: 0 done, 1 refused, 2 not understood."""
    activate(language_of(argv, os.environ))
    teach_argparse()
    args = build_parser(built_in, manifests).parse_args(argv)
    status = cast(int, args.run(args))
    sys.stdout.flush()
    return status


def language_of(argv: Sequence[str], env: Mapping[str, str]) -> str:
    """The language asked for: `--lang`, MINGJING_LANG, else the locale of the terminal (English unless Chinese).

    >>> language_of(["--lang=en", "check"], {"LANG": "zh_CN.UTF-8"}), language_of([], {"LANG": "zh_CN.UTF-8"})
    ('en', 'zh-hans')
    """
    flags = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    flags.add_argument("--lang", nargs="?")
    asked = flags.parse_known_args(list(argv))[0].lang
    names = ("MINGJING_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = asked or next((env[name] for name in names if env.get(name)), "")
    return "zh-hans" if wanted.lower().startswith("zh") else "en"


def build_parser(built_in: Iterable[Command], manifests: Iterable[Manifest]) -> argparse.ArgumentParser:
    """The whole command line: `mingjing COMMAND` and `mingjing PART COMMAND`."""
    about = _("The programmes of a city district, fair and able to prove it.")
    parser = Parser(prog="mingjing", description=about, absent=None)
    top = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in built_in:
        _add_command(top, command)
    for manifest in manifests:
        if manifest.commands:
            part = top.add_parser(
                manifest.code, help=_(manifest.title), description=_(manifest.summary or manifest.title)
            )
            inner = part.add_subparsers(metavar="COMMAND", required=True)
            for command in manifest.commands:
                _add_command(inner, command)
    return parser


def _add_command(subparsers: Any, command: Command) -> None:
    leaf = subparsers.add_parser(command.name, help=_(command.help), description=_(command.help))
    leaf.command = command


def _add_common(parser: argparse.ArgumentParser, *, default: Any) -> None:
    """The options every command has, accepted before and after its name."""
    parser.add_argument("--lang", choices=LANGUAGES, default=default, help=_("language of the messages (zh or en)"))
    parser.add_argument(
        "--debug", action="store_true", default=default or False, help=_("show the traceback of a failure")
    )
