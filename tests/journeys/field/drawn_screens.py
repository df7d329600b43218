"""A page with the screens of one visit and nothing behind them: what a test of how they look and read stands on.

Not here: the shell around them and the installation, which test_visit brings.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from babel.messages.pofile import read_po

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCE = ROOT / "src" / "mingjing"
PROGRAMME = SOURCE / "programmes" / "assessments"
FOLDERS = {
    "/screens/": HERE / "screens",
    "/mj/assessments/": PROGRAMME / "static" / "mj" / "assessments",
    "/mj/house/": SOURCE / "faces" / "ui" / "static" / "mj",
    "/mj/field/": SOURCE / "faces" / "field" / "static" / "mj" / "field",
    "/field/": SOURCE / "faces" / "field" / "static" / "field",
    "/ui/": SOURCE / "faces" / "ui" / "static" / "ui",
    "/assessments/": PROGRAMME / "static" / "assessments",
    "/vectors/": ROOT / "tests" / "vectors" / "preview",
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}


@cache
def words() -> dict[str, str]:
    """The Chinese texts of the house and of the programme, by msgid."""
    found: dict[str, str] = {}
    for folder in (SOURCE, PROGRAMME):
        file = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        with file.open("rb") as source:
            entries = [entry for entry in read_po(source) if isinstance(entry.id, str) and entry.id]
        found |= {str(entry.id): str(entry.string) for entry in entries if entry.string}
    return found


def script(value: object) -> str:
    """A value as a script of the page has it."""
    return json.dumps(value)


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, _ = self.path.partition("?")
        body, kind = self.answer(path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(body or b"")

    def answer(self, path: str) -> tuple[bytes | None, str]:
        language = "zh-Hans" if "zh" in self.headers.get("Accept-Language", "") else "en"
        if path == "/":
            return (HERE / "screens" / "index.html").read_bytes().replace(b"LANGUAGE", language.encode()), "text/html"
        if path == "/words.json":
            return json.dumps(words() if language == "zh-Hans" else {}).encode(), "application/json"
        for begin, folder in FOLDERS.items():
            file = folder / path.removeprefix(begin)
            if path.startswith(begin) and file.is_file():
                return file.read_bytes(), TYPES.get(file.suffix, "text/plain")
        return None, "text/plain"

    def log_message(self, *_: object) -> None:
        """Nothing: the browser's own complaints are what counts."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the page, while it is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
