"""What the ledger declares to the house: who may read it, and the commands that check it."""

from django.utils.translation import gettext_noop as _

from mingjing.kernel.registry import Command, Manifest, Permission, Verifier

MANIFEST = Manifest(
    code="ledger",
    title=_("Ledger"),
    summary=_("What happened, in order, in a form that shows every later change."),
    permissions=(
        Permission(code="ledger.fact.view", title=_("Read the ledger"), roles=("administrator", "director", "auditor")),
    ),
    commands=(
        Command(
            name="verify",
            help=_("check the ledger, or an exported one, and name every fact that was changed, moved or removed"),
            configure="mingjing.kernel.ledger.cli.configure_verify",
            run="mingjing.kernel.ledger.cli.run_verify",
        ),
        Command(
            name="checkpoint",
            help=_("print where the ledger ends now: keep it elsewhere, and check against it later"),
            configure="mingjing.kernel.ledger.cli.configure_checkpoint",
            run="mingjing.kernel.ledger.cli.run_checkpoint",
        ),
        Command(
            name="export",
            help=_("print the whole ledger as lines of JSON that anyone can check"),
            configure="mingjing.kernel.ledger.cli.configure_export",
            run="mingjing.kernel.ledger.cli.run_export",
        ),
        Command(
            name="proof",
            help=_("print what shows that one fact stands in the ledger"),
            configure="mingjing.kernel.ledger.cli.configure_proof",
            run="mingjing.kernel.ledger.cli.run_proof",
        ),
    ),
    verifiers=(Verifier(format="mingjing.ledger.proof/1", check="mingjing.engine.chain.verify_proof"),),
)
