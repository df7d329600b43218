"""The pages of a round's result: right for every role, constant in queries, closed to other districts."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from django.utils.html import escape
from msgspec.structs import replace
from openpyxl import load_workbook
from tests.faces import district
from tests.programmes.assessments.conftest import Once, SignedIn, there
from tests.programmes.assessments.judged import in_review, register
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.accounts import Line, LineKind
from mingjing.engine.lists import decide
from mingjing.engine.scoring import score
from mingjing.faces.ui.templatetags.ui import points
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import (
    UNRANKED,
    Entry,
    Export,
    Replay,
    Result,
    Round,
    VisitRecord,
    WhatIf,
)
from mingjing.programmes.assessments.policy.decisions import check_decision
from mingjing.programmes.assessments.queries.results import scheme_behind, sheet_of, worked_out

pytestmark = pytest.mark.django_db
People = dict[str, Person]
PAGES = (
    "result/", "list/A/", "list/B/?q=ghhy", "list/A/?tier=RED", "not-assessed/", "changes/", "changes/?move=gone",
    "changes/?move=company", "edges/", "edges/?within=5", "exports/",
)  # fmt: skip


@pytest.fixture(scope="module")
def rounds_once(once: Once, district_once: object, at: datetime) -> Callable[[], list[Round]]:
    def build() -> list[Round]:
        people, communities = there(), register(40, at)
        first = in_review(people, at, communities[:38], code="2024-1", seed=1, first_day=date(2024, 1, 1))
        second = in_review(people, at, communities[2:], code="2024-2", seed=2)
        for found in (first, second):
            decided(found, people, at)
        return [first, second]

    return once("rounds_once", build)


@pytest.fixture
def rounds(people: People, rounds_once: Callable[[], list[Round]]) -> list[Round]:
    """Two decided rounds over nearly the same communities, the second in the half year after the first."""
    return rounds_once()


def base(round_: Round) -> str:
    return f"/assessments/rounds/{round_.pk}/"


@pytest.mark.parametrize("role", ["administrator", "director", "officer", "auditor"])
def test_every_page_answers(rounds: list[Round], signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    for page in PAGES:
        expected = 403 if page == "exports/" and role == "administrator" else 200
        assert client.get(base(rounds[1]) + page).status_code == expected, page


def test_what_each_role_may_do(rounds: list[Round], signed_in: SignedIn) -> None:
    asked = {"administrator": 403, "director": 302, "officer": 302, "auditor": 302}
    whatif = {"administrator": 403, "director": 200, "officer": 200, "auditor": 403}
    decide = {"administrator": 403, "director": 422, "officer": 403, "auditor": 403}
    for role, expected in asked.items():
        client = signed_in(role)
        assert client.post(base(rounds[1]) + "exports/ask/", {"kind": "workbook"}).status_code == expected
        assert client.get(base(rounds[1]) + "what-if/").status_code == whatif[role]
        assert client.post(base(rounds[1]) + "decide/").status_code == decide[role]


def test_nothing_is_open_to_another_district(rounds: list[Round], at: datetime, client) -> None:
    elsewhere = Area.objects.exclude(path__startswith=rounds[0].area.path).filter(level=3).first()
    if elsewhere is None:
        elsewhere = Area.objects.create(
            code="430203", name="芦淞区", level=3, parent=rounds[0].area.parent,
            path=rounds[0].area.parent.path + "430203000000",
        )  # fmt: skip
    stranger = district.staff("director", "别区主任", elsewhere, at, username="stranger")
    client.force_login(stranger, "django.contrib.auth.backends.ModelBackend")
    number = Entry.objects.filter(round=rounds[1])[0].number
    for page in (*PAGES, f"of/{number}/", f"of/{number}/decision.json", "exports/results.csv", "exports/results.json"):
        assert client.get(base(rounds[1]) + page).status_code == 403, page
    assert client.post(base(rounds[1]) + "exports/ask/", {"kind": "workbook"}).status_code == 403


def test_the_page_of_a_community_says_everything(rounds: list[Round], signed_in: SignedIn, at: datetime) -> None:
    client, kinds = signed_in("officer"), Counter[str]()
    for result in Result.objects.filter(entry__round=rounds[1]).select_related("entry", "replay__scheme"):
        for record in VisitRecord.objects.filter(entry=result.entry):
            on_record(record, at)
        page = client.get(f"{base(rounds[1])}of/{result.key}/").content.decode()
        assert result.entry
        assert result.entry.name in page
        assert "某经理" not in page
        assert "What is stored is not what the rules give" not in page
        assert (result.total is None) == ("What cost points" not in page and "No point was lost" not in page)
        found = worked_out(result)
        for line in found.account.lines:
            row = next(row for row in rows_of(page) if stands_in(line, row))
            assert all(f"/exhibits/{shown.pk}/" in row for shown in Exhibit.objects.filter(sha256__in=line.evidence))
            kinds["evidence"] += len(line.evidence)
        kinds["lines"] += len(found.account.lines)
        assert all(escape(reason.say()) in page for reason in found.decision.reasons)
        assert all(escape(reason.say()) in page for _tier, unmet in found.decision.short_of for reason in unmet)
        if way := found.way_out:
            kinds["ways"] += 1
            said = " ".join(plain(page[page.index("The way out") :]).split())
            assert all(f"{one.check.code} " in said and f"× {one.steps} +{points(one.points)}" in said
                       for one in way.repairs)  # fmt: skip
            assert f"Total then {points(way.score.total)}" in said
    assert min(kinds[name] for name in ("lines", "evidence", "ways")) > 10, kinds


def on_record(record: VisitRecord, at: datetime) -> None:
    """Every photo that its findings cite is there to be seen."""
    for digest in {digest for finding in record.sheet_document.get("findings", ()) for digest in finding["evidence"]}:
        Exhibit.objects.create(
            sha256=digest, size=1, media_type="image/jpeg", area=record.round.area, subject=record.subject,
            origin="upload", recorded_at=at,
        )  # fmt: skip


def rows_of(page: str) -> list[str]:
    return re.findall(r"<tr>.*?</tr>", page, re.DOTALL)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def stands_in(line: Line, row: str) -> bool:
    """Whether a row of the page says all of a line: what, where, how often, the points, and why."""
    said = " ".join(plain(row).split())
    told = [line.place, line.note, line.reason.say() if "approver" not in line.reason.params else ""]
    if line.kind is LineKind.DEDUCTION:
        told += [f"{line.code} ", *([f" {line.steps} ", points(line.points)] if line.points else [])]
    return all(" ".join(text.split()) in said for text in told)


def test_a_changed_result_is_shown_loudly(rounds: list[Round], signed_in: SignedIn) -> None:
    from tests.guarded import guards_lifted

    ranked = Result.objects.filter(entry__round=rounds[1], standing__lt=UNRANKED).select_related("entry")
    client = signed_in("officer")
    for result, changed in zip(ranked, ({"total": 9999, "base": 9999}, {"total": 1}, {"base": 1}), strict=False):
        with guards_lifted():
            Result.objects.filter(pk=result.pk).update(**changed)
        at = f"{base(rounds[1])}of/{result.entry.number}/"
        assert "What is stored is not what the rules give" in client.get(at).content.decode(), changed
        refused = client.get(at + "decision.json")
        assert refused.status_code == 409, changed
        assert "the database was changed" in refused.content.decode()
        assert client.get(base(rounds[1]) + f"list/{result.class_code}/").status_code == 200


def test_changes_are_counted_and_listed(rounds: list[Round], signed_in: SignedIn) -> None:
    client = signed_in("officer")
    gone = client.get(base(rounds[1]) + "changes/?move=gone")
    assert {entry["row"].key for entry in gone.context["rows"]} == {"HT-00001", "HT-00002"}
    new = client.get(base(rounds[1]) + "changes/?move=new")
    assert {entry["row"].key for entry in new.context["rows"]} == {"HT-00039", "HT-00040"}
    was = dict(Result.objects.filter(entry__round=rounds[0]).values_list("key", "tier"))
    order = ["RED", "ORDINARY", "WATCH", "BLACK"]
    expected = {"up": set(), "down": set()}
    for key, tier in Result.objects.filter(entry__round=rounds[1]).values_list("key", "tier"):
        if key in was and tier in order and was[key] in order and tier != was[key]:
            expected["up" if order.index(tier) < order.index(was[key]) else "down"].add(key)
    for move, keys in expected.items():
        shown = client.get(base(rounds[1]) + f"changes/?move={move}").context["rows"]
        assert {entry["row"].key for entry in shown} == keys
        assert keys


def test_the_page_of_cut_offs_lists_whom_so_few_points_would_move_and_no_others(
    rounds: list[Round], signed_in: SignedIn
) -> None:
    within = 500
    page = signed_in("officer").get(base(rounds[1]) + "edges/?within=5")
    results = list(Result.objects.filter(entry__round=rounds[1]).select_related("replay__scheme"))
    expected = {result.key: found for result in results if (found := tried(result, within))}
    assert len(expected) > 3
    shown = {
        row["row"].key: {(one["edge"].better, one["edge"].distance, one["edge"].tier) for one in row["edges"]}
        for row in page.context["rows"]
    }
    assert shown == expected
    nearest = [min(points for _better, points, _tier in shown[row["row"].key]) for row in page.context["rows"]]
    assert nearest == sorted(nearest)
    told = " ".join(unescape(re.sub(r"<[^>]*>", " ", page.content.decode())).split())
    for row in page.context["rows"]:
        for one in row["edges"]:
            way = "more" if one["edge"].better else "fewer"
            assert f"{one['edge'].distance / 100:.2f} points {way} → {one['tier'].texts['en']} cut-off" in told
    for code, (_title, found) in zip("AB", page.context["crowds"], strict=True):
        totals = [one.total for one in results if one.class_code == code and one.standing < UNRANKED]
        for crowd in found:
            below = sum(crowd.at - within <= total < crowd.at for total in totals)
            above = sum(crowd.at <= total < crowd.at + within for total in totals)
            assert (crowd.below, crowd.above) == (below, above)
            assert f"{crowd.at / 100:.2f} {below} {above}" in told


def tried(result: Result, within: int) -> set[tuple[bool, int, str]]:
    """To which other tiers the fewest points more or fewer would lead, found by deciding anew beside every cut-off."""
    scheme = scheme_behind(result.replay)
    sheet = sheet_of(scheme, result)
    found, rules = score(scheme.rubrics[result.class_code], sheet), scheme.list_rules
    if found.base is None or found.total is None or result.standing >= UNRANKED:
        return set()
    beside = [cut - shade - found.total for cut in (6000, 7500, 9000) for shade in (0, 1)]
    beside += [8500 - shade - found.base for shade in (0, 1)]
    nearest: dict[bool, tuple[bool, int, str]] = {}
    for n in sorted((n for n in beside if abs(n) <= within), key=abs):
        then = replace(found, base=found.base + n, total=found.total + n)
        tier = decide(rules, then, sheet.attributes, None).tier
        better = rules.place(tier) < rules.place(result.tier)
        if tier != result.tier and better == (n > 0):
            nearest.setdefault(better, (better, abs(n), tier))
    return set(nearest.values())


def test_the_list_says_why_a_better_rank_stands_in_a_lower_tier(rounds: list[Round], signed_in: SignedIn) -> None:
    client, tiers = signed_in("officer"), ["RED", "ORDINARY", "WATCH", "BLACK"]
    seen = 0
    for code in "AB":
        page = client.get(base(rounds[1]) + f"list/{code}/")
        results = [row["result"] for row in page.context["rows"]]
        for place, row in enumerate(page.context["rows"]):
            result = row["result"]
            after = [one for one in results[place + 1 :] if one.rank and result.rank and one.rank > result.rank]
            passing = [one.tier for one in after if tiers.index(one.tier) < tiers.index(result.tier)]
            assert (row["overtaken"] is None) == (not passing), result.key
            if passing:
                tier, reasons = row["overtaken"]
                assert tier.code == max(passing, key=tiers.index)
                own = client.get(f"{base(rounds[1])}of/{result.key}/").context["worked"].decision
                assert reasons == own.reasons
                assert all(escape(reason.say()) in page.content.decode() for reason in reasons)
                seen += 1
    assert seen


def test_search_finds_by_characters_and_pinyin(rounds: list[Round], signed_in: SignedIn) -> None:
    client = signed_in("officer")
    for text in ("桂花花园", "ghhy", "guihuahuayuan", "HT-00001"):
        keys = {
            row["result"].key
            for code in "AB"
            for row in client.get(base(rounds[0]) + f"list/{code}/?q={text}").context["rows"]
        }
        assert "HT-00001" in keys, text


class TestExports:
    def made(self, round_: Round, kind: str, signed_in: SignedIn) -> bytes:
        client = signed_in("officer")
        assert client.post(base(round_) + "exports/ask/", {"kind": kind}).status_code == 302
        drain()
        export = Export.objects.latest("id")
        assert export.completed_at, export.problems
        work = Delivery.objects.get(reaction="assessments.write_export", fact__subject=export.subject)
        assert work.steps_done == work.steps_total == export.replay.result_count
        assert "Write an export" in client.get("/jobs/").content.decode()
        got = client.post(f"{base(round_)}exports/{export.pk}/")
        assert Fact.objects.filter(kind="assessments.export.downloaded", subject=export.subject).exists()
        return b"".join(got.streaming_content)

    def test_the_workbook_opens_and_nothing_in_it_acts(self, rounds: list[Round], signed_in: SignedIn) -> None:
        book = load_workbook(io.BytesIO(self.made(rounds[1], "workbook", signed_in)))
        assert book.sheetnames[0].startswith("封面")
        assert len(book.sheetnames) == 6
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        texts = {str(cell.value) for cell in cells}
        assert rounds[1].roster_digest in texts
        assert not [text for text in texts if "某经理" in text or "李主任" in text]
        listed = sum(sheet.max_row - 1 for sheet in book.worksheets[1:3])
        assert listed == 38

    def test_a_file_that_is_gone_or_damaged_is_refused_with_the_next_step(
        self, rounds: list[Round], signed_in: SignedIn
    ) -> None:
        whole, client = self.made(rounds[1], "workbook", signed_in), signed_in("officer")
        export = Export.objects.latest("id")
        address, kept = f"{base(rounds[1])}exports/{export.pk}/", store.path_of(export.sha256)
        for status, spoil in ((409, lambda: kept.write_bytes(b"PK other")), (404, kept.unlink)):
            kept.parent.chmod(0o755)
            kept.chmod(0o644)
            spoil()
            refused = client.post(address)
            assert refused.status_code == status
            assert "Make it again, and tell an administrator" in refused.content.decode()
        assert Fact.objects.filter(kind="assessments.export.downloaded", subject=export.subject).count() == 1
        assert self.made(rounds[1], "workbook", signed_in) == whole
        assert b"".join(client.post(address).streaming_content) == whole

    def test_decision_files_verify_one_by_one(self, rounds: list[Round], signed_in: SignedIn) -> None:
        archive = zipfile.ZipFile(io.BytesIO(self.made(rounds[1], "decisions", signed_in)))
        assert len(archive.namelist()) == 38
        for name in archive.namelist():
            assert check_decision(json.loads(archive.read(name))) == ()

    def test_the_same_round_gives_the_same_bytes(self, rounds: list[Round], signed_in: SignedIn) -> None:
        first = self.made(rounds[1], "workbook", signed_in)
        assert self.made(rounds[1], "workbook", signed_in) == first

    def test_tables_stream_and_agree(self, rounds: list[Round], signed_in: SignedIn) -> None:
        client = signed_in("auditor")
        text = b"".join(client.get(base(rounds[1]) + "exports/results.csv").streaming_content).decode("utf-8-sig")
        found = json.loads(b"".join(client.get(base(rounds[1]) + "exports/results.json").streaming_content))
        assert text.count("\n") == len(found["rows"]) + 1 == 39
        assert found["results_root"] == Replay.objects.get(round=rounds[1]).results_root
        stored = dict(Result.objects.filter(entry__round=rounds[1]).values_list("key", "tier"))
        assert {row["number"]: row["tier"] for row in found["rows"]} == stored


def test_an_exhibit_nobody_may_see_is_counted_only(rounds: list[Round], signed_in: SignedIn) -> None:
    record = VisitRecord.objects.filter(round=rounds[1]).exclude(sheet="{}")[0]
    assert record.sheet_document.get("findings")
    page = signed_in("officer").get(f"{base(rounds[1])}of/{record.entry.number}/").content.decode()
    assert "not open to you" in page
    assert WhatIf.objects.count() == 0
