"""A visit in a real browser, as it goes in an office: two people at once, keyboard alone, a phone, only one's own."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.faces.district import PASSWORD
from tests.journeys.conftest import LANGUAGES, SIZES, OpenScreen, Screen
from tests.journeys.keys import follow_by_keys, tab_to, tab_until
from tests.journeys.sheets import check_of, choose, find, quiet, write
from tests.programmes.assessments import drawn_rounds
from tests.programmes.assessments.test_visits import edit, signed

from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions import visits
from mingjing.programmes.assessments.models import VisitRecord
from mingjing.programmes.assessments.policy.answers import terms_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

Begun = Callable[..., drawn_rounds.Drawn]


@pytest.fixture
def drawn(people: dict[str, Person]) -> drawn_rounds.Drawn:
    """A round in fieldwork: two teams out today, another day sealed."""
    return drawn_rounds.build(people, drawn_rounds.earlier(30), classes=("A",))


@pytest.fixture
def begun(drawn: drawn_rounds.Drawn) -> drawn_rounds.Drawn:
    """The first team has entered its communities."""
    now = timezone.now()
    for record in drawn.records:
        visits.begin_visit(record=record, entered_at=drawn_rounds.earlier(10), by=drawn.people["officer"], at=now)
    return drawn


def address(record: VisitRecord, page: str = "") -> str:
    return f"/assessments/visits/{record.pk}/{page}"


def changed(row: VisitRecord) -> dict[str, object]:
    """The findings of a record by check, as they stand."""
    document = VisitRecord.objects.get(pk=row.pk).sheet_document
    return {entry["check"]: entry for entry in document.get("findings", ())}


def test_two_people_fill_in_one_record_at_once(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    row = begun.records[0]
    first, second = screen("officer", language="en"), screen("officer2", language="en")
    for shown in (first, second):
        shown.open(address(row))
    # Different checks: neither disturbs the other, though both pages are old by then.
    find(first, "A1.1", count="1", place="公示栏", note="缺一页")
    find(second, "A3.1", count="2", place="北门", note="落叶")
    assert set(changed(row)) == {"A1.1", "A3.1"}
    # The same finding: the later is told what stands and what they wrote, and chooses.
    second.open(address(row))
    write(first, "A1.1", "Change", count="3")
    write(second, "A1.1", "Change", status=409, count="5", place="东门公示栏")
    told = check_of(second, "A1.1").locator("[role=alert]")
    expect(told).to_contain_text("公示栏 × 3")
    expect(told).to_contain_text("东门公示栏 × 5")
    second.check()
    with second.page.expect_response("**/edit/"):
        told.get_by_role("button", name="Take mine instead").click()
    expect(check_of(second, "A1.1").locator(".finding-head")).to_contain_text("东门公示栏")
    assert changed(row)["A1.1"]["place"] == "东门公示栏"  # type: ignore[index]  # JSON
    second.check()


def test_one_thing_seen_twice_is_deducted_once(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    shown, row = screen("officer", language="en"), begun.records[0]
    shown.open(address(row))
    expect(check_of(shown, "A4.2").locator("[name=same_as]")).to_have_count(1)
    find(shown, "A4.2", count="1", place="东侧消防通道", note="占用")
    find(shown, "A5.1", count="1", place="东侧消防通道", note="占用", same_as="A4.2")  # found since the page came
    now = lost(shown)
    shown.page.reload()
    assert lost(shown) == now
    assert len(now) == 1
    write(shown, "A5.1", "Change", note="是另一处", same_as="")
    shown.page.reload()
    assert len(lost(shown)) == 2
    shown.check()


def lost(shown: Screen) -> list[str]:
    """The checks that the page says cost points."""
    codes = ("A4.2", "A5.1")
    return [code for code in codes if check_of(shown, code).locator(".finding-points.lost").count()]


def test_a_record_by_the_keyboard_alone(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    shown, row = signed_in_by_keys(screen, "officer"), begun.records[0]
    keyboard, page = shown.page.keyboard, shown.page
    for name, inside in (
        ("Rounds", "nav"),
        (begun.round.title, "main"),
        ("Visit records", ".tabs"),
        (row.entry.name, "main"),
    ):
        follow_by_keys(page, name, inside)
    answer_by_keys(page, row)
    shown.check()
    row.refresh_from_db()
    # The manager's part, the photo and the signatures have forms like any other; handing in is what is special here.
    shown.page.reload()  # the focus is back at the head of the page: the form is long
    tab_to(page, "Hand in and sign", ".tabs")
    keyboard.press("Enter")
    page.wait_for_url("**/signatures/")
    tab_to(page, "Hand the record in")
    with page.expect_navigation():
        keyboard.press("Enter")
    assert shown.sees("The record is handed in.")
    shown.check()
    row.refresh_from_db()
    assert row.submitted_at


def test_a_record_is_reviewed_and_locked_by_the_keyboard_alone(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    now = timezone.now()
    edit(begun, now, "not_applicable", check="A6.3", reason="没有健身设施")
    row = signed(begun, now)
    shown = signed_in_by_keys(screen, "officer3")
    page = shown.page
    for name, inside in (("Rounds", "nav"), (begun.round.title, "main"), ("Reviewing", ".tabs")):
        follow_by_keys(page, name, inside)
    follow_by_keys(page, row.entry.name)
    tab_until(page, "document.activeElement.name === 'absences'")
    page.keyboard.press("Space")
    follow_by_keys(page, "Reviewed: lock it")
    assert shown.sees("is done.")
    shown.check()
    row.refresh_from_db()
    assert row.locked_by == begun.people["officer3"]


def signed_in_by_keys(screen: OpenScreen, username: str) -> Screen:
    """Somebody who reads English has signed in without a mouse."""
    Person.objects.filter(username=username).update(preferred_language="en")
    shown = screen(language="en")
    shown.open("/sign-in/")
    shown.page.keyboard.type(username)
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.type(PASSWORD)
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url(shown.address + "/")
    return shown


def answer_by_keys(page: Page, row: VisitRecord) -> None:
    """Every check by the keys of the form: n goes to the next, 1 says nothing found, 2 enters a share, 0 says none."""
    scheme = scheme_of(row.round.scheme)
    terms = terms_of(scheme, scheme.rubrics[row.entry.class_code])
    page.locator("body").press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("?")
    for code, asked in terms.items():
        page.keyboard.press("n")
        expect(page.locator(":focus")).to_have_id(f"check-{code}")
        with page.expect_response("**/edit/") as answer:
            if asked.measured and asked.check.na:
                page.keyboard.press("0")
                page.keyboard.type("本小区没有")
            elif asked.measured:
                page.keyboard.press("2")
                page.keyboard.type("20")
                page.keyboard.press("Tab")
                page.keyboard.type("20")
            page.keyboard.press("Enter" if asked.measured else "1")
        assert answer.value.status == 200
        expect(page.locator(f"[id='check-{code}']")).not_to_have_attribute("data-state", "open")
        quiet(page)
        expect(page.locator(":focus")).to_have_id(f"check-{code}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_a_visit_fits_and_is_accessible(
    screen: OpenScreen, begun: drawn_rounds.Drawn, size: str, language: str
) -> None:
    row, round_ = begun.records[0], begun.round
    shown = screen("officer", size, language)
    for path in ("visits/", *(f"visits/{row.pk}/{page}" for page in ("", "signatures/", "sheet/", "history/"))):
        shown.open(f"/assessments/{path}")
        shown.check()
    shown.open(address(begun.others[0]))  # somebody else's, which is to be begun
    shown.check()
    director = screen("director", size, language)
    for page in (f"visits/{row.pk}/", f"visits/{row.pk}/review/", f"rounds/{round_.pk}/visits/",
                 f"rounds/{round_.pk}/review/", f"rounds/{round_.pk}/team-days/"):  # fmt: skip
        director.open(f"/assessments/{page}")
        director.check()


def test_a_visit_on_a_phone(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    shown, row = screen("officer", "phone", "en"), begun.records[0]
    shown.open("/assessments/visits/")
    shown.page.get_by_role("link", name=row.entry.name).click()
    shown.page.locator("#rail").get_by_role("link", name="A5").click()
    expect(check_of(shown, "A5.1")).to_be_in_viewport()
    find(shown, "A5.1", count="1", place="东侧消防通道", note="占用")
    assert shown.sees("Order given")
    shown.check()
    find(shown, "A1.2", grade="absent", place="公示栏", note="没有公示")
    choose(shown, "A4.3", "Does not apply", reason="没有监控")
    expect(shown.page.locator(".rail-score")).to_contain_text("3/")
    shown.check()
    find_by_words(shown, "gsl", "A1.1")
    shown.check()


def find_by_words(shown: Screen, words: str, code: str) -> None:
    """Find a check on the form by the initials of its Chinese title."""
    shown.page.locator("[data-find]").fill(words)
    expect(check_of(shown, code)).to_be_visible()
    expect(check_of(shown, "A5.1")).to_be_hidden()


def test_a_supervisor_sees_their_own_visits_and_no_others(screen: OpenScreen, begun: drawn_rounds.Drawn) -> None:
    shown = screen("supervisor", "phone", "en")
    shown.open("/assessments/visits/")
    main = shown.page.locator("main")
    expect(main).to_contain_text(begun.records[0].entry.name)
    for row in (*begun.others, *begun.later):
        assert row.entry.name not in main.inner_text()
        assert shown.page.request.get(shown.address + address(row)).status == 404
    expect(main).to_contain_text("sealed until")
    shown.check()
    rounds = shown.page.request.get(f"{shown.address}/assessments/rounds/{begun.round.pk}/visits/")
    assert rounds.status == 403
    shown.open(address(begun.records[0]))
    shown.check()
    shown.page.get_by_role("button", name="Menu").click()
    expect(shown.page.get_by_role("navigation", name="Main")).not_to_contain_text("Rounds")
    shown.check()
