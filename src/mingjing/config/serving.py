"""`mingjing serve` and `mingjing worker`: the processes of a running installation.

Not here: what a request or a job does; what production must have (`checks`).
"""

import argparse
import ipaddress
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from mingjing.config import parentage, upkeep
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence import copies, store
from mingjing.kernel.jobs import journals, worker
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.actions import rescue

THREADS = 4  # of each process that answers: beside slow pages two or one leave the gate a third (bench/README.md)
BUFFER = 64 * 1024  # bytes that are read ahead of a connection that waits; the usual 400 KB add up with many phones
RESTART_SECONDS = 3.0  # how long a fallen worker rests before it is started again
STOP_SECONDS = 20.0  # how long it may take to finish its job
ABANDONED = timedelta(days=1)  # no upload takes so long: what a killed one left behind is swept away


def configure_serve(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: this machine only)"))
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (default: 8000)"))
    parser.add_argument("--workers", type=int, default=2, help=_("processes that answer requests (default: 2)"))
    parser.add_argument("--no-worker", action="store_true", help=_("leave background work to `mingjing worker`"))


def run_serve(args: argparse.Namespace) -> int:
    """Answer requests until told to stop; refuses, all reasons at once, what would be unsafe."""
    if problems := [*_unsafe(args.host), *_untaken(args.host, args.port)]:
        raise Refusal(problems)
    print(
        _("mingjing answers on http://{host}:{port}/ (stop it with Ctrl-C)").format(host=args.host, port=args.port),
        flush=True,
    )
    server = Server(
        "mingjing.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=THREADS,
        http1_settings=HTTP1Settings(max_buffer_size=BUFFER),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=int(STOP_SECONDS),
    )
    # Forked processes would inherit half of what a thread of ours (the worker's keeper) is just doing.
    multiprocessing.set_start_method("spawn")
    os.environ[parentage.SERVER] = str(os.getpid())
    connections.close_all()  # the processes that follow open their own
    with background(not args.no_worker):
        server.serve()
    return 0


def _unsafe(host: str) -> Iterator[Problem]:
    """Why it must not listen on `host` in this mode."""
    loopback = is_loopback(host)
    if not settings.ENV.production:
        if not loopback:
            text = N_("In {mode} mode mingjing listens on this machine only, not on {host}. See docs/deploy.md.")
            yield Problem("serve.demo", text, {"mode": settings.MODE, "host": host})
        return
    if not loopback and not settings.ENV.proxies:
        text = N_("Listening on {host} needs a reverse proxy with HTTPS: set MINGJING_PROXY to its address.")
        yield Problem("serve.proxy", text, {"host": host})
    for message in upkeep.messages():
        if message.is_serious():
            yield Problem("serve.unready", "{sentence}", {"sentence": upkeep.sentence(message)})
        else:
            print(upkeep.sentence(message), file=sys.stderr)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _untaken(host: str, port: int) -> Iterator[Problem]:
    """Try the address first: the server's own complaint comes from a child process."""
    if not 0 < port < 65536:
        yield Problem("serve.port", N_("{port} is no port. Choose one from 1024 to 65535 with --port."), {"port": port})
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            text = N_("Port {port} on {host} cannot be used ({reason}). Choose another with --port.")
            params = {"port": port, "host": host, "reason": error.strerror or str(error)}
            yield Problem("serve.taken", text, params)


@contextmanager
def background(wanted: bool) -> Iterator[None]:
    """Keep one `mingjing worker` running beside the server, starting it again whenever it falls."""
    if not wanted:
        yield
        return
    stopping = threading.Event()
    arguments = ["--lang", get_language() or "en", "--parent", str(os.getpid())]
    keeper = threading.Thread(target=_keep_worker, args=(arguments, stopping), name="worker keeper")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep_worker(arguments: list[str], stopping: threading.Event) -> None:
    command = [sys.executable, "-m", "mingjing", "worker", *arguments]
    while not stopping.is_set():
        # Its own session: Ctrl-C in the terminal reaches the server, which then ends the worker in order.
        process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own interpreter and module
        while process.poll() is None and not stopping.wait(0.2):
            pass
        if process.poll() is None:
            _end(process)
        else:
            stopping.wait(RESTART_SECONDS)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def configure_worker(parser: argparse.ArgumentParser) -> None:
    """How long to work; `serve` also passes its own process id."""
    parser.add_argument("--once", action="store_true", help=_("end when nothing is left to do"))
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run_worker(args: argparse.Namespace) -> int:
    """Sweep and take in what killed processes left, then run jobs until told to stop, the last to its end."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_received: stopping.set())
    if args.parent:
        parentage.when_orphaned(args.parent, stopping.set)
    store.sweep(older_than=timezone.now() - ABANDONED)
    copies.sweep(older_than=timezone.now() - ABANDONED)
    uploads.sweep(at=timezone.now())
    rescue(at=timezone.now())
    journals.take_left_behind()
    worker.run(stopping, once=args.once)
    return 0
