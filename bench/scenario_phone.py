"""The phones' app on a slow phone: Chromium with its processor four times slower, a camera of five million pixels.

From the address to the PIN without a network, and from the shutter until photo, record and command are on the disk.
The installation and the browser are real; what is measured happens on the phone alone. Seconds of a person's patience,
so the limits are absolute. Not here: sending what was taken (scenario_sync).
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure, Skip, django

SLOWER = 4
PLANNED = datetime(2024, 9, 4, 9, 30, tzinfo=UTC)  # before the days of the round that is drawn (tests' drawing)
WIDE, HIGH = 2560, 1920
TIMES = 5
STORED = """
(() => {
  const begun = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const made = begun.call(this, names, mode, options);
    const keeps = mode === "readwrite" && [].concat(names).includes("bytes");
    if (keeps) made.addEventListener("complete", () => (globalThis.storedAt = performance.now()));
    return made;
  };
  const pressed = ({ target }) => target.closest?.(".fl-shutter") && (globalThis.shutterAt = performance.now());
  addEventListener("click", pressed, true);
})();
"""
"""Notes when the shutter was pressed, and when the last photo was on the disk."""
SIZE = """new Promise((done) => {
  indexedDB.open("mingjing-field").onsuccess = ({ target: { result: store } }) => {
    const asked = store.transaction("photos").objectStore("photos").getAll();
    asked.onsuccess = () => done(asked.result.at(-1).size);
  };
})"""
"""Bytes of a photo on this phone."""


def measure() -> list[Figure]:
    """Seconds, the middle one of several."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise Skip("needs Chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django()
    with tempfile.TemporaryDirectory() as folder, served() as url, browser(program, film(Path(folder))) as started:
        phone = bound(started, url)
        shots, size = photos(phone)
        starts = cold_starts(phone)
    what = f"offline, CPU/{SLOWER}: from the address to the PIN"
    kept = f"CPU/{SLOWER}: from the shutter to the disk, a photo of {size / 1e6:.1f} MB"
    return [
        Figure("phone-cold-offline", statistics.median(starts), what=f"{what} (worst {max(starts):.2f} s)"),
        Figure("phone-shutter-stored", statistics.median(shots), what=f"{kept} (worst {max(shots):.2f} s)"),
    ]


def film(folder: Path) -> Path:
    """What the camera sees, as Chromium plays it: two frames with as much detail as a stairwell."""
    from PIL import Image, ImageFilter

    file = folder / "stairwell.y4m"
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(2):
            seen = Image.effect_noise((WIDE, HIGH), 90).filter(ImageFilter.GaussianBlur(1.2))
            out.write(
                b"FRAME\n" + seen.tobytes() + bytes([120]) * (WIDE * HIGH // 4) + bytes([140]) * (WIDE * HIGH // 4)
            )
    return file


@contextmanager
def served() -> Iterator[str]:
    """The installation, on a port of this machine."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://localhost:{thread.port}"
    finally:
        thread.terminate()


@contextmanager
def browser(program: str, seen: Path) -> Iterator[Any]:
    """Chromium before that film."""
    from playwright.sync_api import sync_playwright
    from tests.journeys.conftest import ARGUMENTS

    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={seen}"]
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


def bound(started: Any, url: str) -> Any:
    """A phone of a member of a team, on site."""
    from django.utils import timezone
    from tests.journeys.field.handset import Phone, arrived_at
    from tests.journeys.field.handset import started as begun
    from tests.journeys.field.teams import team_of_today

    from mingjing.kernel.sync.actions import make_enrolment

    person = team_of_today(PLANNED).staff[0]
    phone = Phone(started, url)
    phone.context.add_init_script(STORED)
    phone.bind(make_enrolment(person=person, by=person, at=timezone.now())[1])
    begun(phone)
    arrived_at(phone)
    return phone


def photos(phone: Any) -> tuple[list[float], float]:
    """Seconds of some photos of one finding, and the bytes of the last of them."""
    from tests.journeys.field.handset import press

    page = phone.page
    phone.context.set_offline(True)
    slowed(phone)
    page.locator("[id='check-A1.1'] [data-key=deduct]").click()
    page.locator("[data-key=place]").fill("3栋门厅")
    taken = []
    for _ in range(TIMES):
        press(phone, "photo", "dialog")
        page.locator(".fl-shutter:enabled").wait_for()
        time.sleep(0.5)
        page.locator(".fl-shutter").click()
        page.get_by_role("button", name="Go on").wait_for()
        taken.append(page.evaluate("(storedAt - shutterAt) / 1000"))
        page.get_by_role("button", name="Go on").click()
    return taken, page.evaluate(SIZE)


def cold_starts(phone: Any) -> list[float]:
    """Seconds until a page that was dropped asks for the PIN."""
    taken = []
    for _ in range(TIMES):
        phone.killed()
        slowed(phone)
        begun = time.perf_counter()
        phone.page.goto(f"{phone.url}/field/", wait_until="commit")
        phone.page.get_by_label("PIN").wait_for()
        taken.append(time.perf_counter() - begun)
    return taken


def slowed(phone: Any) -> None:
    phone.context.new_cdp_session(phone.page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
