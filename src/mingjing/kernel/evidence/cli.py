"""`mingjing evidence …`: make the fingerprints that old pictures lack."""

import argparse

from django.utils.translation import gettext as _

from mingjing.kernel.evidence.fingerprints import LOT, fill, lacking


def configure_fingerprints(parser: argparse.ArgumentParser) -> None:
    """No arguments: all pictures that have none. It may be stopped and run again."""


def run_fingerprints(args: argparse.Namespace) -> int:
    done = 0
    while count := fill(lacking()[:LOT]):
        done += count
    print(_("Pictures that were compared with all others: {count}.").format(count=done))
    return 0
