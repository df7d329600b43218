"""Arriving: two communities of one company begun in one go, by the code that hangs at the gate of one of them; and a
picture out of the gallery, where the scheme takes it.

Not here: arriving by position (test_visit), how the screens look (test_screens).
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import segno
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, expect
from tests.journeys.conftest import ARGUMENTS
from tests.journeys.field.handset import Phone, go_to, keep, press, sent

from mingjing.kernel.places.actions import issue_entry_codes
from mingjing.kernel.sync.actions import make_enrolment
from mingjing.kernel.sync.models import Capture
from mingjing.kernel.visits.models import Visit
from mingjing.programmes.assessments.models import VisitRecord

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDE, HIGH = 640, 480
TOGETHER = (0, 4)  # of one company


def film(address: str, file: Path) -> Path:
    """What a camera before a sign sees, as Chromium plays it: one grey picture of the QR code, over and over."""
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="png", scale=8, border=4)
    sign = Image.open(drawn).convert("L")
    seen = Image.new("L", (WIDE, HIGH), 200)
    seen.paste(sign, ((WIDE - sign.width) // 2, (HIGH - sign.height) // 2))
    frame = b"FRAME\n" + seen.tobytes() + bytes([128]) * (WIDE * HIGH // 2)
    file.write_bytes(f"YUV4MPEG2 W{WIDE} H{HIGH} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 2)
    return file


@pytest.fixture
def before_the_sign(browser: Browser, program: str, live_server: Any, team: Any, tmp_path: Path) -> Iterator[Phone]:
    """A phone whose camera looks at the sign of the first of two communities that are visited together."""
    first, second = VisitRecord.objects.order_by("pk")
    sites = [record.entry.community.site for record in (first, second)]
    codes = issue_entry_codes(sites=sites, by=None, at=timezone.now())
    hangs = next(one.code for one in codes if one.site_id == sites[0].pk)
    played = film(f"{live_server.url}/field/#entry={hangs}", tmp_path / "sign.y4m")
    arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={played}"]
    own = browser.browser_type.launch(executable_path=program, args=arguments)
    phone = Phone(own, live_server.url)
    phone.bind(make_enrolment(person=team.staff[0], by=team.staff[0], at=timezone.now())[1])
    yield phone
    own.close()


def test_two_communities_begin_together_by_the_code_at_the_gate(before_the_sign: Phone, tmp_path: Path) -> None:
    phone = before_the_sign
    page = phone.page
    phone.context.set_geolocation({"latitude": 27.8041, "longitude": 113.1, "accuracy": 9})
    page.get_by_role("button", name="Start the day").click()
    phone.ready()
    expect(page.locator(".fa-card h3")).to_have_count(2)
    page.get_by_role("button", name="Begin together").click()
    press(phone, "scan")
    expect(page.locator(".fa-notice.good")).to_contain_text("the code of")
    assert phone.faults() == []
    press(phone, "begin")
    expect(page.get_by_role("button", name="Go on")).to_have_count(2)
    sent(phone)
    visits = Visit.objects.order_by("subject")
    assert [one.arrival["how"] for one in visits] == ["code", "code"]
    assert [one.arrival["signals"] for one in visits] == [[], []]
    assert visits[0].joint is not None
    assert visits[0].joint == visits[1].joint
    chosen_from_the_gallery(phone, tmp_path)


def chosen_from_the_gallery(phone: Phone, folder: Path) -> None:
    """Only where the scheme says so; the picture says on itself, on the phone and for reviewers, where it came from."""
    page = phone.page
    page.goto(f"{phone.url}/field/#/")
    page.get_by_role("button", name="Go on").first.click()
    go_to(phone, "A1.1").locator("[data-key=deduct]").click()
    expect(page.locator("dialog [data-key=photo]")).to_be_visible()
    expect(page.locator("dialog [data-key=gallery]")).to_have_count(0)
    keep(phone)
    go_to(phone, "A2.2").locator("[data-key=deduct]").click()
    for name, value in (("good", "9"), ("of", "10")):
        page.locator(f"dialog [data-key={name}]").fill(value)
    Image.new("RGB", (900, 600), (90, 120, 200)).save(folder / "query.png")
    with page.expect_file_chooser() as chooser:
        press(phone, "gallery", "dialog")
    chooser.value.set_files(folder / "query.png")
    expect(page.locator("dialog .fa-thumb")).to_have_count(1)
    page.locator("dialog .fa-thumb").click()
    expect(page.locator("dialog").last).to_contain_text("Chosen from the gallery, not taken in the app")
    page.locator("dialog").last.get_by_role("button", name="Close").click()
    keep(phone)
    sent(phone)
    (kept,) = Capture.objects.all()
    assert (kept.origin, kept.about) == ("gallery", "A2.2")
    assert "gallery" in [signal["code"] for signal in kept.signals]
    assert phone.complaints == []
