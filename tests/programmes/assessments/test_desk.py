"""The programme's pages: who may open them, what they say, what bad input gets, and how many queries they take."""

import json
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments.conftest import MAPPING, TABLE, Asked, SignedIn

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.actions import start_draft
from mingjing.kernel.rulebooks.models import Rulebook, Version
from mingjing.programmes.assessments.models import Replay, Result
from mingjing.programmes.assessments.policy.decisions import check_decision
from mingjing.programmes.assessments.policy.workbook import write_workbook

pytestmark = pytest.mark.django_db

BASE = "/assessments/schemes/hetang-2024/"
SHEET, TITLE = "小项", "名称"


@pytest.fixture
def draft(hetang: Version, people: dict[str, Person], at: datetime) -> Version:
    return start_draft(base=hetang, by=people["officer"], at=at)


@pytest.fixture
def done(asked: Asked) -> Replay:
    """The small table, scored."""
    replay = asked()
    drain()
    return Replay.objects.get(pk=replay.pk)


def edited(version: Version, **cells: object) -> SimpleUploadedFile:
    """The version's workbook with cells of its checks changed, as an office program saves it."""
    book = openpyxl.load_workbook(BytesIO(write_workbook(version.content, "zh-Hans")))
    sheet = next(book[name] for name in book.sheetnames if name.startswith(SHEET))
    for cell, value in cells.items():
        sheet[cell] = value
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("scheme.xlsx", file.getvalue())


def cell_of(version: Version, header: str, code: str) -> str:
    """The cell of the checks' sheet in the row of `code` under `header`."""
    book = openpyxl.load_workbook(BytesIO(write_workbook(version.content, "zh-Hans")))
    sheet = next(book[name] for name in book.sheetnames if name.startswith(SHEET))
    column = next(cell.column_letter for cell in sheet[1] if str(cell.value).startswith(header))
    row = next(row[0].row for row in sheet.iter_rows() if any(cell.value == code for cell in row[:3]))
    return f"{column}{row}"


PAGES = ("/assessments/schemes/", BASE, f"{BASE}1/", "/assessments/replays/")


@pytest.mark.parametrize("role", ["administrator", "director", "officer", "auditor"])
def test_every_role_may_read(signed_in: SignedIn, done: Replay, role: str) -> None:
    client = signed_in(role)
    for page in (*PAGES, f"/assessments/replays/{done.pk}/", f"/assessments/replays/{done.pk}/class/A/",
                 f"/assessments/replays/{done.pk}/results/0/"):  # fmt: skip
        assert client.get(page).status_code == 200, page


def test_visitors_are_sent_to_sign_in(hetang: Version) -> None:
    for page in PAGES:
        assert "/sign-in/" in Client().get(page).headers["Location"]


def test_only_those_who_may_write(signed_in: SignedIn, draft: Version) -> None:
    auditor, officer = signed_in("auditor"), signed_in("officer")
    for page in ("/assessments/add-scheme/", "/assessments/ask-replay/", f"{BASE}2/upload/", f"{BASE}2/publish/"):
        assert auditor.get(page).status_code == 403, page
    assert officer.get(f"{BASE}2/upload/").status_code == 200
    assert officer.get(f"{BASE}2/publish/").status_code == 403
    assert officer.post(f"{BASE}1/draft/").status_code == 302


def test_people_of_another_area_read_neither_rules_nor_results(done: Replay, at: datetime) -> None:
    other = district.staff("director", "外区主任", Area.objects.get(code="430203"), at, username="elsewhere")
    client = Client()
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{BASE}1/").status_code == 404
    assert client.get(f"/assessments/replays/{done.pk}/").status_code == 403
    assert client.get(f"/assessments/replays/{done.pk}/results.csv").status_code == 403
    assert client.post(f"{BASE}1/draft/").status_code == 403
    assert "table.csv" not in client.get("/assessments/replays/").content.decode()


@pytest.mark.parametrize(
    "page", ["schemes/nothing/", "schemes/hetang-2024/9/", "schemes/hetang-2024/compare/?old=1&new=x",
             "schemes/hetang-2024/compare/", "schemes/hetang-2024/compare/?old=1&new=99999999999999999999",
             "replays/999/", "replays/999/class/A/", "schemes/hetang-2024/1/workbook/?language=fr"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(signed_in: SignedIn, hetang: Version, page: str) -> None:
    assert signed_in("director").get(f"/assessments/{page}").status_code == 404


def test_a_version_is_shown_whole(signed_in: SignedIn, hetang: Version) -> None:
    page = signed_in("auditor").get(f"{BASE}1/").content.decode()
    for code in ("A1.1", "B13.3"):
        assert code in page
    for words in ("1 points for each instance, at most 3", "Below 60 in two visits by different teams", "Borderline"):
        assert words in page
    assert hetang.digest in page


def test_the_workbook_comes_back_as_it_went(signed_in: SignedIn, draft: Version) -> None:
    director = signed_in("director")
    for language in ("zh-Hans", "en"):
        book = director.get(f"{BASE}2/workbook/?language={language}")
        file = SimpleUploadedFile("scheme.xlsx", book.content)
        answer = director.post(
            f"{BASE}2/upload/", {"file": file, "revision": Version.objects.get(pk=draft.pk).revision}
        )
        assert answer.headers["Location"] == f"{BASE}compare/?old=1&new=2"
        assert Version.objects.get(pk=draft.pk).digest == draft.digest


def test_every_mistake_of_a_workbook_is_told_by_cell_and_nothing_saved(signed_in: SignedIn, draft: Version) -> None:
    points, rule = cell_of(draft, "分值", "A1.1"), cell_of(draft, "扣分规则", "A1.2")
    file = edited(draft, **{points: "30", rule: "GUESS"})
    answer = signed_in("officer").post(f"{BASE}2/upload/", {"file": file, "revision": 1})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{SHEET}!{rule}" in page
    assert "GUESS" in page
    assert "Nothing was saved" in page
    assert Version.objects.get(pk=draft.pk).digest == draft.digest


def test_a_workbook_brought_after_someone_elses_overwrites_nothing(
    signed_in: SignedIn, draft: Version, people: dict[str, Person]
) -> None:
    cell = cell_of(draft, TITLE, "A1.1")
    assert signed_in("officer").post(f"{BASE}2/upload/", {"file": edited(draft, **{cell: "甲"}), "revision": 1})
    answer = signed_in("director").post(f"{BASE}2/upload/", {"file": edited(draft, **{cell: "乙"}), "revision": 1})
    assert answer.status_code == 422
    assert str(people["officer"]) in answer.content.decode()
    assert "甲" in Version.objects.get(pk=draft.pk).document


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04"), ("a.xlsx", b"text"), ("a.exe", b"MZ"), ("a.json", b"[1]"),
     ("a.json", b"{"), ("a.json", b'{"format": "mingjing.assessments.scheme/1"}'), ("a.json", b"[" * 100_000)],
)  # fmt: skip
def test_a_file_that_is_no_scheme_gets_a_sentence(
    signed_in: SignedIn, draft: Version, name: str, content: bytes
) -> None:
    file = SimpleUploadedFile(name, content)
    answer = signed_in("officer").post(f"{BASE}2/upload/", {"file": file, "revision": 1})
    assert answer.status_code == 422
    assert 'class="problems"' in answer.content.decode()


def test_publish_in_two_steps(signed_in: SignedIn, draft: Version) -> None:
    director, tomorrow = signed_in("director"), timezone.localdate().replace(year=2100).isoformat()
    cell = cell_of(draft, TITLE, "A1.1")
    director.post(f"{BASE}2/upload/", {"file": edited(draft, **{cell: "新的说法"}), "revision": 1})
    page = director.get(f"{BASE}2/publish/").content.decode()
    assert "新的说法" in page
    digest = Version.objects.get(pk=draft.pk).digest
    unread = director.post(f"{BASE}2/publish/", {"effective_from": tomorrow, "digest": digest})
    stale = director.post(f"{BASE}2/publish/", {"effective_from": tomorrow, "digest": draft.digest, "read": "on"})
    assert (unread.status_code, stale.status_code) == (422, 422)
    assert not Version.objects.get(pk=draft.pk).is_published
    assert (
        director.post(f"{BASE}2/publish/", {"effective_from": tomorrow, "digest": digest, "read": "on"}).status_code
        == 302
    )
    again = director.post(f"{BASE}2/publish/", {"effective_from": tomorrow, "digest": digest, "read": "on"})
    assert "李主任" in again.content.decode()
    late = director.post(f"{BASE}2/upload/", {"file": edited(draft), "revision": 2})
    assert late.status_code == 422


def test_a_draft_is_withdrawn_with_a_reason(signed_in: SignedIn, draft: Version) -> None:
    client, page = signed_in("officer"), f"{BASE}2/withdraw/"
    assert page in client.get(f"{BASE}2/").content.decode()
    assert client.post(page, {"reason": " "}).status_code == 422
    assert client.post(page, {"reason": "<b>begun twice</b>"}).headers["Location"] == f"{BASE}2/"
    shown = client.get(f"{BASE}2/").content.decode()
    assert "Withdrawn" in shown
    assert "&lt;b&gt;begun twice&lt;/b&gt;" in shown
    for gone in ("withdraw/", "upload/", "publish/"):
        assert f"{BASE}2/{gone}" not in shown
    assert "begun twice" in client.get(BASE).content.decode()
    again = client.post(page, {"reason": "again"})
    assert again.status_code == 422
    assert "can no longer change" in again.content.decode()
    refused = client.post(f"{BASE}2/upload/", {"file": edited(draft), "revision": 1})
    assert "can no longer change" in refused.content.decode()
    assert signed_in("auditor").post(page, {"reason": "x"}).status_code == 403


def test_a_shipped_scheme_is_added_as_a_draft_once(signed_in: SignedIn, hetang: Version) -> None:
    client = signed_in("officer")
    data = {"shipped": "toronto-rentsafe", "area": "430202"}
    assert client.post("/assessments/add-scheme/", data).status_code == 302
    assert Rulebook.objects.exclude(pk=hetang.rulebook_id).get().code == "toronto-rentsafe"
    assert client.post("/assessments/add-scheme/", data).status_code == 422
    assert client.post("/assessments/add-scheme/", {"area": "430202"}).status_code == 422
    assert client.post("/assessments/add-scheme/", {**data, "area": "430203"}).status_code == 422


def test_a_file_is_replayed_from_the_form(signed_in: SignedIn, hetang: Version) -> None:
    client = signed_in("officer")
    data = {
        "file": SimpleUploadedFile("表.csv", TABLE.encode()),
        "scheme": hetang.pk,
        "mapping_file": SimpleUploadedFile("own.toml", MAPPING.encode()),
    }
    location = client.post("/assessments/ask-replay/", data).headers["Location"]
    assert "Waiting for the background work" in client.get(location).content.decode()
    drain()
    page = client.get(location).content.decode()
    assert "Completed" in page
    assert "1<small>/ 3</small>" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mapping_file": None}, "Choose either a mapping that ships or a mapping file"),
        ({"mapping": "hetang-2024"}, "Choose either a mapping that ships or a mapping file"),
        ({"mapping_file": SimpleUploadedFile("m.toml", b"= broken")}, "not valid TOML"),
        ({"mapping_file": SimpleUploadedFile("m.toml", b"\xff\xfe\x00")}, "not UTF-8"),
        ({"file": None}, "This field is required"),
        ({"scheme": "999"}, "Select a valid choice"),
    ],
)
def test_a_form_that_makes_no_sense_is_told_so(
    signed_in: SignedIn, hetang: Version, change: dict[str, object], words: str
) -> None:
    data: dict[str, object] = {
        "file": SimpleUploadedFile("t.csv", TABLE.encode()),
        "scheme": hetang.pk,
        "mapping_file": SimpleUploadedFile("own.toml", MAPPING.encode()),
    }
    data = {name: value for name, value in (data | change).items() if value is not None}
    answer = signed_in("officer").post("/assessments/ask-replay/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Replay.objects.exists()


def test_a_refused_file_shows_each_place(signed_in: SignedIn, asked: Asked) -> None:
    replay = asked(TABLE.replace("half", "maybe"))
    drain()
    page = signed_in("officer").get(f"/assessments/replays/{replay.pk}/").content.decode()
    assert "row 2, column A1.2" in page
    assert "No result was stored" in page


def test_a_result_is_explained_line_by_line(signed_in: SignedIn, done: Replay) -> None:
    page = signed_in("auditor").get(f"/assessments/replays/{done.pk}/results/2/").content.decode()
    for words in (
        "94.00", "A1.2", "-4.00", "4 points when complete", "A5.1", "Critical", "What kept it from", "Red list",
        "open critical checks is 1", "The way out", "1 repair would have led",
    ):  # fmt: skip
        assert words in page, words
    absent = signed_in("auditor").get(f"/assessments/replays/{done.pk}/results/1/").content.decode()
    assert "does not apply: 4 points leave the base" in absent
    nothing = signed_in("auditor").get(f"/assessments/replays/{done.pk}/results/4/").content.decode()
    assert "nothing was scored" in nothing


def test_results_are_filtered_and_found(signed_in: SignedIn, done: Replay) -> None:
    client, page = signed_in("auditor"), f"/assessments/replays/{done.pk}/class/A/"
    assert [key in client.get(f"{page}?tier=RED").content.decode() for key in ("first", "third")] == [True, False]
    assert [key in client.get(f"{page}?q=hir").content.decode() for key in (">first<", ">third<")] == [False, True]
    assert "No result matches" in client.get(f"{page}?q=nobody").content.decode()
    assert client.get(f"{page}?tier=NONSENSE&after=%00&q=" + "x" * 500).status_code == 200
    assert client.get(f"/assessments/replays/{done.pk}/class/Z/").status_code == 404


def test_the_csv_is_the_list_and_no_cell_can_act(signed_in: SignedIn, done: Replay) -> None:
    answer = signed_in("auditor").get(f"/assessments/replays/{done.pk}/results.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "key,name,class,base,bonus,total,tier,rank,checks"
    assert lines[1] == "first,,A,97.00,0,97.00,RED,2,27" or lines[1] == "first,,A,97.00,0.00,97.00,RED,2,27"
    assert lines[4].startswith("'=4+4,,A,")
    assert lines[5] == "empty,,A,,,,NOT_ASSESSED,,0"


@pytest.mark.parametrize("index", [0, 1, 2, 3, 4])
def test_the_decision_file_holds_and_shows_tampering(signed_in: SignedIn, done: Replay, index: int) -> None:
    answer = signed_in("auditor").get(f"/assessments/replays/{done.pk}/results/{index}/decision.json")
    document = json.loads(answer.content)
    assert check_decision(document) == ()
    document["result"]["key"] = "somebody else"
    assert check_decision(document)


def test_pages_take_as_many_queries_however_much_they_show(
    signed_in: SignedIn, asked: Asked, people: dict[str, Person]
) -> None:
    few = asked()
    many = asked(TABLE + "".join(f"s{number},,60,,{number % 3},full,0\n" for number in range(400)))
    drain()
    client = signed_in("auditor")
    for page, most in {"": 7, "class/A/": 7, "results/2/": 7}.items():
        counts = [queries(client, f"/assessments/replays/{replay.pk}/{page}") for replay in (few, many)]
        assert counts[0] == counts[1] <= most, page
    before = [queries(client, page) for page in PAGES]
    for _ in range(5):
        start_draft(base=Version.objects.earliest("number"), by=people["officer"], at=timezone.now())
        asked()
    assert [queries(client, page) for page in PAGES] == before
    assert max(before) <= 6


def queries(client: Client, page: str) -> int:
    """How many queries a page takes once its scheme is compiled."""
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_a_long_list_is_walked_to_its_end(signed_in: SignedIn, asked: Asked) -> None:
    replay = asked(TABLE + "".join(f"s{number},,60,,{number % 3},full,0\n" for number in range(120)))
    drain()
    client, address = signed_in("auditor"), f"/assessments/replays/{replay.pk}/class/A/"
    seen: list[str] = []
    while address:
        context = client.get(address).context
        seen += [row["result"].key for row in context["rows"]]
        after = context["page"].after
        address = f"/assessments/replays/{replay.pk}/class/A/?{after}" if after else ""
    assert len(seen) == len(set(seen)) == Result.objects.count() == 125


NAMED = MAPPING.replace('columns = "key"', 'columns = "key"\nname = "called"').replace(
    'not_applicable = "na"', 'not_applicable = "na"\nresolved = "right"'
)
NAMES = """key,called,na,months,total,right,A1.1,A1.2,A5.1
first,<b>荷塘花园</b>,,60,,,1,half,
second,,,60,,,0,full,0
third,=1+1,,60,,A5.1,0,zero,1
"""


def test_a_name_stands_before_its_key_and_finds_it(signed_in: SignedIn, asked: Asked) -> None:
    replay = asked(NAMES, NAMED)
    drain()
    client, page = signed_in("auditor"), f"/assessments/replays/{replay.pk}/"
    listed = client.get(f"{page}class/A/").content.decode()
    assert all(shown in listed for shown in ("&lt;b&gt;荷塘花园&lt;/b&gt;</a>", ">first<", ">second</a>"))
    assert [word in client.get(f"{page}class/A/?q=荷塘").content.decode() for word in (">first<", ">second<")] == [
        True, False,
    ]  # fmt: skip
    heading = client.get(f"{page}results/0/").content.decode().split("<h1>")[1].split("</h1>")[0]
    assert heading.startswith("&lt;b&gt;荷塘花园&lt;/b&gt; <small")
    assert "first</small>" in heading
    lines = b"".join(client.get(f"{page}results.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [
        ["first", "<b>荷塘花园</b>", "A"], ["second", "", "A"], ["third", "'=1+1", "A"],
    ]  # fmt: skip


def test_a_name_is_in_no_fact_leaf_or_decision_file(signed_in: SignedIn, asked: Asked) -> None:
    replays = [asked(text, NAMED) for text in (NAMES, NAMES.replace("荷塘花园", "别的名称"))]
    drain()
    first, second = (replay.results.get(index=0) for replay in replays)
    assert first.leaf == second.leaf
    assert first.name != second.name
    file = signed_in("auditor").get(f"/assessments/replays/{replays[0].pk}/results/0/decision.json")
    assert "荷塘花园" not in json.dumps(json.loads(file.content), ensure_ascii=False)
    assert not any("荷塘花园" in fact.data for fact in Fact.objects.all())


def test_what_was_put_right_is_said(signed_in: SignedIn, asked: Asked) -> None:
    replay = asked(NAMES, NAMED)
    drain()
    pages = [
        signed_in("auditor").get(f"/assessments/replays/{replay.pk}/results/{index}/").content.decode()
        for index in (0, 2)
    ]
    assert ["Put right" in page for page in pages] == [False, True]
    assert ">yes<" not in pages[1]
