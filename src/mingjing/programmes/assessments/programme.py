"""What assessments declare to the house: routes, navigation, permissions, facts, reactions, rulebooks, commands."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import (
    Command,
    FactKind,
    Manifest,
    NavItem,
    Permission,
    Reaction,
    RulebookKind,
    Verifier,
)

HERE = "mingjing.programmes.assessments"


def _command(name: str, text: str) -> Command:
    function = name.replace("-", "_")
    return Command(name=name, help=text, configure=f"{HERE}.cli.configure_{function}", run=f"{HERE}.cli.run_{function}")


MANIFEST = Manifest(
    code="assessments",
    title=_("Property-service red/black list"),
    summary=_("Schemes as data, files scored by them, and every line of every result explained."),
    programme=True,
    desk_urls=f"{HERE}.desk.urls",
    navigation=(
        NavItem(title=_("Schemes"), url_name="assessments:schemes", permission="rulebooks.version.view", icon="scheme"),
        NavItem(title=_("Replays"), url_name="assessments:replays", permission="assessments.replay.view", icon="table"),
    ),
    permissions=(
        Permission(
            code="assessments.replay.view",
            title=_("See replays and their results"),
            roles=("administrator", "director", "officer", "auditor"),
        ),
        Permission(code="assessments.replay.request", title=_("Replay files"), roles=("director", "officer")),
    ),
    fact_kinds=(
        FactKind(code="assessments.replay.requested", title=_("Replay of a file requested")),
        FactKind(code="assessments.replay.completed", title=_("Replay of a file completed")),
        FactKind(code="assessments.replay.failed", title=_("Replay of a file failed")),
    ),
    reactions=(
        Reaction(
            code="assessments.run_replay",
            kind="assessments.replay.requested",
            handler=f"{HERE}.jobs.replays.run_replay",
        ),
    ),
    rulebooks=(
        RulebookKind(
            code="assessments.scheme", title=_("Assessment scheme"), check=f"{HERE}.policy.scheme.check_scheme"
        ),
    ),
    commands=(
        _command("replay", _("score a file by a scheme, without touching the database")),
        _command("schemes", _("list the schemes that ship and those of this installation")),
        _command("scheme-export", _("write a scheme as a workbook")),
        _command("scheme-check", _("name every mistake of a scheme, a JSON document or a workbook")),
        _command("scheme-diff", _("say what changed between two schemes")),
        Command(
            name="draw",
            help=_("draw sites and teams so that anyone can recompute it"),
            configure=f"{HERE}.cli.draw.configure_draw",
            run=f"{HERE}.cli.draw.run_draw",
        ),
    ),
    verifiers=(
        Verifier(format="mingjing.assessments.decision/1", check=f"{HERE}.policy.decisions.check_decision"),
        Verifier(format="mingjing.assessments.draw/1", check=f"{HERE}.policy.draws.check_draw"),
    ),
    demo=f"{HERE}.demo.build",
)
