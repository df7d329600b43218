"""An inspection on two phones: the officer's app, and the firm's browser without an account, a cookie or a script.

Not here: what the gate knows (tests/programmes/inspections), the phone's store and photos (test_visit, test_trouble).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests.journeys.conftest import PATIENCE
from tests.journeys.field.handset import Phone, press, sent
from tests.journeys.field.test_visit import drawn
from tests.programmes.inspections import doors

from mingjing.engine.geo import Datum
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.places.models import EntryCode
from mingjing.kernel.sync.models import Capture
from mingjing.programmes.inspections.models import Certificate, Entry, Refusal, Task, Warning
from mingjing.programmes.inspections.queries.own import loads_for
from mingjing.programmes.inspections.queries.public import figures_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Phones = Callable[..., Phone]
WALL = "ABCD2345"


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Any, request: pytest.FixtureRequest) -> doors.Scene:
    """A task of today at a firm whose code hangs where the phones stand; with a parameter, of so many together."""
    settings.DATA_DIR = tmp_path
    bodies = getattr(request, "param", 1)
    made = doors.build(bodies=bodies, firms=1)
    site = made.firm.site
    assert site
    site.latitude, site.longitude = site.given_latitude, site.given_longitude = Decimal("27.8"), Decimal("113.1")
    site.given_datum, site.address = Datum.WGS84.value, "金钩山路1号"
    site.save()
    EntryCode.objects.create(site=site, code=WALL, issued_at=doors.LONG_AGO)
    joint = uuid4() if bodies > 1 else None
    for body in range(bodies):
        made.task(timezone.localdate(), body, joint=joint)
    return made


@pytest.fixture
def firm(browser: Browser, live_server: Any) -> Iterator[Page]:
    """The firm's phone: nothing is kept on it, and no script runs."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def at_the_door(phone: Phone, code: str = WALL) -> None:
    """The task is opened and the firm's code typed, as where a camera does not focus."""
    phone.page.get_by_role("button", name="To the door").click()
    press(phone, "scan")
    phone.page.locator(".fl-typed input").fill(code)
    phone.page.get_by_role("button", name="Use this code").click()
    expect(phone.page.locator(".fi-verdict")).to_be_visible()


READ = """async () => {
  const { reader } = await import("#mj/field/dialogs.js");
  const picture = new Image(400, 400);
  const drawn = new XMLSerializer().serializeToString(document.querySelector(".fi-code svg"));
  picture.src = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 400, height: 400 });
  canvas.getContext("2d").drawImage(picture, 0, 0, 400, 400);
  return (await (await reader()).detect(canvas)).map(({ rawValue }) => rawValue);
}"""
"""What a scanner reads of the code on the officer's screen."""


def shown_to(firm: Page, phone: Phone, language: str = "en") -> None:
    """The firm scans what the officer's phone shows."""
    if phone.page.locator(".fi-address").is_hidden():
        press(phone, "code")
    (address,) = phone.page.evaluate(READ)
    assert address == phone.page.locator(".fi-address").inner_text()
    firm.goto(address)
    firm.goto(firm.url.replace("/zh/", f"/{language}/"))


def clean(phone: Phone) -> None:
    """No WCAG fault, looked for from the top: targets that the bar half covers are smaller to axe than they are."""
    phone.page.evaluate("scrollTo(0, 0)")
    assert phone.faults() == []


def colour(phone: Phone) -> Any:
    return phone.page.locator(".fi-verdict")


def test_officer_and_firm_on_two_phones(scene: doors.Scene, phones: Phones, firm: Page) -> None:
    phone = phones(scene.officers[scene.body.pk][0])
    at_the_door(phone)
    expect(colour(phone)).to_have_attribute("data-colour", "green")
    shown_to(firm, phone)
    expect(firm.locator("#said")).to_contain_text("They have not been scanned in yet")
    expect(firm.get_by_text("湘B00")).to_be_visible()
    clean(phone)
    phone.page.locator("[data-key=helpers]").fill("1")
    press(phone, "enter")
    expect(phone.page.get_by_role("heading", name="Leaving")).to_be_visible()
    expect(colour(phone)).to_contain_text("The installation’s answer")
    firm.reload()
    expect(firm.locator("#said")).to_contain_text("are those of the task")
    expect(firm.get_by_text("helpers without a certificate: 1")).to_be_visible()
    found(phone)
    left(phone)
    sent(phone)
    entry = Entry.objects.get()
    assert (entry.door, entry.colour, entry.helpers, entry.signed, entry.signed_by) == (
        "scan",
        "green",
        1,
        "signed",
        "演示·钱经理",
    )
    assert entry.result_at
    assert [one.text for one in entry.items.get().findings.all()] == ["进货台账缺页"]
    assert sorted(Capture.objects.exclude(exhibit=None).values_list("about", flat=True)) == ["signature", "事项0"]
    assert phone.complaints == []


def found(phone: Phone) -> None:
    """A finding with a photo, recorded."""
    item = phone.page.locator(".fi-item")
    item.get_by_role("radio", name="Finding").check()
    item.get_by_label("What the finding is").fill("进货台账缺页")
    item.get_by_role("button", name="Take a photo").click()
    shutter = phone.page.get_by_role("button", name="Take the photo")
    expect(shutter).to_be_enabled()
    shutter.click()
    phone.page.get_by_role("button", name="Go on").click()
    expect(phone.page.locator(".fi-photos li")).to_have_count(1)
    clean(phone)
    item.get_by_role("button", name="Record this result").click()
    expect(phone.page.locator(".fi-item.finding")).to_contain_text("进货台账缺页")


def left(phone: Phone) -> None:
    """The firm signs on the glass."""
    phone.page.get_by_label("Who is there for the firm").fill("演示·钱经理")
    press(phone, "leave")
    drawn(phone)
    phone.page.locator(".fl-dialog").get_by_role("button", name="Done").click()
    expect(phone.page.get_by_role("heading", name="They left")).to_be_visible()
    press(phone, "rating")
    clean(phone)
    (address,) = phone.page.evaluate(READ)
    assert "/board/inspections/r/" in address


def test_a_red_code_is_refused_and_entered_all_the_same(scene: doors.Scene, phones: Phones, firm: Page) -> None:
    Certificate.objects.filter(number="湘B01").update(revoked_on=timezone.localdate(), revoke_reason="调离")
    phone = phones(scene.officers[scene.body.pk][0])
    at_the_door(phone)
    expect(colour(phone)).to_have_attribute("data-colour", "red")
    expect(colour(phone)).to_contain_text("A2")
    clean(phone)
    press(phone, "enter")
    expect(phone.page.locator(".fl-said")).to_contain_text("why you enter all the same")
    shown_to(firm, phone)
    expect(firm.get_by_text("Red code: you may refuse this visit")).to_be_visible()
    firm.get_by_label("Why (you need not give a reason)").fill("只来了一名持证人员")
    firm.get_by_role("button", name="Refuse this visit").click()
    expect(firm.get_by_text("You refused this visit")).to_be_visible()
    assert Refusal.objects.get().text == "只来了一名持证人员"
    phone.page.locator("[data-key=reason]").fill("另一人十分钟后到")
    press(phone, "enter")
    expect(phone.page.get_by_text("The firm refused this visit. A supervisor looks at it.")).to_be_visible()
    expect(phone.page.get_by_text("Reason: 另一人十分钟后到")).to_be_visible()
    assert (Entry.objects.get().colour, Entry.objects.get().reason) == ("red", "另一人十分钟后到")


def test_without_a_signal_and_made_up_later(scene: doors.Scene, phones: Phones) -> None:
    phone = phones(scene.officers[scene.body.pk][0])
    expect(phone.page.get_by_role("button", name="To the door")).to_be_visible()
    phone.ready()
    phone.context.set_offline(True)
    at_the_door(phone, f"https://example.org/licence?uniscid={scene.firm.organisation.credit_code}")
    expect(colour(phone)).to_contain_text("Without a signal: by the rules and facts of")
    press(phone, "enter")
    expect(phone.page.get_by_role("heading", name="Leaving")).to_be_visible()
    phone.killed()
    phone.unlocked()
    phone.page.get_by_role("button", name="Go on").click()
    phone.page.locator(".fi-item").get_by_label("In order").check()
    phone.page.get_by_role("button", name="Record this result").click()
    expect(phone.page.locator(".fi-item.pass")).to_be_visible()
    Certificate.objects.filter(number="湘B01").update(revoked_on=timezone.localdate(), revoke_reason="调离")
    assert not Entry.objects.exists()
    sent(phone)
    entry = Entry.objects.get()
    assert (entry.door, (entry.shown or {}).get("colour"), entry.colour) == ("offline", "green", "red")
    assert "gate_differs" in entry.visit.arrival["signals"]
    phone.page.goto(f"{phone.url}/field/#/inspections/tasks/{Task.objects.get().pk}")
    expect(colour(phone)).to_contain_text("at the door this phone showed another colour")
    assert timezone.now() - entry.visit.entered_at < timedelta(minutes=5)


def test_the_installation_knows_more_than_the_phone(scene: doors.Scene, phones: Phones) -> None:
    phone = phones(scene.officers[scene.body.pk][0])
    at_the_door(phone)
    expect(colour(phone)).to_have_attribute("data-colour", "green")
    Certificate.objects.filter(number="湘B01").update(revoked_on=timezone.localdate(), revoke_reason="调离")
    press(phone, "enter")
    expect(phone.page.get_by_role("alert")).to_contain_text("The code is red.")
    assert not Entry.objects.exists()
    clean(phone)
    phone.page.locator("[data-key=red-reason]").fill("另一人在路上")
    press(phone, "red-enter")
    expect(phone.page.get_by_text("Reason: 另一人在路上")).to_be_visible()
    expect(colour(phone)).to_contain_text("The installation’s answer")
    assert (Entry.objects.get().door, Entry.objects.get().colour) == ("scan", "red")
    sent(phone)


def test_a_task_is_opened_at_the_door_without_a_signal(scene: doors.Scene, phones: Phones) -> None:
    Task.objects.all().delete()
    phone = phones(scene.officers[scene.body.pk][0])
    expect(phone.page.get_by_role("button", name="Open a task at the door")).to_be_visible()
    phone.ready()
    phone.context.set_offline(True)
    press(phone, "at-door")
    press(phone, "open-task")
    expect(phone.page.locator(".fl-said")).to_contain_text("Scan the firm’s code, or choose the firm.")
    clean(phone)
    press(phone, "scan")
    phone.page.locator(".fl-typed input").fill(WALL)
    phone.page.get_by_role("button", name="Use this code").click()
    expect(phone.page.get_by_text(scene.firm.organisation.name)).to_be_visible()
    phone.page.get_by_label("Clue from off-site checks").check()
    phone.page.get_by_label("事项0").check()
    phone.page.get_by_label("执法01").check()
    phone.page.locator("[data-key=door-reason]").fill("监测数据突然异常")
    clean(phone)
    press(phone, "open-task")
    expect(colour(phone)).to_have_attribute("data-colour", "red")
    expect(colour(phone)).to_contain_text("A6")
    clean(phone)
    press(phone, "enter")
    expect(phone.page.get_by_role("heading", name="Leaving")).to_be_visible()
    phone.killed()
    phone.unlocked()
    phone.page.get_by_role("button", name="Go on").click()
    expect(phone.page.get_by_text("Opened at the door: 监测数据突然异常")).to_be_visible()
    assert not Task.objects.exists()
    sent(phone)
    task, entry = Task.objects.get(), Entry.objects.get()
    assert (entry.task, entry.colour, entry.reason) == (task, "red", "监测数据突然异常")
    assert (entry.shown or {}).get("answers") == entry.answers
    phone.page.goto(f"{phone.url}/field/#/inspections/tasks/{task.pk}")
    expect(colour(phone)).to_contain_text("The installation’s answer")


@pytest.mark.parametrize("scene", [2], indirect=True)
def test_two_authorities_enter_together_once_for_the_firm_and_once_for_each(
    scene: doors.Scene, phones: Phones, firm: Page
) -> None:
    for body in scene.bodies:
        phone = phones(scene.officers[body.pk][0])
        at_the_door(phone)
        expect(colour(phone)).to_have_attribute("data-colour", "green")
        press(phone, "enter")
        expect(phone.page.get_by_role("heading", name="Leaving")).to_be_visible()
        expect(colour(phone)).to_contain_text("The installation’s answer")
    assert Entry.objects.values("visit__joint").distinct().count() == 1
    drain()
    assert not Warning.objects.filter(rule__in=("B4", "B6")).exists(), "they came together, so nothing is to be merged"
    today = timezone.localdate()
    assert [load.count for _body, load in loads_for(scene.firm, today)] == [1, 1]
    assert figures_of(scene.area, today.year, today).joint_once == 1
    for reader in (firm, phone.page):
        reader.goto(f"{phone.url}/board/inspections/en/f/{WALL}/")
        for body in scene.bodies:
            expect(
                reader.get_by_role("listitem").filter(has_text=f"{body} ").get_by_text("Joint visit")
            ).to_be_visible()
        expect(reader.get_by_text("of 2 allowed")).to_have_count(2)
    assert phone.faults() == []
    phone.page.goto(f"{phone.url}/board/inspections/zh-elder/f/{WALL}/")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert phone.faults() == []
