"""What inspections declares to the house: its rulebooks, and its command at the terminal."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, Manifest, RulebookKind
from mingjing.programmes.inspections.policy.rules import KIND

HERE = "mingjing.programmes.inspections"

MANIFEST = Manifest(
    code="inspections",
    title=_("Inspections"),
    summary=_("Entries of authorities into enterprises: dated rules, and warnings over files of visits."),
    programme=True,
    rulebooks=(RulebookKind(code=KIND, title=_("Rules of inspections"), check=f"{HERE}.policy.rules.check_rules"),),
    commands=(
        Command(
            name="warnings",
            help=_("the warnings of a rule pack over a file of visits, without touching the database"),
            configure=f"{HERE}.cli.configure_warnings",
            run=f"{HERE}.cli.run_warnings",
        ),
    ),
)
