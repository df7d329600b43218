"""The phones' shell in a real browser: PINs, letters, languages, updates, locking, revocation, a cold start, photos."""

import re
from collections.abc import Callable
from os import environ
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import segno
from django.utils import timezone
from playwright.sync_api import expect
from tests.journeys.field.handset import PIN, Phone, arrived_at, press, started

from mingjing.faces.field import shell
from mingjing.kernel.sync.actions import make_enrolment, revoke_device
from mingjing.kernel.sync.models import Device

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OpenPhone = Callable[..., Phone]


def looked(phone: Phone, name: str) -> None:
    """No WCAG fault, nothing wider than the screen; a picture where FIELD_SHOTS says so."""
    if folder := environ.get("FIELD_SHOTS"):
        phone.page.screenshot(path=Path(folder) / f"shell-{name}.png")
    assert phone.faults() == []
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px wider than the screen"


@pytest.fixture
def bare(browser: Any, live_server: Any) -> Any:
    """A phone that is bound to nobody, in a language."""
    made = []

    def new(language: str) -> Phone:
        made.append(Phone(browser, live_server.url, language=language))
        return made[-1]

    yield new
    for phone in made:
        phone.context.close()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_screen_of_the_shell(team: Any, bare: Any, language: str) -> None:
    """Binding, PIN, today, outbox and the phone itself: read in both languages, in ordinary and in large letters."""
    phone, person = bare(language), team.staff[0]
    page = phone.page
    code = make_enrolment(person=person, by=person, at=timezone.now())[1]
    page.goto(f"{phone.url}/field/#enrol={code}")
    expect(page.locator("form.fl-gate")).to_be_visible()
    looked(phone, f"{language}-1-enrol")
    page.locator("input[type=password]").nth(0).fill(PIN)
    page.locator("input[type=password]").nth(1).fill("135791")
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.locator("input[type=password]").nth(1).fill(PIN)
    page.locator("form button.primary").click()
    expect(page.locator(".fl-home button").first).to_be_visible()
    for letters in ("", "-elder"):
        for place, name in enumerate(("", "outbox", "phone"), 2):
            page.evaluate(f"location.hash = '#/{name}'")
            expect(page.locator(".fl-page button").last).to_be_visible()
            page.wait_for_timeout(300)
            looked(phone, f"{language}-{place}-{name or 'home'}{letters}")
        page.get_by_role("switch").check()
    page.reload()
    expect(page.locator("form.fl-gate")).to_be_visible()
    assert page.evaluate("document.documentElement.classList.contains('elder')")
    looked(phone, f"{language}-5-unlock-elder")
    page.locator("input[type=password]").fill("000000")
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert phone.complaints == []


def home(phone: Phone) -> None:
    phone.page.evaluate("location.hash = '#/'")
    expect(phone.page.locator(".fl-home button").last).to_be_visible()


def test_an_update_waits_for_what_is_being_written(team: Any, phones: OpenPhone, monkeypatch: Any) -> None:
    """Refused while something was typed; then the page that asked opens anew, and another page is asked first."""
    phone = phones(team.staff[0])
    home(phone)
    phone.ready()
    other = phone.opened()
    other.goto(f"{phone.url}/field/")
    expect(other.get_by_label("PIN")).to_be_visible()
    monkeypatch.setattr(shell, "_contents", lambda: ["another version"])
    page = phone.page
    page.bring_to_front()
    page.evaluate("location.hash = '#/phone'")
    page.get_by_text("Change the PIN").first.click()
    page.get_by_label("Present PIN").fill("1234")
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    use = page.get_by_role("button", name="Use it now")
    use.click()
    expect(page.get_by_text("Something is still open here")).to_be_visible()
    expect(page.get_by_label("Present PIN")).to_have_value("1234")
    home(phone)
    use.click()
    expect(page.get_by_label("PIN")).to_be_visible()
    expect(other.get_by_role("button", name="Open it here too")).to_be_visible()
    assert phone.complaints == []


def test_a_phone_that_nobody_touches_locks_itself(team: Any, phones: OpenPhone) -> None:
    """After a quarter of an hour; a dialog that was open is covered, and is there again after the PIN."""
    phone = phones(team.staff[0])
    home(phone)
    phone.killed()
    page = phone.page
    page.clock.install()
    phone.unlocked()
    home(phone)
    page.clock.fast_forward(14 * 60_000)
    expect(page.locator(".fl-home button").last).to_be_visible()
    page.clock.fast_forward(2 * 60_000)
    expect(page.get_by_label("PIN")).to_be_visible()
    expect(page.locator(".fl-home")).to_have_count(0)
    unlock(phone)
    page.evaluate("location.hash = '#/phone'")
    page.get_by_role("button", name="Take this phone off").click()
    question = page.get_by_text("Everything on this phone is removed")
    expect(question).to_be_visible()
    page.clock.fast_forward(16 * 60_000)
    cover = page.get_by_role("dialog", name="Locked")
    expect(cover).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    looked(phone, "cover")
    unlock(phone)
    expect(cover).to_have_count(0)
    expect(question).to_be_visible()
    assert phone.complaints == []


def unlock(phone: Phone) -> None:
    phone.page.get_by_label("PIN", exact=True).fill(PIN)
    phone.page.get_by_role("button", name="Unlock").click()


def test_a_revoked_phone_says_so_and_opens_nothing(team: Any, phones: OpenPhone) -> None:
    phone, person = phones(team.staff[0]), team.staff[0]
    home(phone)
    page = phone.page
    phone.context.set_offline(True)
    revoke_device(device=Device.objects.get(person=person), reason="lost on the way", by=person, at=timezone.now())
    phone.context.set_offline(False)  # it asks by itself as soon as it has a network
    expect(page.get_by_role("alert")).to_contain_text("This phone was revoked")
    looked(phone, "revoked")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is here that was not sent")
    expect(page.get_by_label("PIN")).to_have_count(0)
    page.get_by_role("button", name="Remove everything from this phone").click()
    page.get_by_role("button", name="Remove everything", exact=True).click()
    expect(page.get_by_label("Code of the desk")).to_be_visible()


def test_a_phone_that_was_cut_off_while_it_was_bound_asks_for_a_new_pin_twice(team: Any, phones: OpenPhone) -> None:
    phone = phones(team.staff[0])
    home(phone)
    page = phone.page
    page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("mingjing-field");
          asked.onsuccess = () => {
            const change = asked.result.transaction(["meta", "boxes"], "readwrite");
            change.objectStore("meta").delete("vault");
            change.objectStore("boxes").clear(); // nothing was sealed before there was a PIN
            change.oncomplete = () => done(asked.result.close());
          };
        })"""
    )
    page.reload()
    page.get_by_label("New PIN, at least 6 digits").fill("12")
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 6 digits")
    page.get_by_label("New PIN, at least 6 digits").fill(PIN)
    page.get_by_label("The PIN once more").fill(PIN)
    page.get_by_role("button", name="Set the PIN").click()
    expect(page.get_by_role("button", name="Start the day")).to_be_visible()


def test_without_its_words_the_app_speaks_english(bare: Any) -> None:
    phone = bare("zh-Hans")
    phone.page.route("**/words/*.json", lambda route: route.abort())
    phone.page.goto(f"{phone.url}/field/")
    expect(phone.page.get_by_role("button", name="Bind this phone")).to_be_visible()


def test_a_start_that_fails_is_told_in_words_and_can_be_tried_again(bare: Any) -> None:
    phone = bare("en")
    phone.page.add_init_script("if (!sessionStorage.well) indexedDB.open = () => { throw new Error('no store here') }")
    phone.page.goto(f"{phone.url}/field/")
    expect(phone.page.get_by_role("alert")).to_contain_text("no store here")
    looked(phone, "failed")
    phone.page.evaluate("sessionStorage.well = '1'")
    phone.page.get_by_role("button", name="Try again").click()
    expect(phone.page.get_by_role("button", name="Bind this phone")).to_be_visible()


def test_a_cold_start_without_a_network_on_a_slow_phone(team: Any, phones: OpenPhone) -> None:
    """From the address to the PIN, the processor four times slower: meant to be under 2 s, asserted at 4."""
    phone = phones(team.staff[0])
    home(phone)
    phone.ready()
    phone.context.set_offline(True)
    phone.killed()
    phone.context.new_cdp_session(phone.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    begun = perf_counter()
    phone.page.goto(f"{phone.url}/field/", wait_until="commit")
    phone.page.get_by_label("PIN").wait_for()
    taken = perf_counter() - begun
    print(f"cold start offline, CPU/4: {taken:.2f} s")
    assert taken < 4


def test_a_qr_code_is_read_where_the_browser_cannot(bare: Any) -> None:
    phone = bare("en")
    phone.page.goto(f"{phone.url}/field/")
    picture = segno.make("https://example.invalid/field/#enrol=ABCD").png_data_uri(scale=6)
    said = phone.page.evaluate(
        """async (address) => {
          const { reader } = await import("#mj/field/dialogs.js");
          const bytes = Uint8Array.from(atob(address.split(",")[1]), (one) => one.charCodeAt(0));
          const picture = await createImageBitmap(new Blob([bytes]));
          delete globalThis.BarcodeDetector;
          const [found] = await (await reader()).detect(picture);
          return found?.rawValue;
        }""",
        picture,
    )
    assert said == "https://example.invalid/field/#enrol=ABCD"
    assert phone.complaints == []


SIZE = "(image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"


def test_a_photo_is_looked_at_small_and_large_also_after_its_bytes_have_gone(team: Any, phones: OpenPhone) -> None:
    phone = phones(team.staff[0])
    page = phone.page
    started(phone)
    arrived_at(phone)
    code = page.locator("[id^=check-]").first.get_attribute("id").removeprefix("check-")  # type: ignore[union-attr]
    page.locator(f"[id='check-{code}'] [data-key=deduct]").click()
    page.locator("[data-key=place]").fill("3栋门厅")
    press(phone, "photo", "dialog")
    expect(page.get_by_role("button", name="Take the photo")).to_be_enabled()
    assert "null" not in page.locator(".fl-dialog").inner_text()
    looked(phone, "camera")
    page.get_by_role("button", name="Take the photo").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    seen = page.locator(".fl-dialog canvas")
    assert "27.80000, 113.10000 ±9 m" in (seen.get_attribute("aria-label") or "")
    looked(phone, "kept")
    page.get_by_role("button", name="Go on").click()
    thumb = page.locator(".fa-thumb img")
    expect(thumb).to_have_attribute("src", re.compile("^blob:"))
    assert max(thumb.evaluate(SIZE)) == 320
    press(phone, "done", "dialog")
    page.evaluate("location.hash = '#/outbox'")
    expect(page.get_by_role("row", name="Photos arrived").locator("td").first).to_have_text("1")
    page.go_back()
    page.locator(f"[id='check-{code}'] .fa-finding").click()
    expect(page.locator(".fa-thumb")).to_contain_text("arrived")
    page.locator(".fa-thumb").click()
    large = page.locator(".fa-large")
    expect(large).to_have_attribute("src", re.compile("^blob:"))
    assert max(large.evaluate(SIZE)) == 320  # the bytes have gone: the small copy, with its watermark
    looked(phone, "large")
    assert phone.complaints == []


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_signature_is_drawn_or_typed(bare: Any, language: str) -> None:
    phone = bare(language)
    page = phone.page
    page.goto(f"{phone.url}/field/")
    expect(page.locator("form.fl-gate")).to_be_visible()
    page.evaluate(
        """() => import("#mj/field/dialogs.js").then(({ signature }) => {
          window.signed = signature({ title: "演示·陈经理" });
        })"""
    )
    done = page.locator("dialog .fl-button.primary")
    done.click()
    expect(page.locator("dialog [role=status]")).not_to_be_empty()
    page.locator("dialog input").fill("陈经理")
    looked(phone, f"{language}-signature")
    done.click()
    kind, size = page.evaluate("window.signed.then(({ mediaType, bytes }) => [mediaType, bytes.length])")
    assert kind == "image/png"
    assert size > 2000
    assert phone.complaints == []


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_sign_is_scanned_or_typed(bare: Any, language: str) -> None:
    phone = bare(language)
    page = phone.page
    page.goto(f"{phone.url}/field/")
    page.locator("form.fl-gate .fl-button").first.click()
    expect(page.locator("dialog video")).to_be_visible()
    looked(phone, f"{language}-scan")
    page.locator("dialog input").fill("https://example.invalid/field/#enrol=ABCD2345")
    page.locator("dialog .fl-button.primary").click()
    expect(page.locator("form.fl-gate input").first).to_have_value("ABCD2345")
    assert phone.complaints == []
