"""What the public sees of a published list: every page and file, crawled and searched; the two live pages."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.faces import district
from tests.guarded import guards_lifted
from tests.kernel.evidence.photographs import photo
from tests.programmes.assessments.boarded import publish

from mingjing.engine.kept import keep
from mingjing.engine.outcome import Reason, Refusal
from mingjing.faces.board.folders import Unit, writing
from mingjing.faces.board.folders import publish as publish_files
from mingjing.kernel.cases.actions import claim_case, confirm_case, open_case
from mingjing.kernel.db.search import asked_for, matching
from mingjing.kernel.evidence.actions import record_exhibit, set_masks, withdraw_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.board import files, pages
from mingjing.programmes.assessments.models import Edition, Reply, VisitRecord
from mingjing.programmes.assessments.policy.published import (
    COVER,
    Share,
    check_public_decision,
    company_index,
    public_text,
)

AT = datetime(2024, 9, 4, 9, 30, tzinfo=timezone(timedelta(hours=8)))
BASE = "/board/assessments/430202/"


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[SimpleNamespace]:  # type: ignore[no-untyped-def]
    """A published list of forty communities with its files, made once; `files` are the bytes by path."""
    from django.conf import settings

    before, settings.DATA_DIR = settings.DATA_DIR, tmp_path_factory.mktemp("published")
    with django_db_blocker.unblock(), transaction.atomic():
        people = district.build(AT)
        edition = publish(people, AT)
        files.write(edition.round.area)
        there, settings.DATA_DIR = settings.DATA_DIR, before
        found = dict(files.files_of(edition.round.area))
        yield SimpleNamespace(edition=edition, people=people, files=found, area=edition.round.area, folder=there)
        transaction.set_rollback(True)


@pytest.fixture
def published(made: SimpleNamespace, settings) -> SimpleNamespace:  # type: ignore[no-untyped-def]
    """The same, served."""
    settings.DATA_DIR = made.folder
    return made


pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def links_of(text: str) -> list[str]:
    parser = Links()
    parser.feed(text)
    return parser.found


def test_every_link_of_every_page_leads_somewhere(published: SimpleNamespace) -> None:
    client = Client()
    seen, lost, waiting = set(), [], [f"{BASE}zh/"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code != 200:
            lost.append((address, answer.status_code))
        elif answer.headers["Content-Type"].startswith("text/html"):
            there = (urlsplit(urljoin(address, link)) for link in links_of(answer.content.decode()))
            waiting += [part.path for part in there if not part.netloc and not part.path.startswith("/static/")]
    assert not lost
    written = {BASE + path.removesuffix("index.html") for path in published.files}
    assert written - seen == {BASE}


def test_the_files_are_the_same_each_time_and_on_the_disk(published: SimpleNamespace) -> None:
    assert dict(files.files_of(published.area)) == published.files
    served = Unit("assessments/430202").link
    assert {path: (served / path).read_bytes() for path in published.files} == published.files


def test_pages_are_light_and_need_no_script(published: SimpleNamespace) -> None:
    pages = {path: content for path, content in published.files.items() if path.endswith(".html")}
    assert not [path for path, content in pages.items() if b"<script" in content or b" style=" in content]
    assert max(len(content) for content in pages.values()) < 60_000
    heaviest = max((Unit("assessments/430202").link / f"{path}.gz").stat().st_size for path in pages)
    assert heaviest < 10_000
    assert sum(len(content) for path, content in published.files.items() if path.endswith(".css")) < 12_000


def page(published: SimpleNamespace, path: str) -> str:
    return str(published.files[f"{path}index.html"].decode())


def test_a_list_says_why_in_words_and_who_was_not_assessed(published: SimpleNamespace) -> None:
    shown = page(published, "en/rounds/2024-2/A/") + page(published, "en/rounds/2024-2/B/")
    rows = list(published.edition.rows.select_related("entry"))
    assert all(row.entry.name in shown for row in rows)
    assert "道路施工，无法进入" in shown
    assert "Black" in shown
    black = published.edition.rows.get(adverse=True)
    own = page(published, f"en/communities/{black.entry.number}/")
    assert "veto" in own.lower()
    assert "事故认定书" not in own


def test_a_company_shows_the_arithmetic_of_its_index(published: SimpleNamespace) -> None:
    row = next(row for row in published.edition.rows.select_related("company", "entry__community") if row.company)
    mine = published.edition.rows.filter(company=row.company).select_related("entry__community")
    shares = [Share(one.total, Fraction(one.entry.community.floor_area)) for one in mine if one.total is not None]
    index = company_index(shares)
    assert index
    shown = page(published, f"zh/companies/{row.company.credit_code}/")
    assert f"{index.points / 100:.2f}" in shown
    assert "÷" in shown


def test_the_data_package_says_what_its_files_hold(published: SimpleNamespace) -> None:
    package = json.loads(published.files["data/2024-2/datapackage.json"])
    for resource in package["resources"]:
        text = published.files[f"data/2024-2/{resource['path']}"].decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(rows[0]) == list(fields)
        keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys) == 40
        for row in rows:
            for name, field in fields.items():
                if row[name] and field["type"] in {"number", "integer"}:
                    float(row[name])
    document = json.loads(published.files["data/2024-2/list.json"])
    assert len(document["rows"]) == 40
    assert document["rows_root"] == published.edition.rows_root
    assert all(row["total"] != "0.00" for row in document["rows"] if row["not_assessed"])


def test_every_decision_file_holds_and_a_changed_one_does_not(published: SimpleNamespace) -> None:
    found = {path: json.loads(content) for path, content in published.files.items() if "/decisions/" in path}
    assert len(found) == published.edition.rows.filter(total__isnull=False).count()
    for document in found.values():
        assert check_public_decision(document) == ()
    document = next(one for one in found.values() if one["sheet"].get("findings"))
    changed = json.loads(json.dumps(document))
    changed["sheet"]["findings"][0]["steps"] += 1
    assert check_public_decision(changed)
    changed = json.loads(json.dumps(document))
    changed["sheet_digest"] = "0" * 64
    assert [problem.code for problem in check_public_decision(changed)] == ["decision.not_recorded"]


def test_the_feed_tells_of_the_publication(published: SimpleNamespace) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(published.files["en/feed.atom"])
    entries = feed.findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}id") for entry in entries] == [
        f"urn:mingjing:assessments/430202:{published.edition.rows_root}"
    ]


def spared(published: SimpleNamespace) -> None:
    """The next edition, in which who was on the black list no longer is."""
    edition, black = published.edition, published.edition.rows.get(adverse=True)
    with guards_lifted():
        later = Edition.objects.create(
            round=edition.round, number=2, replay=edition.replay, reason="复核认定证据不足，请拨打13812345678",
            rows_root="a" * 64, published_by=published.people["director"], published_at=AT + timedelta(days=90),
        )  # fmt: skip
        for row in list(edition.rows.all()):
            row.pk, row.edition = None, later
            if row.entry_id == black.entry_id:
                row.tier, row.adverse, row.leaf = "WATCH", False, "b" * 64
                row.reasons = keep([Reason("x", "spared")])
            row.save(force_insert=True)


def test_a_correction_writes_what_changed_and_gives_what_writing_everything_would(
    published: SimpleNamespace, settings, tmp_path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    unit, made, page = Unit("assessments/430202"), list[str](), pages.page
    monkeypatch.setattr(pages, "page", lambda template, context: made.append(template) or page(template, context))
    fact = SimpleNamespace(seq=Fact.objects.latest("seq").seq, values={"edition": published.edition.pk})
    with transaction.atomic():
        files.write(published.area)
        whole, first = len(made), unit.current()
        spared(published)
        (unit.generations / f"{unit.stem}.seen").write_text("0")
        made.clear()
        files.write_edition(SimpleNamespace(fact=fact))  # type: ignore[arg-type]
        part, second = len(made), unit.current()
        settings.DATA_DIR = tmp_path
        files.write(published.area)
        assert unit.current().parent.name == second.parent.name  # type: ignore[union-attr]
        transaction.set_rollback(True)
    assert first
    assert second
    assert part < whole * 0.75
    same = [path for path in second.rglob("communities/*/index.html") if path.stat().st_nlink > 1]
    assert len(same) > 0.9 * len(list(second.rglob("communities/*/index.html")))


def test_a_correction_stands_where_the_list_stands(published: SimpleNamespace) -> None:
    black = published.edition.rows.get(adverse=True)
    with transaction.atomic():
        spared(published)
        made = {path: content.decode() for path, content in files.files_of(published.area) if path.startswith("en/")}
        transaction.set_rollback(True)
    for path in ("en/index.html", "en/rounds/2024-2/index.html", "en/corrections/index.html",
                 f"en/rounds/2024-2/{black.class_code}/index.html"):  # fmt: skip
        assert "复核认定证据不足" in made[path], path
        assert black.entry.name in made[path]
    assert "13812345678" not in "".join(made.values())
    assert "no longer counts" in made["en/rounds/2024-2/edition-1/index.html"]
    assert "Corrected" in made[f"en/communities/{black.entry.number}/index.html"]
    assert made["en/feed.atom"].count("<entry>") == 2


def test_what_a_company_says_stands_beside_its_own_entry_and_beside_no_other(published: SimpleNamespace) -> None:
    black = published.edition.rows.select_related("entry", "company").get(adverse=True)
    told = {"entry": black.entry, "company": black.company, "by": published.people["officer"], "at": AT}
    with transaction.atomic():
        Reply.objects.create(text="消防主机已更换", **told)
        made = {path: content.decode() for path, content in files.files_of(published.area)}
        transaction.set_rollback(True)
    where = {path for path, text in made.items() if path.startswith("en/") and "消防主机已更换" in text}
    assert where == {f"en/communities/{black.entry.number}/index.html",
                     f"en/rounds/2024-2/{black.class_code}/index.html"}  # fmt: skip
    (row,) = (row for row in made[f"en/rounds/2024-2/{black.class_code}/index.html"].split("<tr") if "已更换" in row)
    assert black.entry.name in row
    assert "The company says" in row
    data = json.loads(made["data/2024-2/list.json"])["rows"]
    assert [one["number"] for one in data if one["reply"]] == [black.entry.number]


def pictures(subject: str, area: Area, *colours: int) -> list[Exhibit]:
    """So many photos of different colours on record."""
    return [
        record_exhibit(
            file=io.BytesIO(photo(colour=(n, 90, 40))), file_name="x.jpg", subject=subject, area=area, origin="upload",
            by=None, at=AT,
        )
        for n in colours
    ]  # fmt: skip


def test_a_photo_shows_that_an_order_was_met_once_somebody_has_looked_for_faces(published: SimpleNamespace) -> None:
    people, black = (
        published.people,
        published.edition.rows.select_related("entry__community", "company").get(adverse=True),
    )
    record = VisitRecord.objects.filter(entry=black.entry).order_by("id")[0]
    with transaction.atomic():
        was = pictures(record.subject, published.area, 1, 200)
        case = open_case(
            programme="assessments", kind="rectification", subject=f"{record.subject}/A5.2", title="x", by=None, at=AT,
            area=published.area, site=None, organisation=black.company, owner=None, due_at=AT + timedelta(days=9),
            exhibits=[one.pk for one in was],
        )  # fmt: skip
        set_masks(exhibit=was[0], boxes=[[0, 0, 5000, 5000]], by=people["officer"], at=AT)
        assert not [name for name, _ in files.files_of(published.area) if name.startswith("photos/")]
        kept = pictures(f"cases.case:{case.pk}", published.area, 10, 120, 240)
        claim_case(case=case, note="x", exhibits=[one.pk for one in kept[:2]], by=people["officer"], at=AT)
        confirm_case(case=case, exhibits=[kept[2].pk], by=people["director"], at=AT)
        set_masks(exhibit=kept[0], boxes=[[0, 0, 5000, 5000]], by=people["officer"], at=AT)
        found = dict(files.files_of(published.area))
        withdraw_exhibit(exhibit=kept[0], reason="x", by=people["officer"], at=AT)
        after = dict(files.files_of(published.area))
        transaction.set_rollback(True)
    photos = [name for name in found if name.startswith("photos/")]
    before, path = (f"photos/{one.pk}.jpg" for one in (was[0], kept[0]))
    assert sorted(photos) == sorted([before, path])
    shown = found[f"en/communities/{black.entry.number}/index.html"].decode()
    assert shown.index(before) < shown.index(path)
    assert b"Exif" not in found[path]
    assert "put right, confirmed on" in shown
    assert not [name for name in after if name.startswith("photos/")]


def test_it_costs_the_same_number_of_statements_for_any_size(published: SimpleNamespace) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(files.files_of(published.area))
    with transaction.atomic():
        with guards_lifted():
            published.edition.rows.filter(index__gte=10).delete()
        with CaptureQueriesContext(connection) as fewer:
            list(files.files_of(published.area))
        transaction.set_rollback(True)
    assert len(asked) == len(fewer) <= 14


def test_memory_finds_what_the_database_finds(published: SimpleNamespace) -> None:
    rows = list(published.edition.round.entries.all())
    asked = [
        "桂花",
        "guihua",
        "ghhy",
        "HT-00001",
        "ht",
        "桂花 家园",
        "桂花hy",
        "家园 HT",
        "·",
        "1",
        "HT-0000",
        "zzz",
        "Ａ",
    ]
    for text in asked:
        wanted = asked_for(text)
        by_database = set(published.edition.round.entries.filter(matching(text, codes=["number"])))
        assert {row for row in rows if wanted(row.words, (row.number,))} == by_database, text


@pytest.mark.parametrize("asked", ["桂花", "guihua", "ghhy", "红旗中路1号", "HT-00001"])
def test_a_community_is_found_by_what_people_type(published: SimpleNamespace, asked: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(f"{BASE}zh/search/", {"q": asked})
    assert "桂花花园" in answer.content.decode()
    assert len(queries) <= 5
    assert not answer.cookies


def test_near_a_position_by_any_map(published: SimpleNamespace) -> None:
    client = Client()
    here = {"lat": "27.80", "lon": "113.10", "datum": "WGS-84"}
    answer = client.get(f"{BASE}en/near/", here).content.decode()
    names = re.findall(r"<li><a href=[^>]+>([^<]+)</a>", answer)
    assert (len(names), names[0]) == (20, "桂花花园")
    assert "0 m away" in answer
    for wrong in ({"lat": "x", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "99", "lon": "1"}, {"lat": "1"}):
        assert "This is no position" in client.get(f"{BASE}en/near/", wrong).content.decode()
    for nothing in ("000000", "4302020000000000000000", "x"):
        assert client.get(f"/board/assessments/{nothing}/en/near/").status_code == 404


def test_texts_for_everybody_lose_what_reads_like_a_person() -> None:
    given = "联系李四 138-1234-5678、0731-28881234、43020219900101123X、a.b@c.cn、湘B·12345，第12号楼 2024年"
    shown = public_text(given, ["李四", "王"])
    assert shown == f"联系{COVER} {COVER}、{COVER}、{COVER}、{COVER}、{COVER}，第12号楼 2024年"


def test_facts_that_come_together_cost_one_writing(published: SimpleNamespace, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    written = []
    monkeypatch.setattr(files, "files_of", lambda area, served=None: written.append(area) or [("index.html", b"x")])
    fact = Fact.objects.get(kind="assessments.list.published")
    later = SimpleNamespace(fact=SimpleNamespace(seq=fact.seq + 10**6, values=fact.values))
    unit = Unit("assessments/430202")
    with writing(unit):
        publish_files(unit, [("index.html", b"old")])
    for _ in range(3):
        files.write_edition(SimpleNamespace(fact=fact))  # type: ignore[arg-type]
    assert len(written) == 1
    files.write_edition(later)  # type: ignore[arg-type]
    assert len(written) == 2
    files.write(published.area)
    monkeypatch.undo()
    files.write(published.area)


def test_the_command_writes_again_and_refuses_a_district_without_a_list(published: SimpleNamespace, capsys) -> None:  # type: ignore[no-untyped-def]
    before = Unit("assessments/430202").current()
    assert files.run_publish_files(SimpleNamespace(area="430202")) == 0  # type: ignore[arg-type]
    assert Unit("assessments/430202").current() == before
    assert before
    assert before.parent.name.partition("@")[2] in capsys.readouterr().out
    with pytest.raises(Refusal):
        files.run_publish_files(SimpleNamespace(area="430203"))  # type: ignore[arg-type]
