"""The worker beside the server of the bench of sync: its chores alone, which finish what phones have sent.

    python -m bench.sync_chores      answers each line it is sent with a line, once nothing is left to do

Not here: deliveries (fingerprints of photos, say), which no floor has either.
"""

import sys
from select import select

import django


def main() -> None:
    """Do chores as the worker does, until the input ends."""
    django.setup()
    from mingjing.kernel.jobs.worker import POLL_SECONDS, do_chores

    while True:
        asked, _, _ = select([sys.stdin], [], [], 0 if do_chores() else POLL_SECONDS)
        if not asked:
            continue
        if not sys.stdin.readline():
            return
        while do_chores():
            pass
        print("done", flush=True)


if __name__ == "__main__":
    main()
