"""`mingjing serve` as people run it: it answers, keeps its worker alive, and leaves nothing running."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.installations import install

SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE = 30.0  # seconds; starting takes two on an idle machine


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MINGJING", "DATABASE", "DJANGO"))
    }
    return kept | {"MINGJING_MODE": "demo", "MINGJING_DATA": str(data), "PYTHONPATH": str(SOURCE)} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that any thread of `pid` has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children") if alive(pid) else ()
    return [int(child) for found in lists for child in found.read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition, patience: float = PATIENCE) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("data"))


@contextmanager
def serving(data: Path, *options: str, **more: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running server, and its address; it is ended if the test has not ended it. `more` is of its environment."""
    command = [sys.executable, "-m", "mingjing", "serve", "--lang", "en", "--port", str(free_port()), *options]
    process = subprocess.Popen(
        command,
        env=environment(data, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found
        until(lambda: answers(found[0]))
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}sign-in/") as answer:
            return answer.status == 200
    except urllib.error.URLError:
        return False


def worker_of(pid: int) -> list[int]:
    return [child for child in children(pid) if b"worker\0" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("ending", ["Ctrl-C in a terminal", signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_leaves_nothing_running(ending: str | signal.Signals, data: Path) -> None:
    with serving(data) as (process, _url):
        until(lambda: worker_of(process.pid))
        started = children(process.pid)
        if isinstance(ending, str):
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(ending)
        process.wait(PATIENCE)
        until(lambda: not any(alive(child) for child in started))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_fallen_worker_is_started_again(data: Path) -> None:
    with serving(data) as (process, _url):
        until(lambda: worker_of(process.pid))
        (first,) = worker_of(process.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: worker_of(process.pid) not in ([], [first]))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_worker_sweeps_away_what_killed_uploads_left(data: Path) -> None:
    folder = data / "originals"
    folder.mkdir(exist_ok=True)
    old, young = folder / ".incoming-old", folder / ".incoming-young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    command = [sys.executable, "-m", "mingjing", "worker", "--once"]
    subprocess.run(command, env=environment(data), check=True, capture_output=True, timeout=PATIENCE)
    assert not old.exists()
    assert young.exists()
    young.unlink()


def test_a_worker_does_not_outlive_a_killed_server(data: Path) -> None:
    with serving(data) as (process, _url):
        until(lambda: worker_of(process.pid))
        started = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
        until(lambda: not any(alive(child) for child in started if child != process.pid))


def refused(data: Path, *options: str) -> str:
    command = [sys.executable, "-m", "mingjing", "serve", "--lang", "en", *options]
    done = subprocess.run(command, env=environment(data), text=True, capture_output=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_said_before_anything_starts(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in refused(data, "--port", str(port))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_a_demonstration_listens_on_this_machine_only(host: str, data: Path) -> None:
    assert "this machine only" in refused(data, "--host", host)


@pytest.mark.parametrize("port", ["0", "-1", "70000"])
def test_a_port_that_is_none_is_refused(port: str, data: Path) -> None:
    assert "is no port" in refused(data, "--port", port)
