"""The `mingjing` command: what an installation needs itself, and below it whatever the manifests declare."""

import os
import sys
from collections.abc import Sequence

import django

from mingjing.engine.outcome import N_
from mingjing.kernel.registry import Command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.config.settings")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (the process's own unless given); returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal that cannot show 镜 still gets the rest
    from mingjing.faces.cli.failures import shielded

    return shielded(_run, arguments)


def _run(arguments: Sequence[str]) -> int:
    django.setup()
    from mingjing.faces.cli import shell
    from mingjing.kernel import registry

    return shell.main(arguments, built_in=built_in(), manifests=registry.manifests().values())


def built_in() -> Sequence[Command]:
    """The commands that belong to no part of the house."""

    def command(name: str, text: str, module: str) -> Command:
        return Command(name=name, help=text, configure=f"{module}.configure_{name}", run=f"{module}.run_{name}")

    return (
        command("demo", N_("create the demonstration district, once"), "mingjing.config.upkeep"),
        command("serve", N_("answer requests, and do the background work"), "mingjing.config.serving"),
        command("worker", N_("do the background work only"), "mingjing.config.serving"),
        command("migrate", N_("bring the database and the static files to this version"), "mingjing.config.upkeep"),
        command("check", N_("check the installation and say what is missing"), "mingjing.config.upkeep"),
        command(
            "verify",
            N_("check a file that mingjing gave out, without database or network"),
            "mingjing.faces.cli.verify",
        ),
        command("backup", N_("copy the database and all originals into a folder"), "mingjing.config.backups"),
        command(
            "restore", N_("restore a backup into an empty installation, and verify it"), "mingjing.config.restores"
        ),
        command("version", N_("show the versions of mingjing and what it runs on"), "mingjing.config.upkeep"),
    )
