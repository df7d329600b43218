"""Commands that bring an installation up to date and look it over: demo, migrate, check, version.

Not here: what the demonstration holds (each manifest's `demo` says), what production must have (`checks`).
"""

import argparse
import platform
import sys

import django
from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mingjing import __version__
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel import registry


def configure_migrate(parser: argparse.ArgumentParser) -> None:
    """No arguments: there is one direction, forward."""


def run_migrate(args: argparse.Namespace) -> int:
    """Apply what is missing, in order; collect the static files."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    if count := len(pending_migrations()):
        say(_("bringing the database up to date ({count} steps)").format(count=count))
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(_("The database and the static files are up to date."))
    return 0


def pending_migrations() -> list[Migration]:
    """The migrations this database still lacks, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _backwards in plan]


def configure_check(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is checked."""


def run_check(args: argparse.Namespace) -> int:
    """Print every fault on stderr; 1 when one of them forbids running."""
    found = messages()
    for message in found:
        print(sentence(message), file=sys.stderr)
    if any(message.is_serious() for message in found):
        return 1
    print(_("The installation is in order."))
    return 0


def messages() -> list[CheckMessage]:
    """Everything Django and mingjing have to say about this installation, the gravest first."""
    found = run_checks(include_deployment_checks=settings.ENV.production, databases=list(connections))
    return sorted((message for message in found if not message.is_silenced()), key=lambda message: -message.level)


def sentence(message: CheckMessage) -> str:
    """One line for a message of the checks, its code in front."""
    text = f"{message.id}: {message.msg}"
    return f"{text} {message.hint}" if message.hint else text


def configure_demo(parser: argparse.ArgumentParser) -> None:
    """No arguments: there is one demonstration."""


def run_demo(args: argparse.Namespace) -> int:
    """Bring the database up to date and let every part add its demonstration content, where it is not there yet."""
    if settings.ENV.production:
        text = N_("Production takes no demonstration content. Use MINGJING_MODE=demo and another MINGJING_DATA.")
        raise Refusal([Problem("demo.production", text)])
    run_migrate(args)
    for manifest in registry.manifests().values():
        if manifest.demo:
            import_string(manifest.demo)(say)
    return 0


def say(line: str) -> None:
    """Show a line at once: setting up takes seconds, and whoever waits should see why."""
    print(line, flush=True)


def configure_version(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run_version(args: argparse.Namespace) -> int:
    """Print the versions that a report of a fault should name."""
    print(f"mingjing {__version__}")
    print(f"Python {platform.python_version()}, Django {django.__version__}, {connection.vendor}")
    return 0
