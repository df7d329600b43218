"""Working days and documents in a real browser: every page in both languages and sizes, and a template's round trip."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.journeys.conftest import LANGUAGES, SIZES, Screen
from tests.kernel.documents.sampled import MANIFEST, NOTICE, NOTICE_PAGE, company, issued
from tools.documents import made

from mingjing.kernel import registry
from mingjing.kernel.calendar.actions import record_closure
from mingjing.kernel.documents.models import Document, Template
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

OpenScreen = Callable[..., Screen]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._registry.manifests, "tested", MANIFEST)


@pytest.fixture
def document(people: dict[str, Person]) -> Document:
    """A notice that replaced another, an hour ago, in a district that was closed for a day."""
    then, area = timezone.now() - timedelta(hours=1), Area.objects.get(code="430202")
    today = timezone.localdate()
    given = {"area": area, "first_day": today, "last_day": today, "reason": "台风“贝碧嘉”，停止办公"}
    record_closure(**given, by=people["director"], at=then)
    to = company(1, then)
    title = "关于拟将桂花花园列入物业服务黑榜的告知书"
    return issued(area, to, then, title=title, replaces=issued(area, to, then, title=title), reason="更正事实")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_days_and_documents(size: str, language: str, screen: OpenScreen, document: Document) -> None:
    kind = f"/document-kinds/{NOTICE.code}/430202/"
    paper = f"/documents/{document.pk}/"
    shown = screen("director", size, language)
    pages = ["/calendar/", "/calendar/?year=2025", "/calendar/closures/new/", "/documents/", paper, f"{paper}service/"]
    pages += [f"{paper}withdrawal/", "/document-kinds/", kind, f"/documents/{document.pk - 1}/"]
    for path in pages:
        shown.open(path)
        shown.check()
    clerk = screen("administrator", size, language)
    clerk.open("/calendar/notices/new/")
    clerk.check()
    visitor = screen("", size, language)
    for path in (f"/documents/verify/{document.code}/", "/documents/verify/", f"/documents/verify/{'0' * 24}/"):
        visitor.open(path)
        visitor.check()


def test_a_director_takes_a_template_and_sends_it_back(screen: OpenScreen, document: Document, tmp_path: Path) -> None:
    shown = screen("director", language="en")
    shown.open(f"/document-kinds/{NOTICE.code}/430202/")
    with shown.page.expect_download() as taken:
        shown.page.get_by_role("link", name="Template in use").click()
    assert Path(taken.value.path()).read_bytes() == NOTICE.default_template()
    edited = tmp_path / "告知书.docx"
    edited.write_bytes(made(NOTICE_PAGE.replace("{{ rights }}", "")))
    shown.page.set_input_files("input[type=file]", edited)
    shown.page.get_by_role("button", name="Use this template").click()
    assert shown.sees("does not print {{ rights }}")
    shown.check()
    edited.write_bytes(made(NOTICE_PAGE + "本区补充条款\n"))
    shown.page.set_input_files("input[type=file]", edited)
    shown.page.get_by_role("button", name="Use this template").click()
    assert shown.sees("The template was recorded")
    assert Template.objects.get().file_name == "告知书.docx"
