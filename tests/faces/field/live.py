"""The real server with a bound phone, for tests that cut connections: processes, sockets and files as they are at work.

Not here: tests.
"""

import json
import random
import socket
import struct
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from tests.config.test_serving import environment, serving
from tests.installations import install

ROOT = Path(__file__).resolve().parents[3]

PATIENCE = 20
"""Seconds a busy machine is given to read what was sent."""

MAKE = """
import json
import django
django.setup()
from django.utils import timezone
from tests.faces import district
from tests.phones import bound
from mingjing.kernel import keys
phone = bound(district.build(timezone.now())["officer"], timezone.now())
print(json.dumps({"token": phone.token, "device": str(phone.device.pk), "server_key": keys.public_key()}))
"""


@dataclass(frozen=True)
class Unheard:
    """What is left where the line was gone before an answer could be read."""

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Live:
    """A server at `url`, its process, a token of a phone, and how many bytes of photos were sent in all."""

    url: str
    token: str
    device: str
    server_key: str
    data: Path
    pid: int
    sent: int = 0
    answers: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        """A request that nobody cuts: the answer, read."""
        place = urlsplit(self.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connection):
            try:
                with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent: that can be read
                    connection.request(method, path, body, {**self.usual, **named})
                with closing(connection.getresponse()) as heard:
                    answer: Any = heard
                    answer.body = heard.read()
            except (BrokenPipeError, ConnectionResetError):
                answer = Unheard()
        self.sent += len(body)
        self.answers.append(answer.status)
        return answer

    @property
    def usual(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0"}

    def begin(self, raw: bytes) -> str:
        """A new upload; its address."""
        named = f"sha256 {b64encode(sha256(raw).hexdigest().encode()).decode()}"
        answer = self.ask("POST", "/field/api/uploads/", Upload_Length=str(len(raw)), Upload_Metadata=named)
        assert answer.status == 201, answer.body
        return str(answer.headers["Location"])

    def offset(self, where: str) -> int:
        answer = self.ask("HEAD", where)
        assert answer.status == 200
        return int(answer.headers["Upload-Offset"])

    def reached(self, where: str, wanted: int) -> int:
        """How far the upload is, once it is as far as `wanted`, or has had the time."""
        until = monotonic() + PATIENCE
        while (now := self.offset(where)) < wanted and monotonic() < until:
            sleep(0.02)
        return now

    def go_on(self, where: str, raw: bytes, offset: int) -> Any:
        """The rest, in one go."""
        octets = "application/offset+octet-stream"
        return self.ask("PATCH", where, raw[offset:], Content_Type=octets, Upload_Offset=str(offset))

    def cut(self, where: str, raw: bytes, offset: int, after: int, *, reset: bool = False) -> None:
        """Announce the rest, send `after` bytes of it, and be gone: orderly, or as where a network falls away.

        Bytes that no program had read when a network fell away are lost with the line, so the server is first given
        the time to read them, however busy the machine is.
        """
        place = urlsplit(self.url)
        lines = {**self.usual, "Host": place.netloc, "Content-Type": "application/offset+octet-stream"}
        lines |= {"Upload-Offset": str(offset), "Content-Length": str(len(raw) - offset)}
        head = f"PATCH {where} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with socket.create_connection((place.hostname, place.port), timeout=30) as line:
            line.sendall(head.encode() + b"\r\n" + raw[offset : offset + after])
            if reset:
                read_by_the_server(line)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sent += after


def read_by_the_server(line: socket.socket) -> None:
    """Wait until nothing that was sent waits in the kernel (Linux tells in /proc/net/tcp), or the patience ends."""
    ours, theirs = (f":{name[1]:04X}" for name in (line.getsockname(), line.getpeername()))
    until = monotonic() + PATIENCE
    while monotonic() < until:
        told = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        queues = [row[4] for row in told if (row[1][-5:], row[2][-5:]) in {(ours, theirs), (theirs, ours)}]
        if len(queues) == 2 and all(queue == "00000000:00000000" for queue in queues):
            return
        sleep(0.01)


def noise(seed: int, side: int = 1200) -> bytes:
    """A photo of a few hundred KB that nothing makes smaller."""
    file = BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(3 * side * side)).save(file, "JPEG", quality=40)
    return file.getvalue()


@contextmanager
def live(data: Path) -> Iterator[Live]:
    """The server of a new installation in `data`, with one phone."""
    names = environment(data) | {"DJANGO_SETTINGS_MODULE": "mingjing.config.settings"}
    names["PYTHONPATH"] += f":{ROOT}"
    install(data)
    made = subprocess.run([sys.executable, "-c", MAKE], env=names, check=True, capture_output=True, text=True)
    with serving(data, "--no-worker") as (process, url):
        yield Live(url, data=data, pid=process.pid, **json.loads(made.stdout))
