"""The form of a visit, filled in as people do: a check opened, its fields written, a photo added, recorded."""

from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page
from tests.journeys.conftest import Screen

from mingjing.programmes.assessments.demo import photos
from mingjing.programmes.assessments.demo.register import position
from mingjing.programmes.assessments.models import VisitRecord

__all__ = ["CHECKS", "Chosen", "attach", "check_of", "choose", "find", "quiet", "record", "taken", "write"]


@dataclass(frozen=True)
class Chosen:
    """The checks of a class on which the journey finds something, by what is entered."""

    count: str
    grade: str
    share: str
    star: str
    again: str
    """Where the thing of `star` shows once more."""
    absent: str
    measured: tuple[str, ...]
    """The other shares, which are entered though all is well."""


CHECKS = {
    "A": Chosen("A1.1", "A1.2", "A2.3", "A5.1", "A4.2", "A4.3", ("A2.2",)),
    "B": Chosen("B2.1", "B2.2", "B4.3", "B10.3", "B9.1", "B8.3", ("B1.2", "B3.2", "B4.1", "B4.2")),
}
FEW_IS_GOOD = ("B4.2",)


def check_of(shown: Screen, code: str) -> Locator:
    """The check on the form."""
    return shown.page.locator(f"[id='check-{code}']")


def record(code: str) -> dict[str, str]:
    """A share with which all is well."""
    return {"good": "0" if code in FEW_IS_GOOD else "20", "of": "20"}


def find(shown: Screen, code: str, *, photo: Any = None, same_as: str = "", **values: str) -> None:
    """Record a finding on a check, with a photo and as the same thing as one on another check, where given."""
    box = check_of(shown, code)
    summary = box.locator("summary[data-key='2']")
    summary.click()
    form = box.locator("form.answer").filter(has=shown.page.locator("[name=kind][value=find]"))
    _write(form, values)
    if same_as:
        label = form.locator("[name=same_as] option", has_text=same_as).first.inner_text()
        form.locator("[name=same_as]").select_option(label=label)
    if photo:
        form.locator("[name=photos]").set_input_files(photo)
    _send(shown, form, "Record")
    box.locator(".finding").first.wait_for()


def choose(shown: Screen, code: str, name: str, **values: str) -> None:
    """Open an answer of a check by its name, fill it in and send it."""
    box = check_of(shown, code)
    box.locator("summary", has_text=name).click()
    form = box.locator("details[open] form.answer")
    _write(form, values)
    _send(shown, form, name)


def write(shown: Screen, code: str, name: str, status: int = 200, **values: str) -> None:
    """Change the first finding of a check."""
    finding = check_of(shown, code).locator(".finding").first
    finding.locator("summary", has_text=name).click()
    form = finding.locator("details[open] form.answer")
    _write(form, values)
    _send(shown, form, name, status)


def attach(shown: Screen, code: str, photo: Any) -> None:
    """Add a photo to the first finding of a check."""
    finding = check_of(shown, code).locator(".finding").first
    finding.locator("summary", has_text="Add photos").click()
    form = finding.locator("details[open] form.answer")
    form.locator("[name=photos]").set_input_files(photo)
    _send(shown, form, "Add")
    check_of(shown, code).locator(".finding img").first.wait_for()


def taken(row: VisitRecord, label: str) -> Any:
    """A photo as a camera takes it, where the community lies."""
    latitude, longitude = position(int(row.entry.number.rpartition("-")[2]))
    content = photos.photo(
        label, taken=timezone.localtime(), latitude=latitude, longitude=longitude, chance=Random(label)
    )  # fmt: skip
    return {"name": f"{label}.jpg", "mimeType": "image/jpeg", "buffer": content}


def _write(form: Locator, values: dict[str, str]) -> None:
    for name, value in values.items():
        control = form.locator(f"[name={name}]")
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def _send(shown: Screen, form: Locator, name: str, status: int = 200) -> None:
    with shown.page.expect_response("**/edit/") as answer:
        form.get_by_role("button", name=name, exact=True).click()
    assert answer.value.status == status, answer.value.text()
    quiet(shown.page)


def quiet(page: Page) -> None:
    """Wait until the page has taken in what it was answered."""
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping')")
